/** What each changing request of the API is called in the audit record, and what it is about. */

/** A changing request, as the record names it. */
export interface Act {
  readonly kind: string;
  readonly object: string;
  readonly domain: string | null;
  /** Where the API shows what is changed; null where that would say nothing. */
  readonly view: string | null;
}

type Subject = "domain" | "address" | "other";

interface Rule {
  readonly kind: string;
  readonly subject: Subject;
  /** The resource is shown under the same name; where it is only made, under the name in the body. */
  readonly isShown?: boolean;
}

const rules: Readonly<Record<string, Rule>> = {
  "POST domains": { kind: "domain-add", subject: "domain", isShown: true },
  "PATCH domains/:": { kind: "domain-set", subject: "domain", isShown: true },
  "DELETE domains/:": { kind: "domain-remove", subject: "domain", isShown: true },
  "POST aliases": { kind: "alias-add", subject: "address" },
  "DELETE aliases/:": { kind: "alias-remove", subject: "address", isShown: true },
  "POST mailboxes": { kind: "mailbox-add", subject: "address", isShown: true },
  "PUT mailboxes/:/password": { kind: "mailbox-password", subject: "address", isShown: true },
  "PUT mailboxes/:/quota": { kind: "mailbox-quota", subject: "address", isShown: true },
  "DELETE mailboxes/:": { kind: "mailbox-remove", subject: "address", isShown: true },
  "PUT account/password": { kind: "administrator-password", subject: "other" },
  "PUT account/totp": { kind: "second-factor-on", subject: "other" },
  "POST account/totp/off": { kind: "second-factor-off", subject: "other" },
  "DELETE administrators/:/totp": { kind: "second-factor-off", subject: "other" },
  "PUT migrations/:": { kind: "migration-on", subject: "domain", isShown: true },
  "POST migrations/:/off": { kind: "migration-off", subject: "domain", isShown: true },
  "POST migrations/:/certificates": { kind: "migration-certify", subject: "domain" },
  "POST migrations/:/people": { kind: "migration-add-users", subject: "domain" },
  "POST migrations/:/rehearsal": { kind: "migration-rehearse", subject: "domain" },
};

/** Requests that change nothing although their method says so. */
const harmless = /^POST (account\/totp|returns\/:\/plan|migrations\/:\/(verify|message)|domains\/:\/test)$/;

const nouns: Readonly<Record<string, { readonly noun: string; readonly subject: Subject }>> = {
  domains: { noun: "domain", subject: "domain" },
  migrations: { noun: "migration", subject: "domain" },
  mailboxes: { noun: "mailbox", subject: "address" },
  aliases: { noun: "alias", subject: "address" },
  returns: { noun: "migration-return", subject: "address" },
  administrators: { noun: "administrator", subject: "other" },
  queue: { noun: "queue", subject: "other" },
};
const verbs: Readonly<Record<string, string>> = { POST: "add", PUT: "set", PATCH: "set", DELETE: "remove" };

/**
 * The act of a request; null when it changes nothing. What has no rule of its own is named by its path, so that
 * nothing goes unrecorded.
 * @param path decoded segments after `/api`
 */
export function actOf(method: string, path: readonly string[], body: unknown): Act | null {
  if (!(method in verbs)) return null;
  const [resource = "", name, ...rest] = path;
  // What stands behind an account is a part of it, not a name.
  const second = name === undefined ? [] : [resource === "account" ? name : ":"];
  const pattern = `${method} ${[resource, ...second, ...rest].join("/")}`;
  if (harmless.test(pattern)) return null;
  const rule = rules[pattern] ?? ruleByPath(method, resource, rest, body);
  const object = (name ?? nameIn(body, rule.subject) ?? resource).toLowerCase();
  return {
    kind: rule.kind,
    object,
    domain: domainOf(rule.subject, object),
    view: rule.isShown ? `/api/${resource}/${encodeURIComponent(object)}` : null,
  };
}

/** Like `POST migrations/:/cutover/undo`: noun and what stands behind the name; steering says its act in the body. */
function ruleByPath(method: string, resource: string, rest: readonly string[], body: unknown): Rule {
  const known = nouns[resource] ?? { noun: resource, subject: "other" };
  const act = textIn(body, "act");
  const words = rest.filter((segment) => /^[a-z-]{1,40}$/.test(segment));
  const verb = act !== null && /^[a-z-]{1,40}$/.test(act) ? [act] : words;
  const kind = verb.length > 0 ? verb : resource === "returns" ? [] : [verbs[method] ?? "set"];
  return { kind: [known.noun, ...kind].join("-").slice(0, 80), subject: known.subject };
}

function nameIn(body: unknown, subject: Subject): string | null {
  return subject === "address" ? textIn(body, "address") : textIn(body, "name");
}

function textIn(body: unknown, key: string): string | null {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  const value: unknown = Object.entries(body).find(([name]) => name === key)?.[1];
  return typeof value === "string" ? value : null;
}

function domainOf(subject: Subject, object: string): string | null {
  if (subject === "domain") return object;
  const at = object.lastIndexOf("@");
  return subject === "address" && at >= 0 ? object.slice(at + 1) : null;
}
