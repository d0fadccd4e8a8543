/**
 * The rehearsal of a domain's move: everything that can be learnt of the real old server beforehand, with test
 * logins, changing nothing there. It relies on the same login and the same dialogue as the migration, and promises
 * to say nothing to the old server but what `caller.ts` and `imap-look.ts` name, within limits of time and count, and to keep no
 * password. What is seen are facts; what they mean is decided in `findings.ts`.
 */
import type { WorkingForms } from "../old-server/login-names.ts";
import type { OldServerAddress } from "../old-server/old-server.ts";
import { troubleOfError } from "../old-server/pop3-trouble.ts";
import type { Door } from "./caller.ts";
import { type Facts, type MaildropFacts, type PersonFacts, type RoutingFacts, words } from "./facts.ts";
import { probeLogin } from "./login-probe.ts";
import { probeMaildrop } from "./maildrop-probe.ts";
import { probeNames } from "./names-probe.ts";
import { probeReach } from "./reach-probe.ts";
import { probeRoute } from "./routing-probe.ts";
import { probeStranger } from "./stranger-probe.ts";
import type { RehearsalTools, TestLogin } from "./tools.ts";

/** What is to be looked at. */
export interface Rehearsal {
  readonly domain: string;
  readonly server: OldServerAddress;
  readonly logins: readonly TestLogin[];
  /** Whether messages may be retrieved: some servers change their state. */
  readonly mayRetrieve: boolean;
  /** Where IMAP is to be looked for on the old server, to see what reading by POP3 marks; null: nowhere. */
  readonly imapPort: number | null;
}

/** Looks at everything. Trouble with the old server is a fact, never thrown. */
export async function observe(
  rehearsal: Rehearsal,
  tools: RehearsalTools,
  given: AbortSignal,
): Promise<Facts> {
  const { domain, server, mayRetrieve, imapPort } = rehearsal;
  const signal = AbortSignal.any([given, AbortSignal.timeout(tools.limits.whole)]);
  const house = await tools.house(domain);
  const names = probeNames(tools.resolver, { domain, oldServer: server.host, hostname: house.hostname });
  const routing = observeRouting(rehearsal, tools, house.hostname, signal);
  const reach = await probeReach({ server, tools, signal }, tools);
  const skipsCapa = reach.capa === "hangs" || reach.capa === "drops";
  const door: Door = { server, tools, signal, skipsCapa };
  const mayLogIn = reach.security.state === "secured" || reach.security.state === "clear";
  const forms: WorkingForms = new Map();
  const people: PersonFacts[] = [];
  for (const login of mayLogIn ? rehearsal.logins : []) {
    if (signal.aborted) break;
    // One message is enough to know that reading takes messages away.
    const spares = people.some(({ maildrop }) => maildrop?.readMessage === "gone");
    people.push(await observePerson(door, login, forms, tools, { mayRetrieve, imapPort, spares }));
  }
  const form =
    people.find(({ login }) => login.outcome === "good")?.login.form ?? server.loginAs ?? "{address}";
  const stranger = mayLogIn ? await probeStranger(door, domain, form, tools.randomText) : null;
  return {
    domain,
    server,
    logins: rehearsal.logins.map(({ address }) => address),
    names: await names,
    reach,
    people,
    stranger,
    routing: await routing,
    house,
    mayRetrieve,
  };
}

async function observePerson(
  door: Door,
  login: TestLogin,
  forms: WorkingForms,
  tools: RehearsalTools,
  reading: {
    readonly mayRetrieve: boolean;
    readonly imapPort: number | null;
    readonly spares: boolean;
  },
): Promise<PersonFacts> {
  const { address } = login;
  const quota = await tools.quotaOf(address);
  const { facts, caller, stat } = await probeLogin(door, login, forms, tools);
  if (!caller) return { address, login: facts, maildrop: null, quota };
  try {
    const maildrop: MaildropFacts = await probeMaildrop(
      { door, login, facts, tools, ...reading },
      caller,
      stat,
    );
    return { address, login: facts, maildrop, quota };
  } catch (error) {
    caller.hangUp();
    const { trouble, reason } = troubleOfError(error);
    const failed = { ...facts, outcome: "cannot-tell", said: words(reason), trouble } as const;
    return { address, login: failed, maildrop: null, quota };
  }
}

async function observeRouting(
  { domain, logins }: Rehearsal,
  tools: RehearsalTools,
  heloName: string,
  signal: AbortSignal,
): Promise<RoutingFacts> {
  const { rule, route } = await tools.unknownUsers(domain);
  if (!route) return { rule, route: null };
  const person = logins[0]?.address ?? null;
  return { rule, route: await probeRoute({ domain, route, person, heloName }, tools, signal) };
}
