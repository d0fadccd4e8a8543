/**
 * A scenario: one entry of the failure catalogue as an old server lives it, selectable by its id. It is data (what
 * it is called, what it does, which options it takes) and one small function that makes the hooks of a run. The
 * hooks stand under the protocol that they belong to, so that IMAP gets a member of its own and no scenario changes.
 */
import type { OldMailbox, OldMailboxes } from "../maildrop.ts";
import type { Pop3Behaviour } from "../pop3-behaviour.ts";
import type { SmtpBehaviour } from "../smtp-behaviour.ts";

/** Where a scenario shows. `mail`: in the mailboxes themselves, whatever protocol reads them. */
export type Protocol = "pop3" | "smtp" | "mail";

/** What a scenario hangs into the server. */
export interface Hooks {
  readonly pop3?: Pop3Behaviour;
  readonly smtp?: SmtpBehaviour;
  /** Done once to each mailbox, when the scenario is selected. */
  readonly mail?: (mailbox: OldMailbox) => void;
  /** Done every so many milliseconds while the server runs. */
  readonly every?: { readonly milliseconds: number; readonly do: () => void };
}

/** What a scenario may know of the server. */
export interface OldHouse {
  readonly mailboxes: OldMailboxes;
  /** The domain its people have addresses in. */
  readonly domain: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Sends a message from the old server to a port of loopback; resolves with what was answered in the end. */
  readonly send: (port: number, mail: OutgoingMail) => Promise<string>;
}

export interface OutgoingMail {
  readonly from: string;
  readonly to: string;
  readonly octets: Uint8Array;
}

/** One option: a whole number, one of some words, or any text. */
export type Option =
  | { readonly kind: "number"; readonly default: number; readonly about: string }
  | {
      readonly kind: "choice";
      readonly default: string;
      readonly choices: readonly string[];
      readonly about: string;
    }
  | { readonly kind: "text"; readonly default: string; readonly about: string };

export interface Scenario {
  readonly id: string;
  readonly protocols: readonly Protocol[];
  /** One sentence. */
  readonly title: string;
  /** What the server does, exactly. */
  readonly does: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Makes the hooks of one run. @param given as written, each checked against its option already */
  readonly make: (given: ReadonlyMap<string, string>, house: OldHouse) => Hooks;
}

type Value<O extends Option> = O["kind"] extends "number" ? number : string;
type Values<O extends Readonly<Record<string, Option>>> = { readonly [K in keyof O]: Value<O[K]> };

interface Row<O extends Readonly<Record<string, Option>>> {
  readonly id: string;
  readonly protocols: readonly Protocol[];
  readonly title: string;
  readonly does: string;
  readonly options: O;
  readonly make: (values: Values<O>, house: OldHouse) => Hooks;
}

/** Makes a scenario of a row whose function takes its options by name. */
export function scenario<O extends Readonly<Record<string, Option>>>(row: Row<O>): Scenario {
  const { make, ...rest } = row;
  return {
    ...rest,
    make: (given, house) => {
      const entries = Object.entries(row.options).map(([name, option]) => {
        const text = given.get(name) ?? String(option.default);
        return [name, option.kind === "number" ? Number(text) : text];
      });
      return make(Object.fromEntries(entries) as Values<O>, house);
    },
  };
}

/** A whole number, not negative. */
export function number(standard: number, about: string): { kind: "number"; default: number; about: string } {
  return { kind: "number", default: standard, about };
}

/** One of some words, the first by default. */
export function choice(choices: readonly string[], about: string) {
  return { kind: "choice" as const, default: choices[0] ?? "", choices, about };
}

/** Any text without a comma or a colon. */
export function text(standard: string, about: string): { kind: "text"; default: string; about: string } {
  return { kind: "text", default: standard, about };
}

/** So many times, and then no more; 0 means always. */
export function counted(times: number): () => boolean {
  let done = 0;
  return () => times === 0 || done++ < times;
}

export const timesOption = (standard: number) => number(standard, "how often; 0: always");
