/** DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030): the octets of a message. */
import { DotUnstuffer } from "#mail/dot-stuffing";
import { type Answer, answer, lastAnswer, type OctetSink } from "./answer.ts";
import { type Command, command, everywhere } from "./command.ts";
import { type Chunk, parseChunk, parseNothing } from "./grammar.ts";
import { maximumThrownAway } from "./limits.ts";
import { Reception, tooLarge } from "./receive.ts";
import { type Reply, reply } from "./reply.ts";
import { resetTransaction, type SessionState } from "./session-state.ts";
import type { Transaction } from "./transaction.ts";

const noRecipients = reply(554, "5.5.1", "No recipient was accepted");
const none = new Uint8Array(0);

export const dataCommand: Command = command({
  name: "DATA",
  syntax: "DATA",
  kinds: everywhere,
  states: ["mail"],
  needsTls: false,
  needsLogin: true,
  parse: parseNothing,
  run(state): Answer {
    const { transaction } = state;
    if (!transaction || transaction.recipients.length === 0) return answer(noRecipients);
    return {
      reply: reply(354, null, "Send the message, end with a dot alone on a line"),
      next: { kind: "octets", sink: new DotStuffedSink(state, begin(state, transaction)) },
    };
  },
});

/** What comes after DATA, up to `CRLF . CRLF` and nothing else. */
class DotStuffedSink implements OctetSink {
  readonly #state: SessionState;
  readonly #reception: Reception;
  readonly #unstuffer = new DotUnstuffer();
  #isWhole = false;

  constructor(state: SessionState, reception: Reception) {
    this.#state = state;
    this.#reception = reception;
  }

  get isDone(): boolean {
    return this.#isWhole || this.#reception.size > mostOctets(this.#state);
  }

  async take(chunk: Uint8Array): Promise<Uint8Array> {
    const { content, rest } = this.#unstuffer.write(chunk);
    if (content.length > 0) await this.#reception.write(joined(content));
    this.#isWhole = rest !== null;
    return rest ?? none;
  }

  async finish(): Promise<Answer> {
    if (!this.#isWhole) return lastAnswer(this.#reception.refusal ?? tooLarge);
    return answer(await finishMessage(this.#state, this.#reception));
  }
}

export const chunkCommand: Command = command({
  name: "BDAT",
  syntax: "BDAT octets [LAST]",
  kinds: everywhere,
  states: ["mail", "chunks"],
  needsTls: false,
  needsLogin: true,
  keywords: () => ["CHUNKING"],
  // How much follows would not be known.
  losesStep: true,
  parse: parseChunk,
  octets: (chunk) => chunk.octets,
  run(state, chunk): Answer {
    const { transaction } = state;
    if (!transaction || transaction.recipients.length === 0) return skipOctets(chunk.octets, noRecipients);
    const reception = state.incoming ?? begin(state, transaction);
    // Waiting for its end would be waiting for what is thrown away.
    if (reception.size + chunk.octets > mostOctets(state)) return lastAnswer(tooLarge);
    return { reply: null, next: { kind: "octets", sink: new ChunkSink(state, reception, chunk) } };
  },
});

/** The octets of one chunk. */
class ChunkSink implements OctetSink {
  readonly #state: SessionState;
  readonly #reception: Reception;
  readonly #chunk: Chunk;
  #left: number;

  constructor(state: SessionState, reception: Reception, chunk: Chunk) {
    this.#state = state;
    this.#reception = reception;
    this.#chunk = chunk;
    this.#left = chunk.octets;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  async take(chunk: Uint8Array): Promise<Uint8Array> {
    const taken = chunk.subarray(0, this.#left);
    this.#left -= taken.length;
    await this.#reception.write(taken);
    return chunk.subarray(taken.length);
  }

  async finish(): Promise<Answer> {
    const { refusal } = this.#reception;
    if (this.#chunk.isLast) return answer(await finishMessage(this.#state, this.#reception));
    if (!refusal) return answer(reply(250, "2.0.0", `${this.#chunk.octets} octets taken`));
    // The message has failed; chunks that still follow find no transaction (RFC 3030 §2).
    await resetTransaction(this.#state);
    return answer(refusal);
  }
}

/** Takes octets that nobody wants, and then answers: so that they are not read as commands. */
export function skipOctets(octets: number, refusal: Reply): Answer {
  let left = octets;
  const isTooMany = octets > maximumThrownAway;
  const sink: OctetSink = {
    get isDone() {
      return left === 0 || isTooMany;
    },
    async take(chunk) {
      const taken = Math.min(left, chunk.length);
      left -= taken;
      return chunk.subarray(taken);
    },
    finish: async () => (left === 0 ? answer(refusal) : lastAnswer(refusal)),
  };
  return { reply: null, next: { kind: "octets", sink } };
}

function begin(state: SessionState, transaction: Transaction): Reception {
  const reception = new Reception(state.service, state.client, transaction);
  state.incoming = reception;
  return reception;
}

async function finishMessage(state: SessionState, reception: Reception): Promise<Reply> {
  const outcome = await reception.finish();
  await resetTransaction(state);
  if (outcome.code === 250) state.patience.reward();
  return outcome;
}

/** How much of a refused message is taken before its end is not worth waiting for. */
function mostOctets({ service }: SessionState): number {
  return service.settings.maxMessage + maximumThrownAway;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only = none, ...others] = pieces;
  return others.length === 0 ? only : Buffer.concat(pieces);
}
