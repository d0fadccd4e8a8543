/** A rehearsal against the scripted old server: what it finds, by level and name. */
import { randomBytes } from "node:crypto";
import { ConnectionBudgets } from "#migration/old-server/connections";
import type { OldServerAddress } from "#migration/old-server/old-server";
import type { Facts } from "#migration/rehearsal/facts";
import type { Finding, Level } from "#migration/rehearsal/finding";
import { type RehearsalReport, reportOf } from "#migration/rehearsal/findings";
import { observe } from "#migration/rehearsal/rehearse";
import { type RehearsalTools, usualRehearsalLimits } from "#migration/rehearsal/tools";
import type { Resolver } from "#net/resolver";
import { hashOf, OldMailboxes } from "../old-server/maildrop.ts";
import { startOldServer } from "../old-server/old-server.ts";
import { settle } from "../old-server/people.ts";

export const domain = "big-company.com";
export const anna = "anna@big-company.com";

/** Everything resolves, nobody is ourselves. */
const resolver: Resolver = {
  mx: async () => ({ answer: "hosts", hosts: ["mx.big-company.com"] }),
  addresses: async (host) => ({ answer: "addresses", addresses: [host === "" ? "192.0.2.1" : "127.0.0.1"] }),
};

export function rehearsalTools(differing: Partial<RehearsalTools> = {}): RehearsalTools {
  return {
    budgets: new ConnectionBudgets(10, { now: Date.now }),
    resolver,
    isOurs: async () => false,
    isOwnGreeting: () => false,
    unknownUsers: async () => ({ rule: "reject", route: null }),
    quotaOf: async () => null,
    house: async () => ({
      hostname: "mail.big-company.com",
      free: 1024 ** 4,
      connections: 10,
      sweepMilliseconds: 300_000,
      knownPeople: 0,
    }),
    rescue: async () => "/kept/here.eml",
    randomText: () => randomBytes(8).toString("hex"),
    pause: async () => undefined,
    limits: {
      ...usualRehearsalLimits,
      capa: 300,
      pipeline: 300,
      imap: 1000,
      message: 1000,
      listing: 3000,
      answer: 5000,
    },
    ...differing,
  };
}

export interface Stage {
  readonly scenario?: string;
  readonly messages?: number;
  readonly people?: readonly string[];
  readonly password?: string;
  readonly server?: Partial<OldServerAddress>;
  readonly tools?: Partial<RehearsalTools>;
  readonly mayRetrieve?: boolean;
  readonly imapPort?: number;
  /** Has the domain's unknown users piped to the scripted SMTP server. */
  readonly pipes?: boolean;
  /** Whom that server knows. */
  readonly knows?: (address: string) => boolean;
}

export interface Played {
  readonly report: RehearsalReport;
  readonly facts: Facts;
  /** Whether every message is as it was. */
  readonly unchanged: boolean;
  readonly commands: readonly string[];
}

/** Rehearses with anna (or others) against a scenario of the failure catalogue. */
export async function rehearse(stage: Stage): Promise<Played> {
  const people = stage.people ?? ["anna"];
  const mailboxes = new OldMailboxes();
  const mail = stage.messages ?? 12;
  settle(
    mailboxes,
    people.map((name) => ({ name, password: `${name}'s old password`, mail })),
    { domain, newest: Date.UTC(2026, 10, 2) },
  );
  const smtp = stage.knows ? { smtp: { knows: stage.knows } } : {};
  await using old = await startOldServer({ mailboxes, domain, scenario: stage.scenario ?? "", ...smtp });
  const contents = () =>
    mailboxes.all.map(({ messages }) => messages.map(({ octets }) => hashOf(octets)).join());
  const before = contents();
  const server: OldServerAddress = {
    protocol: "pop3",
    host: "127.0.0.1",
    port: old.pop3.port,
    implicitTls: false,
    tls: { mode: "none" },
    loginAs: "{local}",
    ...stage.server,
  };
  const route = {
    name: "big-company.old",
    hosts: [{ host: "127.0.0.1", port: old.smtp.port }],
    tls: { mode: "none" },
  } as const;
  const piping: Partial<RehearsalTools> = stage.pipes
    ? { unknownUsers: async () => ({ rule: "*@big-company.com|big-company.old", route }) }
    : {};
  const facts = await observe(
    {
      domain,
      server,
      logins: people.map((name) => ({
        address: `${name}@${domain}`,
        password: Buffer.from(stage.password ?? `${name}'s old password`),
      })),
      mayRetrieve: stage.mayRetrieve ?? true,
      imapPort: stage.imapPort ?? null,
    },
    rehearsalTools({ ...piping, ...stage.tools }),
    new AbortController().signal,
  );
  const { commands } = old.pop3.seen;
  return { report: reportOf(facts), facts, unchanged: contents().join() === before.join(), commands };
}

/** The findings of some levels as "level id", in order. */
export function named({ findings }: RehearsalReport, ...levels: readonly Level[]): readonly string[] {
  const wanted: readonly Level[] = levels.length === 0 ? ["stop", "option", "note"] : levels;
  return findings.filter(({ level }) => wanted.includes(level)).map(({ level, id }) => `${level} ${id}`);
}

export function finding({ findings }: RehearsalReport, id: string): Finding {
  const found = findings.find((one) => one.id === id);
  if (!found) throw new Error(`there is no finding ${id}: ${findings.map((one) => one.id).join(", ")}`);
  return found;
}
