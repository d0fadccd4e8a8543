/** One first login: the old server's word, its listing, and one commit that makes the mailbox real. */
import type { Clock } from "#jobs/clock";
import { parseAddress } from "#mail/address";
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { otherEncoding } from "#net/password-octets";
import { firstListingEach } from "../identity/listing.ts";
import type { Migration, Transfer } from "../migration.ts";
import {
  type Listing,
  type OldServerSession,
  OldServerTrouble,
  type Verdict,
} from "../old-server/old-server.ts";
import { loginFrom } from "../old-server/patient-login.ts";
import type { Opened } from "../transfer/old-login.ts";
import type { TransferTools } from "../transfer/transfer-tools.ts";
import type { AdmissionRequest } from "./admissions.ts";
import { migrationMessage } from "./migration-message.ts";
import type { NoPasswords } from "./no-passwords.ts";
import { longestPassword, sealPassword } from "./sealing.ts";

/** What first logins need of the rest of the house. */
export interface FirstLoginTools extends Omit<TransferTools, "limits" | "marksOf" | "sameMaildrops"> {
  readonly clock: Clock;
  /** Told when somebody is in whose password is sealed and is to be hashed. */
  readonly hashLater: () => void;
  /** The admitted mailbox of an address; null when there is none. */
  readonly admitted: (address: string) => Promise<MailboxId | null>;
  /** Told of a person whom the old server did not let in. */
  readonly refused: (request: AdmissionRequest) => void;
  readonly noPasswords: NoPasswords;
  /** Random letters and digits, never twice. */
  readonly newId: () => string;
  /** The session that proved the person goes on as copier. */
  readonly takeOver: (transfer: Transfer, opened: Opened, listing: Listing) => Promise<void>;
}

export type Verification =
  | { readonly verdict: "good" }
  | { readonly verdict: "bad" }
  | { readonly verdict: "cannot-tell"; readonly reason: string };

/** A first login under way: what the old server says comes first, the mailbox later. */
export interface FirstLogin {
  readonly verified: Promise<Verification>;
  /** Never rejects. Only `ok` after a good verification and the commit. */
  readonly admitted: Promise<Outcome<MailboxId>>;
}

/** Starts a first login; it goes on by itself, whoever waits for it. */
export function beginFirstLogin(
  tools: FirstLoginTools,
  migration: Migration,
  request: AdmissionRequest,
  signal: AbortSignal,
): FirstLogin {
  const verified = Promise.withResolvers<Verification>();
  const admitted = run(tools, migration, request, signal, verified.resolve).catch((error: unknown) => {
    if (error instanceof StoreUnavailable) tools.log.warn({ err: error }, "a first login cannot be kept now");
    else tools.log.error({ err: error, address: request.address }, "a first login failed inside");
    verified.resolve({ verdict: "cannot-tell", reason: "The server cannot do it now. Try again later." });
    return failed("temporary", "The server cannot do it now. Try again later.");
  });
  return { verified: verified.promise, admitted };
}

async function run(
  tools: FirstLoginTools,
  migration: Migration,
  request: AdmissionRequest,
  signal: AbortSignal,
  tell: (verification: Verification) => void,
): Promise<Outcome<MailboxId>> {
  const unknown = (reason: string): Outcome<MailboxId> => {
    tell({ verdict: "cannot-tell", reason });
    return failed("temporary", reason);
  };
  if (request.password.length > longestPassword) {
    tell({ verdict: "bad" });
    return failed("not-permitted", "The password is too long.");
  }
  const place = await tools.budgets.of(migration.oldServer).take("prompt", signal);
  if (!place) return unknown("The old mail server has too much to do. Try again later.");
  let since = tools.clock.now();
  let session: OldServerSession | null = null;
  let isHandedOn = false;
  const abandon = (): void => session?.abandon();
  signal.addEventListener("abort", abandon, { once: true });
  try {
    const ask = async (password: Uint8Array): Promise<Verdict> => {
      const login = (): Promise<Verdict> => {
        since = tools.clock.now();
        const credentials = {
          address: request.address,
          password,
          loginName: request.brought?.loginName ?? null,
        };
        return tools.oldServer.login(migration.oldServer, credentials, signal);
      };
      return (await loginFrom(place, login, tools.clock, signal)) ?? tooBusy;
    };
    const { verdict, password } = await verify(ask, request.password);
    if (verdict.verdict === "bad") {
      tell({ verdict: "bad" });
      if (!request.brought) tools.refused(request);
      return failed("not-permitted", "The old server refuses the password.");
    }
    if (verdict.verdict === "cannot-tell") {
      const { trouble, reason } = verdict;
      if (trouble === "no-passwords") {
        tools.noPasswords.note(request.domain, request.address, reason);
        tools.log.warn({ address: request.address, reason }, "the old server takes no passwords");
        return unknown(
          `The old mail server takes no ordinary passwords (${reason}). Ask your administrator.`,
        );
      }
      tools.log.info({ address: request.address, trouble, reason }, "the old server cannot tell");
      return unknown(`The old mail server cannot be asked now (${reason}). Try again later.`);
    }
    session = verdict.session;
    tell({ verdict: "good" });
    const listing = await session.list();
    const transfer = await admit(tools, migration, request, { listing, password, session });
    if (!transfer.ok) {
      if (transfer.problem.kind !== "exists") return transfer;
      // Another first login of the same person was faster, or the administrator: the mailbox is there.
      const mailbox = await tools.admitted(request.address);
      return mailbox === null ? failed("temporary", "Try again.") : done(mailbox);
    }
    const { mailbox } = transfer.value;
    tools.hashLater();
    tools.noPasswords.cameIn(request.domain, request.address);
    tools.log.info(
      {
        address: request.address,
        peerAddress: request.peerAddress,
        loginName: session.loginName,
        messages: listing.length,
      },
      "admitted",
    );
    isHandedOn = true;
    await tools.takeOver(transfer.value, { kind: "open", session, place, since }, listing);
    return done(mailbox);
  } catch (error) {
    if (error instanceof OldServerTrouble) return failed("temporary", `The old server: ${error.message}`);
    throw error;
  } finally {
    signal.removeEventListener("abort", abandon);
    if (!isHandedOn) {
      await session?.[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    }
  }
}

const tooBusy: Verdict = {
  verdict: "cannot-tell",
  trouble: "turned-away",
  reason: "it has too much to do",
};

/** Asks the old server; a password in the other common encoding is tried once (one typed password, two forms). */
async function verify(
  ask: (password: Uint8Array) => Promise<Verdict>,
  password: Uint8Array,
): Promise<{ readonly verdict: Verdict; readonly password: Uint8Array }> {
  const verdict = await ask(password);
  const other = verdict.verdict === "bad" ? otherEncoding(password) : null;
  if (!other) return { verdict, password };
  const second = await ask(other);
  return second.verdict === "bad" ? { verdict, password } : { verdict: second, password: other };
}

interface Old {
  readonly listing: Listing;
  /** The octets that the old server took. */
  readonly password: Uint8Array;
  readonly session: OldServerSession;
}

/** The one commit. */
async function admit(
  tools: FirstLoginTools,
  migration: Migration,
  { address, domain, password: shown, peerAddress, protocol, brought }: AdmissionRequest,
  { listing, password, session }: Old,
): Promise<Outcome<Transfer>> {
  const key = await tools.keys.get(migration.sealingKey);
  const to = parseAddress(address);
  if (!key || !to) return failed("temporary", "The migration has just ended.");
  const now = tools.clock.now();
  await using writer = tools.stage.begin();
  await writer.write(migrationMessage(migration.message, to, { now, id: tools.newId() }));
  await using welcome = await writer.finish();
  const { messages, octets } = session.stat;
  return await tools.ledger.admit({
    address,
    domain,
    unhashedPassword: brought?.loginName ? null : sealPassword(key, address, shown),
    sealedPassword: sealPassword(key, address, password),
    loginName: session.loginName,
    listing: firstListingEach(listing, tools.newUidl),
    stat: `${messages}/${octets}`,
    met: session.facts ?? null,
    allSeen: migration.seen === "all",
    welcome,
    welcomeDate: now,
    now,
    by: brought
      ? { actor: "administrator", remote: null, protocol: null }
      : { actor: "person", remote: peerAddress, protocol: protocol ?? null },
  });
}
