/** Plugs together the user's own page. */
import { randomBytes } from "node:crypto";
import type { Config } from "#config/config";
import type { OpenListener } from "#http/autoconfig/mail-server";
import type { MyParts } from "#http/my/my-site";
import type { Login } from "#login/login";
import type { LiveSession, Sessions } from "#login/sessions";
import type { MailboxId } from "#mailbox/ids";
import type { Transfers } from "#migration/transfer/transfers";
import type { Log } from "#observe/log";
import type { Store } from "#store/sqlite/open";

interface Parts {
  readonly config: Pick<Config, "hostname">;
  readonly store: Store;
  readonly login: Login;
  readonly sessions: Pick<Sessions, "begin" | "endAll">;
  readonly transfers: Pick<Transfers, "rate">;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  readonly listeners: readonly OpenListener[];
  readonly hasTls: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** What the user's page works with. */
export function openMy(parts: Parts): MyParts {
  const { config, store, login, sessions, transfers, hashPassword, listeners, hasTls, now, log } = parts;
  /** A session of the web is no connection that lasts: it is seen among those that began, and over at once. */
  const noteBegun = (mailbox: MailboxId, peerAddress: string): void => {
    const session: LiveSession = { mailbox, protocol: "web", peerAddress, since: now(), end: () => {} };
    sessions.begin(session)[Symbol.dispose]();
  };
  return {
    sessions: store.persons,
    signIns: store.persons,
    login,
    begun({ mailbox, ready }, peerAddress) {
      if (mailbox !== null) return noteBegun(mailbox, peerAddress);
      void ready.then((outcome) => outcome.ok && noteBegun(outcome.value, peerAddress));
    },
    directory: store.directory,
    transfer: (mailbox) => store.ledger.transfer(mailbox),
    rate: (mailbox) => transfers.rate(mailbox),
    usage: (mailbox) => store.mail.usage(mailbox),
    isAway: async (address) => (await store.returns.of(address)) !== null,
    hashPassword,
    endSessions: (mailbox) => void sessions.endAll(mailbox),
    audit: store.audit,
    hostname: config.hostname,
    listeners,
    hasTls,
    random: randomBytes,
    now,
    log,
  };
}
