import type { TlsPolicy } from "#mail/next-hop";
import type { Resolver } from "#net/resolver";
import type { ConnectionBudgets } from "../old-server/connections.ts";
import type { HouseFacts } from "./facts.ts";

/** How patient a rehearsal is, in milliseconds. */
export interface RehearsalLimits {
  readonly connect: number;
  /** For CAPA, which some servers never answer. */
  readonly capa: number;
  /** For any other answer, a login's included. */
  readonly answer: number;
  readonly listing: number;
  /** While one message is on its way. */
  readonly message: number;
  /** For one look by IMAP. */
  readonly imap: number;
  /** For the answers to a few commands sent at once. */
  readonly pipeline: number;
  /** Pauses before a login that met a lock, a delay or the like is tried again. */
  readonly pauses: readonly number[];
  /** A stated LOGIN-DELAY up to this is waited for. */
  readonly longestDelay: number;
  readonly smtp: number;
  /** The whole rehearsal. */
  readonly whole: number;
}

/** What an administrator may wait for. */
export const usualRehearsalLimits: RehearsalLimits = {
  connect: 10_000,
  capa: 5_000,
  answer: 60_000,
  listing: 120_000,
  message: 20_000,
  imap: 10_000,
  pipeline: 5_000,
  pauses: [2_000, 5_000, 10_000, 20_000],
  longestDelay: 60_000,
  smtp: 15_000,
  whole: 15 * 60_000,
};

/** Where mail for people who have not come yet goes. */
export interface PipeRoute {
  readonly name: string;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly tls: TlsPolicy;
}

/** What a rehearsal works with. */
export interface RehearsalTools {
  readonly budgets: ConnectionBudgets;
  readonly resolver: Resolver;
  /** Whether a connection there would reach one of our own listeners. */
  readonly isOurs: (host: string, port: number) => Promise<boolean>;
  /** Whether a greeting, of POP3 or SMTP, is our own. */
  readonly isOwnGreeting: (greeting: string) => boolean;
  /** The rule for unknown users as people write it, and the route where it is a pipe. */
  readonly unknownUsers: (
    domain: string,
  ) => Promise<{ readonly rule: string; readonly route: PipeRoute | null }>;
  /** The limit of a mailbox that is prepared here, in octets. */
  readonly quotaOf: (address: string) => Promise<number | null>;
  readonly house: (domain: string) => Promise<HouseFacts>;
  /** Keeps the octets of a message that the old server has removed because it was read; says where. */
  readonly rescue: (octets: Uint8Array, address: string) => Promise<string>;
  /** Text that nobody else has, for names that nobody has. */
  readonly randomText: () => string;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly limits: RehearsalLimits;
}

/** One test login. The password is octets. */
export interface TestLogin {
  readonly address: string;
  readonly password: Uint8Array;
}
