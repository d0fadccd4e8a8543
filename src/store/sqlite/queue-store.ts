/**
 * The queue on SQLite (queue/queue-store): reads here, writes by the engine. It promises what the port says, and
 * that a message for many takes one commit, whatever its size.
 */
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type {
  AttemptResult,
  Intake,
  QueuedRecipient,
  QueueStore,
  QueueTotals,
  Via,
} from "#queue/queue-store";
import type { ContentFiles } from "../content/files.ts";
import { readOctets } from "../content/reading.ts";
import { belowTraceOfFile, isFollowed } from "./came-by-mail.ts";
import type { Engine } from "./engine.ts";
import { type Keeper, keeping } from "./keeping.ts";
import { newQueueId } from "./queue-id.ts";
import type { KeptIntake, KeptResult } from "./queue-operations.ts";
import { readDue, readNextDue, readRecipient, readRecipients, readTotals } from "./queue-reads.ts";
import { type NumberedQueued, queuedBody, queuedNow } from "./queue-rows.ts";

const front = { lane: "front" } as const;

/**
 * How long the end of an attempt waits for company, in milliseconds: over one connection it then shares the commit that
 * takes the next message in. Nobody waits for it, and the time between an answer and its record grows by no more.
 */
const finishPatience = 5;

export class SqliteQueueStore implements QueueStore {
  readonly #engine: Engine;
  readonly #files: ContentFiles;

  constructor(engine: Engine, files: ContentFiles) {
    this.#engine = engine;
    this.#files = files;
  }

  async intake(intake: Intake): Promise<readonly QueuedRecipient[]> {
    const recipients = intake.queued.map(numbered(intake));
    const belowTrace = await this.#belowTraceOf(intake);
    const outcome = await keeping(this.#files, async (keeper) =>
      this.#engine.write(
        "queueIntake",
        { ...(await kept(intake, recipients, keeper)), belowTrace },
        { lane: "front", transfer: keeper.transfer },
      ),
    );
    // A mailbox was removed since its recipient was routed: the next try is routed anew.
    if (!outcome.ok) throw new StoreUnavailable(outcome.problem.text);
    return recipients.map((recipient) => queuedNow(intake.message, recipient));
  }

  async due(now: number, limit: number, except: readonly Via[] = []): Promise<readonly QueuedRecipient[]> {
    return this.#engine.query((db) => readDue(db, now, limit, except));
  }

  async nextDue(): Promise<number | null> {
    return this.#engine.query(readNextDue);
  }

  begin(recipients: readonly string[]): Promise<readonly string[]> {
    return this.#engine.write("queueBegin", recipients, front);
  }

  async finish(results: readonly AttemptResult[]): Promise<void> {
    await keeping(this.#files, async (keeper) => {
      const keptResults: KeptResult[] = [];
      for (const result of results) keptResults.push(await keptResult(result, keeper));
      const options = { lane: "front", transfer: keeper.transfer, patience: finishPatience } as const;
      return this.#engine.write("queueFinish", keptResults, options);
    });
  }

  release(recipients: readonly string[], nextTry: number): Promise<void> {
    return this.#engine.write("queueRelease", { recipients, nextTry }, front);
  }

  async deliverHere(recipient: string, mailbox: MailboxId): Promise<Outcome<"delivered" | "already-here">> {
    return keeping(this.#files, async (keeper) => {
      const file = this.#engine.read((db) => {
        const queued = readRecipient(db, recipient);
        const body = queued && queuedBody(db, queued.message.id);
        return body?.kind === "file" ? body.name : null;
      });
      const link = file === null ? null : await keeper.copy(file);
      return this.#engine.write("queueDeliverHere", { recipient, mailbox, link }, front);
    });
  }

  recover(now: number): Promise<number> {
    return this.#engine.write("queueRecover", now, front);
  }

  async hurry(via: Via, now: number): Promise<void> {
    while (await this.#engine.write("queueHurry", { via, now }, front));
  }

  async recipient(id: string): Promise<QueuedRecipient | null> {
    return this.#engine.query((db) => readRecipient(db, id));
  }

  async list(after: string, limit: number): Promise<readonly QueuedRecipient[]> {
    return this.#engine.query((db) => readRecipients(db, after, limit));
  }

  async totals(): Promise<readonly QueueTotals[]> {
    return this.#engine.query(readTotals);
  }

  async read(message: string, from: number): Promise<AsyncIterable<Uint8Array> | null> {
    const body = this.#engine.query((db) => queuedBody(db, message));
    if (!body) return null;
    return body.kind === "file" ? this.#files.read(body.name, from) : readOctets(body.octets.subarray(from));
  }

  hold(recipient: string, held: boolean, now: number): Promise<Outcome<void>> {
    return this.#engine.write("queueHold", { recipient, held, now }, front);
  }

  retry(recipient: string, now: number): Promise<Outcome<void>> {
    return this.#engine.write("queueRetry", { recipient, now }, front);
  }

  drop(recipient: string): Promise<Outcome<void>> {
    return this.#engine.write("queueDrop", recipient, front);
  }

  /** A file is read for it only where a sweep may bring the same message. */
  async #belowTraceOf({ message, local, content }: Intake): Promise<string | null> {
    if (message.authenticated !== null || content.facts.messageId === null) return null;
    const isOfUse = this.#engine.query((db) => local.some(({ mailbox }) => isFollowed(db, mailbox)));
    return isOfUse ? await belowTraceOfFile(content) : null;
  }
}

/** Gives the message its names in the content files: one a mailbox, one for all that is queued. */
async function kept(
  intake: Intake,
  recipients: readonly NumberedQueued[],
  keeper: Keeper,
): Promise<KeptIntake> {
  // A mailbox that is reached twice, by its address and by an alias, gets the message once.
  const mailboxes = [...new Set(intake.local.map((recipient) => recipient.mailbox))];
  const isQueued = recipients.length > 0;
  const copies = await keeper.keep(intake.content, mailboxes.length + Number(isQueued));
  const last = copies.at(-1);
  return {
    message: intake.message,
    local: copies.flatMap((copy, index) => {
      const mailbox = mailboxes[index];
      return mailbox === undefined ? [] : [{ mailbox, kept: copy }];
    }),
    queued: isQueued && last ? { recipients, kept: last } : null,
    belowTrace: null,
  };
}

function numbered({ message }: Intake) {
  return (recipient: Intake["queued"][number]): NumberedQueued => ({
    ...recipient,
    id: newQueueId(message.receivedAt),
  });
}

async function keptResult(result: AttemptResult, keeper: Keeper): Promise<KeptResult> {
  const report =
    result.report === null
      ? null
      : await kept(result.report, result.report.queued.map(numbered(result.report)), keeper);
  if (result.kind !== "deferred") return { kind: "ended", recipient: result.recipient, report };
  const { recipient, reply, nextTry, mayHaveArrived, held = false } = result;
  return { kind: "deferred", recipient, reply, nextTry, mayHaveArrived, held, report };
}
