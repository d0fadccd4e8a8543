/**
 * Takes one message: its octets as they come, to the commit for all its recipients. It relies on the stage to keep
 * octets and on the queue's intake to be atomic and durable; it promises that a 250 is given only after that, that
 * whatever goes wrong leaves nothing behind, and that memory does not grow with the message.
 *
 * Once a message is refused the rest of it is taken and thrown away, so that the dialogue stays in step.
 */
import { type ContentWriter, type StagedContent, StoreUnavailable } from "#mailbox/content";
import type { Intake, QueuedMessage } from "#queue/queue-store";
import { ArrivingHeader } from "./arriving-header.ts";
import type { SmtpClient } from "./client.ts";
import { LineEndings } from "./line-endings.ts";
import { loopRefusal } from "./loop.ts";
import { type Reply, reply } from "./reply.ts";
import type { SmtpService } from "./service.ts";
import { composeMissing, composeTrace, protocolName, type TraceFacts } from "./trace.ts";
import { collectDestinations, pipedAddresses, type Transaction, toBeReported } from "./transaction.ts";

/** What a message hears that has more than `maxMessage` octets. */
export const tooLarge = reply(552, "5.3.4", "The message is larger than what is taken here");
const bareLineEnding = reply(
  550,
  "5.6.11",
  "Lines end with CRLF; a bare CR or LF is not allowed in a message",
);
const storeIsFull = reply(452, "4.3.1", "The message cannot be stored now, try again later");
const defect = reply(451, "4.3.0", "Something went wrong here, try again later");

export class Reception implements AsyncDisposable {
  readonly #service: SmtpService;
  readonly #client: SmtpClient;
  readonly #transaction: Transaction;
  readonly #facts: TraceFacts;
  readonly #lineEndings: LineEndings;
  readonly #header = new ArrivingHeader();
  #writer: ContentWriter | null = null;
  #traceLength = 0;
  #size = 0;
  #refusal: Reply | null = null;

  constructor(service: SmtpService, client: SmtpClient, transaction: Transaction) {
    this.#service = service;
    this.#client = client;
    this.#transaction = transaction;
    this.#facts = {
      id: service.newId(),
      hostname: service.settings.hostname,
      receivedAt: service.now(),
    };
    const normalise = service.settings.normaliseBareLineEndings && client.account !== null;
    this.#lineEndings = new LineEndings(normalise ? "normalise" : "refuse");
  }

  /** Octets of the message that have come, without dot-stuffing; those that were thrown away too. */
  get size(): number {
    return this.#size;
  }

  /** Why the message will be refused, if that is known already. */
  get refusal(): Reply | null {
    return this.#refusal;
  }

  /** Takes some octets of the message, without dot-stuffing. Never throws; what goes wrong is told at the end. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#size += chunk.length;
    if (this.#refusal) return;
    if (this.#size > this.#service.settings.maxMessage) return await this.#refuse(tooLarge);
    const octets = this.#lineEndings.write(chunk);
    if (this.#lineEndings.isBare) return await this.#refuse(bareLineEnding);
    await this.#guard(() => this.#pass(octets));
  }

  /** The message is whole: commits it, and says what came of it. */
  async finish(): Promise<Reply> {
    if (!this.#refusal) {
      const rest = this.#lineEndings.end();
      if (this.#lineEndings.isBare) await this.#refuse(bareLineEnding);
      else await this.#guard(() => this.#pass(rest));
    }
    if (!this.#refusal && !this.#header.isDecided) await this.#guard(() => this.#begin(this.#header.end()));
    if (!this.#refusal) await this.#guard(() => this.#commit());
    const answer = this.#refusal ?? reply(250, "2.0.0", `Queued as ${this.#facts.id}`);
    this.#tell(answer);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#writer) await this.#dispose(this.#writer);
    this.#writer = null;
  }

  async #pass(octets: Uint8Array): Promise<void> {
    if (octets.length === 0) return;
    if (this.#header.isDecided) return await this.#writer?.write(octets);
    const held = this.#header.take(octets);
    if (held) await this.#begin(held);
  }

  /** The header is known: now what goes above it, and all that was held back. */
  async #begin(held: Uint8Array): Promise<void> {
    const { recipients } = this.#transaction;
    const loop = loopRefusal(this.#header.octets, pipedAddresses(recipients), this.#service.markKey);
    if (loop) return await this.#refuse(loop);
    const trace = Buffer.from(composeTrace(this.#facts, this.#client, this.#transaction));
    this.#traceLength = trace.length;
    this.#writer = this.#service.stage.begin();
    await this.#writer.write(trace);
    if (this.#client.account && !this.#header.isCut) {
      const missing = composeMissing(this.#header.octets, this.#facts);
      if (missing !== "") await this.#writer.write(Buffer.from(missing));
    }
    if (held.length > 0) await this.#writer.write(held);
  }

  async #commit(): Promise<void> {
    const writer = this.#writer;
    if (!writer) throw new Error("a message without a writer cannot be committed");
    const { size } = writer;
    const content = await writer.finish();
    this.#writer = null;
    const intake = this.#intake(content, size);
    try {
      await this.#service.queue.intake(intake);
    } finally {
      // Once the commit is made nothing may turn its 250 into something else.
      await this.#dispose(content);
    }
    await this.#report(intake.message);
  }

  /** The message is delivered already: no failure of a report may refuse it. */
  async #report(message: QueuedMessage): Promise<void> {
    const recipients = toBeReported(this.#transaction);
    if (recipients.length === 0) return;
    try {
      await this.#service.reportDelivered({ message, recipients, header: this.#header.octets });
    } catch (error) {
      this.#service.log.error({ id: message.id, error }, "a delivery could not be reported");
    }
  }

  #intake(content: StagedContent, size: number): Intake {
    const { mail, recipients } = this.#transaction;
    const { id, receivedAt } = this.#facts;
    const expires = receivedAt + this.#service.settings.giveUpAfter;
    return {
      message: {
        id,
        reversePath: mail.reversePath,
        body: mail.body,
        smtpUtf8: mail.smtpUtf8,
        envelopeId: mail.envelopeId,
        ret: mail.ret,
        receivedAt,
        size,
        traceLength: this.#traceLength,
        helo: this.#client.helo,
        peerAddress: this.#client.peerAddress,
        protocol: protocolName(this.#client, mail.smtpUtf8),
        authenticated: this.#client.account?.address ?? null,
      },
      content,
      ...collectDestinations(recipients, expires),
    };
  }

  /** Runs a step; what the store cannot do now, and every defect, becomes a temporary refusal. */
  async #guard(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const isStore = error instanceof StoreUnavailable;
      this.#service.log.error({ id: this.#facts.id, error }, "a message could not be stored");
      await this.#refuse(isStore ? storeIsFull : defect);
    }
  }

  async #refuse(refusal: Reply): Promise<void> {
    this.#refusal ??= refusal;
    if (this.#writer) await this.#dispose(this.#writer);
    this.#writer = null;
  }

  async #dispose(resource: AsyncDisposable): Promise<void> {
    try {
      await resource[Symbol.asyncDispose]();
    } catch (error) {
      this.#service.log.error(
        { id: this.#facts.id, error },
        "what was staged of a message could not be removed",
      );
    }
  }

  #tell({ code, enhanced }: Reply): void {
    const { id } = this.#facts;
    const { peerAddress, account } = this.#client;
    const { mail, recipients } = this.#transaction;
    this.#service.log.info(
      {
        id,
        code,
        enhanced,
        from: mail.reversePath,
        recipients: recipients.length,
        size: this.#size,
        peer: peerAddress,
        account: account?.address,
      },
      code === 250 ? "message accepted" : "message refused",
    );
  }
}
