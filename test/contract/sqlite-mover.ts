/**
 * A program that does for ever, all at once, what a crossing does to a store: takes mail in for Anna and for the
 * queue, delivers queued mail to Bob here, lets a sweep bring some of the same mail, and copies Bob's old mail.
 * It prints what the store has acknowledged. It is there to be killed.
 */
import { writeSync } from "node:fs";
import { Changes } from "#mailbox/changes";
import type { LedgerRow } from "#migration/ledger";
import { silentLog } from "#observe/log";
import { openStore } from "#store/sqlite/open";
import { octetsOf, staged } from "./harness.ts";
import { domain, listingOf, migration, oldMessage } from "./ledger-words.ts";
import { intakeOf, queued } from "./queue-words.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const store = await openStore({ dataDirectory, changes: new Changes(), log: silentLog, now: Date.now });
const say = (...words: (string | number)[]) => writeSync(1, `${words.join(" ")}\n`);
/** Every third one is too large for the database. */
const sizeOf = (n: number) => (n % 3 === 0 ? 60_000 : 2000);

await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
await store.ledger.setMigration(migration);
const settings = { domain, admitted: true, passwordHash: null, quota: null };
await store.directory.addMailbox({ address: `anna@${domain}`, ...settings });
const anna = (await store.directory.mailbox(`anna@${domain}`))?.id;

async function admitBob() {
  await using welcome = await staged(store.stage, octetsOf("Welcome"));
  await store.ledger.admit({
    address: `bob@${domain}`,
    domain,
    unhashedPassword: new Uint8Array(8),
    sealedPassword: new Uint8Array(8),
    loginName: "bob",
    listing: listingOf(800),
    stat: "800/1",
    welcome,
    welcomeDate: 0,
    now: 0,
  });
  return (await store.directory.mailbox(`bob@${domain}`))?.id;
}

const bob = await admitBob();
if (anna === undefined || bob === undefined) throw new Error("there are no mailboxes");
await store.queue.recover(Date.now());

async function takeIn(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    const subject = `${process.pid}-${lane}-${n}`;
    await using content = await staged(store.stage, octetsOf(subject, sizeOf(n)));
    const change = { id: subject, receivedAt: Date.now() };
    await store.queue.intake(intakeOf(content, [anna as never], [queued(`bob@${domain}`)], change));
    say("in", subject);
  }
}

/** What a sweep finds is what the queue has, by its mark: whoever comes first, the other must leave it. */
async function empty(): Promise<never> {
  for (;;) {
    const due = await store.queue.due(Date.now(), 20);
    const begun = new Set(await store.queue.begin(due.map((one) => one.id)));
    for (const { id, message } of due) {
      if (!begun.has(id)) continue;
      const deliver = async () => {
        await store.queue.deliverHere(id, bob as never, Date.now());
        say("here", message.id);
      };
      const size = message.size;
      const sweep = async () => {
        const content = octetsOf(message.id, size);
        const one = { uidl: `swept-${id}`, size, occurrence: 0, entryUidl: `swept-${id}`, content };
        await store.ledger.adopt(bob as never, [{ ...one, marks: [id] }], Date.now());
      };
      await Promise.all(id.endsWith("0") ? [deliver(), sweep()] : [sweep(), deliver()]);
    }
    if (due.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Some of the old mail is deleted before it is copied. */
async function copyOld(): Promise<void> {
  const rows = await store.ledger.remoteRows(bob as never);
  for (let from = 0; from < rows.length; from += 10) {
    const batch = rows.slice(from, from + 10);
    const [gone, ...rest] = batch;
    if (gone) await expunge(gone);
    const arrived = rest.map((row) => ({ row: row.id, content: contentOf(row), marks: [] }));
    await store.ledger.arrive(bob as never, arrived, Date.now());
    for (const row of rest) say("copied", row.uidl);
  }
}

function contentOf({ uidl, id }: LedgerRow): Uint8Array {
  return oldMessage(Number(uidl.slice(1)), sizeOf(id));
}

async function expunge(row: LedgerRow): Promise<void> {
  const inbox = await store.mail.inbox(bob as never);
  if (!inbox) return;
  const entries = await store.mail.entries(inbox.id, 0, 100_000);
  const entry = entries.find((one) => one.content === row.content);
  say("deleting", row.uidl);
  if (entry) await store.mail.expunge(inbox.id, [entry.id]);
  say("deleted", row.uidl);
}

await Promise.all([takeIn(1), takeIn(2), takeIn(3), empty(), copyOld()]);
