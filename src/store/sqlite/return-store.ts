/** People who went back to their old server (migration/return), on SQLite. */
import { setImmediate } from "node:timers/promises";
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { KeptHere, MailboxReturn, SentMessage } from "#migration/return/mailbox-return";
import type { ReturnStore, Seen, ToSend } from "#migration/return/return-store";
import type { ContentFiles } from "../content/files.ts";
import type { Engine } from "./engine.ts";
import { keeping } from "./keeping.ts";
import { newQueueId } from "./queue-id.ts";
import {
  countDeletedHere,
  readContents,
  readReturn,
  readReturns,
  readSent,
  readUnfinishedReturns,
} from "./return-rows.ts";

const front = { lane: "front" } as const;
/** Rows in one read. */
const batch = 1000;
/** It never expires: what goes back with somebody is delivered, or held back until somebody looks after it. */
const never = Date.UTC(9999, 0, 1);

export class SqliteReturnStore implements ReturnStore {
  readonly #engine: Engine;
  readonly #files: ContentFiles;
  /** The time in the last id that was given. */
  #lastId = 0;

  constructor(engine: Engine, files: ContentFiles) {
    this.#engine = engine;
    this.#files = files;
  }

  begin(way: MailboxReturn): Promise<Outcome<void>> {
    return this.#engine.write("beginReturn", way, front);
  }

  async of(address: string): Promise<MailboxReturn | null> {
    return this.#engine.query((db) => readReturn(db, address));
  }

  async all(domain: string): Promise<readonly MailboxReturn[]> {
    return this.#engine.query((db) => readReturns(db, domain));
  }

  async unfinished(): Promise<readonly MailboxReturn[]> {
    return this.#engine.query(readUnfinishedReturns);
  }

  progress(way: MailboxReturn, words: string): Promise<void> {
    return this.#engine.write("returnProgress", { way, words }, front);
  }

  permit(mailbox: MailboxId): Promise<Outcome<boolean>> {
    return this.#engine.write("permitReturned", mailbox, front);
  }

  async contents(mailbox: MailboxId, after: number, limit: number): Promise<readonly KeptHere[]> {
    // A long mailbox is read page by page, and others have their turn in between.
    await setImmediate();
    return this.#engine.read((db) => readContents(db, mailbox, after, limit));
  }

  async deletedHere(mailbox: MailboxId): Promise<number> {
    return this.#engine.query((db) => countDeletedHere(db, mailbox));
  }

  send(way: MailboxReturn, toSend: ToSend, now: number): Promise<Outcome<boolean>> {
    return keeping(this.#files, async (keeper) => {
      const file = this.#engine.query(
        (db) =>
          db.get<{ file: string | null }>("SELECT file FROM content WHERE id = ?", toSend.content)?.file,
      );
      const link = file ? await keeper.copy(file) : null;
      // Ids ascend, so that what is given to the queue at one moment leaves in its order.
      this.#lastId = Math.max(now, this.#lastId + 1);
      const id = newQueueId(this.#lastId);
      const message = {
        id: `r${id}`,
        // A failure is the administrator's matter (mustArrive), and none of whoever wrote it.
        reversePath: "",
        body: toSend.isEightBit ? "8BITMIME" : "7BIT",
        smtpUtf8: /[^\0-\x7f]/.test(way.recipient),
        ...{ envelopeId: null, ret: null, receivedAt: now, size: toSend.size, traceLength: toSend.skipped },
        ...{ helo: way.domain, peerAddress: "127.0.0.1", protocol: "LOCAL", authenticated: null },
        mustArrive: true,
      } as const;
      const recipient = {
        ...{ id, address: way.recipient, notify: ["NEVER"] as const, originalRecipient: null },
        ...{ via: { kind: "pipe", to: way.route } as const, expires: never },
      };
      return this.#engine.write("sendReturned", { way, toSend, message, recipient, link }, { lane: "copy" });
    });
  }

  async sent(mailbox: MailboxId): Promise<readonly SentMessage[]> {
    const all: SentMessage[] = [];
    for (;;) {
      const some = this.#engine.query((db) => readSent(db, mailbox, all.at(-1)?.content ?? 0, batch));
      all.push(...some);
      if (some.length < batch) return all;
      await setImmediate();
    }
  }

  found(seen: readonly Seen[]): Promise<void> {
    return this.#engine.write("returnedFound", seen, { lane: "copy" });
  }
}
