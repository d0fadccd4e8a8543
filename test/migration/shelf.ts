/** Where a house keeps its mail: in memory, or in a real store; the same scenarios are played on both. */
import { setTimeout as wait } from "node:timers/promises";
import type { ContentStage } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { Ledger } from "#migration/ledger";
import { entriesOf, inboxOf, readAll } from "../contract/harness.ts";
import { openSqlite } from "../contract/sqlite-harness.ts";
import { settle } from "../jobs/manual-clock.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { memoryStage } from "./memory-stage.ts";

export interface Shelf extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly stage: ContentStage;
  admitted(address: string): Promise<MailboxId | null>;
  /** Unique-ids and octets of an INBOX, the octets null where they are remote; the migration message is left out. */
  messages(mailbox: MailboxId): Promise<readonly { readonly uidl: string; readonly text: string | null }[]>;
  /** The person deletes a message. */
  expunge(mailbox: MailboxId, uidl: string): Promise<void>;
  /** The next so many writes fail as with a full disk; where that can be had. */
  fail(writes: number): void;
  /** Lets what is under way outside this thread come to an end. */
  breathe(): Promise<void>;
}

export function memoryShelf(): Shelf {
  const ledger = new MemoryLedger();
  return {
    ledger,
    stage: memoryStage,
    admitted: async (address) => ledger.mailboxOf(address),
    async messages(mailbox) {
      const entries = ledger.inbox(mailbox).filter(({ uidl }) => uidl !== "welcome");
      return entries.map(({ uidl, content }) => ({
        uidl,
        text: ledger.contents.get(content)?.toString("latin1") ?? null,
      }));
    },
    expunge: async (mailbox, uidl) => ledger.expunge(mailbox, uidl),
    fail(writes) {
      ledger.failing = writes;
    },
    breathe: () => settle(),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

export async function sqliteShelf(domain: string): Promise<Shelf> {
  const store = await openSqlite();
  await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
  const entries = async (mailbox: MailboxId) => entriesOf(store, await inboxOf(store, mailbox));
  return {
    ledger: store.ledger,
    stage: store.stage,
    async admitted(address) {
      const mailbox = await store.directory.mailbox(address);
      return mailbox?.admitted ? mailbox.id : null;
    },
    async messages(mailbox) {
      const messages: { uidl: string; text: string | null }[] = [];
      for (const { uidl, content, isHere } of await entries(mailbox)) {
        const text = isHere ? (await readAll(await store.mail.read(content))).toString("latin1") : null;
        if (!text?.startsWith("From: <postmaster@")) messages.push({ uidl, text });
      }
      return messages;
    },
    async expunge(mailbox, uidl) {
      const inbox = await inboxOf(store, mailbox);
      const gone = (await entries(mailbox)).filter((entry) => entry.uidl === uidl);
      await store.mail.expunge(
        inbox.id,
        gone.map(({ id }) => id),
      );
    },
    fail: () => undefined,
    async breathe() {
      for (let turn = 0; turn < 4; turn++) await wait(1);
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
