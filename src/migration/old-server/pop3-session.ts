/**
 * A logged-in POP3 connection to one old maildrop: the listing, and messages fetched with as many RETRs on
 * the way as the server bears. Nothing but STAT, LIST, UIDL, RETR, TOP, NOOP and QUIT is ever said here.
 */
import { type Pop3Client, Pop3ProtocolError } from "#clients/pop3-client";
import { type Pop3Reply, parseListLine, parseUidlLine } from "#clients/pop3-replies";
import { WireClosed } from "#net/wire";
import type { OldServerFacts } from "../proof/certificate.ts";
import {
  type FetchRequest,
  type FetchTrouble,
  type ListedMessage,
  type OldServerSession,
  OldServerTrouble,
} from "./old-server.ts";
import { ListingPacker, type PackedListing } from "./packed-listing.ts";
import { PipelineWindow, type WindowLimits } from "./pipeline-window.ts";
import { readHeader } from "./pop3-header.ts";
import { troubleOfError, troubleOfRefusal } from "./pop3-trouble.ts";
import { SwallowedReply } from "./swallowed-reply.ts";

/** Milliseconds and octets. */
export interface SessionLimits {
  /** How long the server may say nothing while it owes a listing. */
  readonly listingMilliseconds: number;
  /** How long it may say nothing while it owes a message: the stall that ends pipelining for this server. */
  readonly stallMilliseconds: number;
  /** Octets of messages that are asked for ahead, at least and at most (see pipeline-window). */
  readonly pipeline: WindowLimits;
  /** A message larger than this is not taken. */
  readonly largestMessage: number;
}

interface SessionStart {
  readonly loginName: string;
  readonly stat: OldServerSession["stat"];
  readonly mayPipeline: boolean;
  /** Milliseconds between logins as CAPA states them; 0 where it does not. */
  readonly loginDelay: number;
  readonly limits: SessionLimits;
  /** Tells that PIPELINING stalled: it is not used with this server again. */
  readonly stalled: () => void;
  /** Messages that an earlier session with this server could ask for ahead; 0: none has shown it. */
  readonly messagesAhead: number;
  /** Tells how many this one could. */
  readonly paced: (messagesAhead: number) => void;
}

/** What a message counts for in the pipeline when the server states no size. */
const assumedSize = 16 * 1024;

export class Pop3Session implements OldServerSession {
  readonly loginName: string;
  readonly stat: OldServerSession["stat"];
  readonly loginDelay: number;
  readonly #client: Pop3Client;
  readonly #start: SessionStart;
  readonly #window: PipelineWindow;

  constructor(client: Pop3Client, start: SessionStart) {
    this.#client = client;
    this.#start = start;
    this.#window = new PipelineWindow(start.limits.pipeline, () => performance.now(), start.messagesAhead);
    this.loginName = start.loginName;
    this.stat = start.stat;
    this.loginDelay = start.loginDelay;
  }

  get facts(): OldServerFacts {
    return { greeting: this.#client.greeting, fingerprint: this.#client.fingerprint };
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  async list(): Promise<PackedListing> {
    this.#client.idleMilliseconds = this.#start.limits.listingMilliseconds;
    try {
      if (this.#start.mayPipeline) await this.#client.send("LIST\r\nUIDL");
      else await this.#client.send("LIST");
      const listReply = await this.#client.readReply();
      if (!listReply.ok) {
        this.#client.destroy();
        const trouble = troubleOfRefusal(listReply);
        throw new OldServerTrouble(trouble === "bad" ? "protocol" : trouble, `LIST: ${listReply.text}`);
      }
      const packer = new ListingPacker();
      await this.#client.eachLine((line) => {
        const listed = parseListLine(line);
        if (listed && listed.number >= 1) packer.addSize(listed.number, listed.size);
      });
      const { ok } = await this.#uidlReply();
      if (ok) {
        await this.#client.eachLine((line) => {
          const named = parseUidlLine(line);
          if (named) packer.addUidl(named.number, named.uidl);
        });
      }
      return packer.pack(ok);
    } catch (error) {
      if (error instanceof OldServerTrouble) throw error;
      if (this.#start.mayPipeline && error instanceof WireClosed && error.reason === "timeout")
        this.#start.stalled();
      const { trouble, reason } = troubleOfError(error);
      throw new OldServerTrouble(trouble, reason);
    }
  }

  /** The status line of UIDL. Where it was sent ahead and nothing comes, it may be lost. */
  async #uidlReply(): Promise<Pop3Reply> {
    const { mayPipeline, limits } = this.#start;
    if (!mayPipeline) return await this.#client.command("UIDL");
    this.#client.idleMilliseconds = limits.stallMilliseconds;
    const reply = await this.#client.readReply();
    this.#client.idleMilliseconds = limits.listingMilliseconds;
    return reply;
  }

  async fetch(request: FetchRequest): Promise<void> {
    this.#client.idleMilliseconds = this.#start.limits.stallMilliseconds;
    const queue = request.messages[Symbol.iterator]();
    /** What was asked for and has not come, and when each was asked for. */
    const underWay: ListedMessage[] = [];
    const asked: number[] = [];
    const window = this.#window;
    window.begin();
    let exhausted = false;
    const sendMore = async (): Promise<void> => {
      let commands = "";
      while (!exhausted && (underWay.length === 0 || (this.#start.mayPipeline && window.isOpen))) {
        if (!request.mayGoOn()) {
          exhausted = true;
          break;
        }
        const next = queue.next();
        if (next.done) {
          exhausted = true;
          break;
        }
        underWay.push(next.value);
        asked.push(performance.now());
        window.asked(next.value.size ?? assumedSize);
        commands += `${commands === "" ? "" : "\r\n"}RETR ${next.value.number}`;
      }
      if (commands !== "") await this.#client.send(commands);
    };
    /** The next answer's status line, where it had to be seen before this message could be believed. */
    let ahead: Pop3Reply | null = null;
    try {
      await sendMore();
      for (let message = underWay[0]; message; message = underWay[0]) {
        const reply: Pop3Reply = ahead ?? (await this.#client.readReply());
        const size = message.size ?? assumedSize;
        window.answered(size, performance.now() - (asked.shift() ?? 0));
        // Asked for while this one is read, so that the server is never idle meanwhile.
        if (this.#start.mayPipeline) await sendMore();
        const { trouble, isDoubtful } = await this.#retrieve(message, reply, request, underWay.length > 1);
        ahead = isDoubtful ? await this.#whatFollows(underWay.length > 1) : null;
        underWay.shift();
        window.done(size);
        await sendMore();
        await request.end(message, trouble);
      }
      if (window.messages > 0) this.#start.paced(window.messages);
    } catch (error) {
      if (!this.#client.isOpen) await this.#breakOff(error, underWay, request);
      else throw error;
    }
  }

  async header({ number }: ListedMessage): Promise<Uint8Array | null> {
    this.#client.idleMilliseconds = this.#start.limits.stallMilliseconds;
    try {
      return await readHeader(this.#client, number);
    } catch (error) {
      this.#client.destroy();
      const { trouble, reason } = troubleOfError(error);
      throw new OldServerTrouble(trouble, reason);
    }
  }

  abandon(): void {
    this.#client.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async #retrieve(
    message: ListedMessage,
    reply: Pop3Reply,
    request: FetchRequest,
    isMoreAsked: boolean,
  ): Promise<{ readonly trouble: FetchTrouble | null; readonly isDoubtful: boolean }> {
    if (!reply.ok) {
      const trouble = troubleOfRefusal(reply) === "bad" ? "gone" : "refused";
      return { trouble: { scope: "message", trouble, reason: `RETR: ${reply.text}` }, isDoubtful: false };
    }
    const sink = request.begin(message);
    const swallowed = isMoreAsked ? new SwallowedReply(message.size) : null;
    let octets = 0;
    const isEndCertain = await this.#client.readBody((chunk) => {
      octets += chunk.length;
      if (swallowed?.sees(chunk)) {
        this.#start.stalled();
        throw new Pop3ProtocolError("a message has no end, and the next answer stands in it");
      }
      return octets <= this.#start.limits.largestMessage ? sink.write(chunk) : undefined;
    });
    const isDoubtful = !isEndCertain || (message.size !== null && octets < message.size);
    if (octets <= this.#start.limits.largestMessage) return { trouble: null, isDoubtful };
    const reason = `the message has ${octets} octets`;
    return { trouble: { scope: "message", trouble: "too-large", reason }, isDoubtful };
  }

  /**
   * After fewer octets than stated, the size may be wrong, or a dot that was not doubled has cut the message; after
   * an end that only silence showed, there may be more. Then the rest comes where a status line is due, and the
   * connection breaks before the message was taken for whole.
   * @returns the status line that had to be read for it; null where one was asked for just for this
   */
  async #whatFollows(isMoreAsked: boolean): Promise<Pop3Reply | null> {
    if (isMoreAsked) return await this.#client.readReply();
    await this.#client.command("NOOP");
    return null;
  }

  async #breakOff(error: unknown, underWay: readonly ListedMessage[], request: FetchRequest): Promise<void> {
    if (error instanceof WireClosed && error.reason === "timeout" && underWay.length > 1)
      this.#start.stalled();
    const { trouble, reason } = troubleOfError(error);
    for (const message of underWay) await request.end(message, { scope: "connection", trouble, reason });
  }
}
