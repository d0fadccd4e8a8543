/** What the suites of the ledger say often. */
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { Arrived, LedgerRow, NewListed, Swept } from "#migration/ledger";
import type { Migration, Transfer } from "#migration/migration";
import { type Harness, octetsOf, staged, value } from "./harness.ts";

export const domain = "big-company.com";
export const start = Date.UTC(2025, 5, 1, 9);
/** When the messages of `oldMessage` were received. */
export const receivedDate = Date.UTC(2019, 2, 4, 10, 20, 30);
export const minute = 60_000;

export const migration: Migration = {
  domain,
  oldServer: {
    protocol: "pop3",
    host: "10.0.0.5",
    port: 110,
    implicitTls: false,
    tls: { mode: "none" },
    loginAs: null,
  },
  message: null,
  sealingKey: "migration-1",
  startedAt: start,
};

/** Has the domain, and its migration on. */
export async function startMigration(store: Harness): Promise<void> {
  await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
  value(await store.ledger.setMigration(migration));
}

/** A listing with plain unique-ids, the octets of each message being those of `oldMessage`. */
export function listingOf(count: number): NewListed[] {
  return Array.from({ length: count }, (_, index) => listed(`u${index + 1}`, oldMessage(index + 1).length));
}

export function listed(uidl: string, size: number, occurrence = 0, entryUidl = uidl): NewListed {
  return { uidl, size, occurrence, entryUidl };
}

/** The octets of the n-th old message. */
export function oldMessage(n: number, size = 0): Uint8Array {
  const trace =
    "Received: from a by b; Mon, 4 Mar 2019 10:20:30 +0000\r\n" +
    "Received: from c by a; Mon, 4 Mar 2019 09:00:00 +0000\r\n" +
    "Date: Sun, 3 Mar 2019 08:00:00 +0000\r\n";
  return Buffer.concat([Buffer.from(trace), octetsOf(`old ${n}`, size)]);
}

let persons = 0;

/** Admits a person with a listing, whose password is hashed at once, and gives what came of it. */
export async function tryToAdmit(
  store: Harness,
  listing: readonly NewListed[],
  address = `mover${++persons}@${domain}`,
): Promise<Outcome<Transfer>> {
  const sealed = Buffer.from(`password of mover ${++persons}`);
  const admitted = await admitUnhashed(store, address, sealed, listing);
  if (admitted.ok) {
    const { mailbox } = admitted.value;
    await store.unhashedPasswords.hashed({ mailbox, sealed }, "$argon2id$hash");
  }
  return admitted;
}

/** The same, with a password that is only sealed. */
export async function admitUnhashed(
  store: Harness,
  address: string,
  unhashedPassword: Uint8Array | null,
  listing: readonly NewListed[] = [],
): Promise<Outcome<Transfer>> {
  await using welcome = await staged(store.stage, octetsOf("Welcome"));
  return store.ledger.admit({
    address,
    domain,
    unhashedPassword,
    sealedPassword: Buffer.from("sealed"),
    loginName: address,
    listing,
    stat: `${listing.length}/1000`,
    welcome,
    welcomeDate: start + minute,
    now: start,
  });
}

/** Admits a person and expects that to work. */
export async function admit(store: Harness, listing: readonly NewListed[]): Promise<Transfer> {
  return value(await tryToAdmit(store, listing));
}

/** The ledger row of a unique-id. */
export async function rowOf(store: Harness, mailbox: MailboxId, uidl: string): Promise<LedgerRow> {
  const row = (await store.ledger.rows(mailbox)).find((one) => one.uidl === uidl);
  if (!row) throw new Error(`the ledger has no row ${uidl}`);
  return row;
}

/** The message of a row as a copier brings it. */
export function arrived(row: LedgerRow, content: Uint8Array, marks: readonly string[] = []): Arrived {
  return { row: row.id, content, marks };
}

/** A message that a sweep found. */
export function swept(uidl: string, content: Uint8Array, marks: readonly string[] = []): Swept {
  return { ...listed(uidl, content.length), content, marks };
}

/** The transfer as it stands now. */
export async function transferOf(store: Harness, mailbox: MailboxId): Promise<Transfer> {
  const transfer = await store.ledger.transfer(mailbox);
  if (!transfer) throw new Error("the mailbox has no transfer");
  return transfer;
}
