/** A rule for unknown users as the form's fields have it, and as the API's text. */
export const ruleKinds = ["reject", "defer", "postmaster", "forward", "pipe"] as const;

export interface RuleFields {
  readonly kind: (typeof ruleKinds)[number];
  /** Forward: the address. */
  readonly address: string;
  /** Pipe: what stands before the bar, and the remote domain behind it. */
  readonly recipient: string;
  readonly route: string;
}

/** The fields of a rule as the API writes it. */
export function fieldsOf(rule: string, domain: string): RuleFields {
  const none = { address: "", recipient: `*@${domain}`, route: "" };
  const bar = rule.lastIndexOf("|");
  if (rule.startsWith("forward ")) return { ...none, kind: "forward", address: rule.slice(8) };
  if (bar >= 0) return { ...none, kind: "pipe", recipient: rule.slice(0, bar), route: rule.slice(bar + 1) };
  return { ...none, kind: ruleKinds.find((kind) => kind === rule) ?? "reject" };
}

/** The rule; null while something is left to be filled in. */
export function ruleOf({ kind, address, recipient, route }: RuleFields): string | null {
  if (kind === "forward") return address.trim() === "" ? null : `forward ${address.trim()}`;
  if (kind !== "pipe") return kind;
  return route === "" || recipient.trim() === "" ? null : `${recipient.trim()}|${route}`;
}
