/** What the user's page works with, over a real store and a login that a test gives. */
import type { MyParts } from "#http/my/my-site";
import type { Login } from "#login/login";
import { PasswordHasher, usualHashing } from "#login/password-hash";
import { silentLog } from "#observe/log";
import type { SqliteHarness } from "../contract/sqlite-harness.ts";

interface Given {
  readonly store: SqliteHarness;
  readonly login: Login;
  readonly random: (octets: number) => Uint8Array;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Hears whose sessions end. */
  readonly ended?: number[];
}

export function myParts({ store, login, random, now, ended = [] }: Given): MyParts {
  const hasher = new PasswordHasher({ ...usualHashing, random });
  return {
    sessions: store.store.persons,
    signIns: store.store.persons,
    login,
    begun: () => {},
    directory: store.directory,
    transfer: async () => null,
    rate: () => null,
    usage: (mailbox) => store.mail.usage(mailbox),
    isAway: async (address) => (await store.returns.of(address)) !== null,
    hashPassword: (password) => hasher.hash(password),
    endSessions: (mailbox) => void ended.push(mailbox),
    audit: store.store.audit,
    hostname: "mail.big-company.com",
    listeners: [
      { name: "imaps", port: 993 },
      { name: "submissions", port: 465 },
    ],
    hasTls: true,
    random,
    now,
    log: silentLog,
  };
}
