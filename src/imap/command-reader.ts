import { type ContentWriter, StoreUnavailable } from "#mailbox/content";
import { type Wire, WireClosed } from "#net/wire";
import type { Client } from "./client.ts";
import { SyntaxProblem } from "./grammar/cursor.ts";
import { type AnnouncedLiteral, Lexer, type LexerLimits } from "./lexer.ts";
import { bad, type Reply, unavailable } from "./reply.ts";
import { type Request, requestOf, wholeRequest } from "./request.ts";
import type { Session } from "./session.ts";

/** What one command may have before the login, and after it. */
const strangersLimits: LexerLimits = { octets: 16 * 1024, tokens: 1000, depth: 10 };
const usersLimits: LexerLimits = { octets: 256 * 1024, tokens: 50_000, depth: 200 };
/** RFC 7162 §4 asks for 8192 octets; programs send long sets of UIDs. */
const longestLine = { stranger: 8 * 1024, user: 64 * 1024 };
/** So much of a line that is too long is passed over before the connection is closed. */
const mostSkipped = 1024 * 1024;
/** So many octets that nobody wants are taken, because they come in any case. */
const mostUnwanted = 32 * 1024 * 1024;

/** A command as it came. */
export interface Received extends AsyncDisposable {
  readonly request: Request;
  /** What is answered without looking further; null where the command is to be performed. */
  readonly refusal: Reply | null;
}

/** Reads commands from a wire: their lines, and the literals in them. */
export class CommandReader {
  readonly #wire: Wire;
  readonly #session: Session;
  readonly #client: Client;

  constructor(wire: Wire, session: Session, client: Client) {
    this.#wire = wire;
    this.#session = session;
    this.#client = client;
  }

  /** The next command. Throws WireClosed. */
  async next(): Promise<Received> {
    await using opened = new AsyncDisposableStack();
    const isStranger = this.#session.state === "not authenticated";
    const lexer = new Lexer(isStranger ? strangersLimits : usersLimits);
    const lineLimit = isStranger ? longestLine.stranger : longestLine.user;
    let refusal: Reply | null = null;
    for (;;) {
      const line = await this.#line(lineLimit);
      if (line === null) {
        refusal = bad("The line is too long.");
        break;
      }
      const literal = lexer.line(line);
      if (literal === null) break;
      refusal ??= await this.#take(literal, lexer, opened);
      if (refusal && literal.waits) break;
      if (refusal) await this.#passOver(literal.size);
    }
    if (lexer.problem !== null) refusal ??= bad(lexer.problem);
    const taken = opened.move();
    return {
      request: wholeRequest(lexer.tokens),
      refusal,
      [Symbol.asyncDispose]: () => taken.disposeAsync(),
    };
  }

  /** Null for a line that was too long and passed over. */
  async #line(limit: number): Promise<Uint8Array | null> {
    try {
      return await this.#wire.readLine(limit);
    } catch (error) {
      if (!(error instanceof WireClosed) || error.reason !== "too-long") throw error;
      await this.#wire.skipLine(mostSkipped);
      return null;
    }
  }

  /** Takes the octets of a literal, or says why not. */
  async #take(literal: AnnouncedLiteral, lexer: Lexer, opened: AsyncDisposableStack): Promise<Reply | null> {
    if (lexer.problem !== null) return bad(lexer.problem);
    const request = requestOf(lexer.tokens);
    const refusal = this.#session.refusal(request);
    if (refusal) return refusal;
    try {
      const { command, cursor } = request;
      const target = (await command?.openLiteral?.(this.#session, cursor, literal.size)) ?? null;
      if (target && "refused" in target) return target.refused;
      if (!target && literal.size > lexer.room) return bad("The literal is too long.");
      if (literal.waits) await this.#invite();
      if (!target) lexer.literal(await this.#octets(literal.size));
      else {
        opened.use(target.into);
        await this.#stream(literal.size, target.into);
        lexer.streamed(target.into);
      }
      return null;
    } catch (error) {
      if (error instanceof SyntaxProblem) return bad(error.message);
      if (error instanceof StoreUnavailable) return unavailable;
      throw error;
    }
  }

  async #invite(): Promise<void> {
    this.#client.add("+ Go ahead.\r\n");
    await this.#client.flush();
  }

  async #octets(size: number): Promise<Uint8Array> {
    const octets = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const chunk = await this.#wire.readChunk(size - at);
      octets.set(chunk, at);
      at += chunk.length;
    }
    return octets;
  }

  /** What cannot be stored is taken all the same, and refused at the end: `finish` will say why. */
  async #stream(size: number, into: ContentWriter): Promise<void> {
    let isBroken = false;
    for (let left = size; left > 0; ) {
      const chunk = await this.#wire.readChunk(left);
      left -= chunk.length;
      if (isBroken) continue;
      try {
        await into.write(chunk);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        isBroken = true;
      }
    }
  }

  async #passOver(size: number): Promise<void> {
    if (size > mostUnwanted) throw new WireClosed("too-long");
    for (let left = size; left > 0; ) left -= (await this.#wire.readChunk(left)).length;
  }
}
