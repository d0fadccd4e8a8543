/**
 * One SMTP connection: puts a session and a wire together. It reads what the session's answers say comes next,
 * writes replies, keeps the time limits of RFC 5321 §4.5.3.2, and ends politely.
 */
import type { SecureContext } from "node:tls";
import type { Serve } from "#net/listener";
import { type Wire, WireClosed, type WireEnd } from "#net/wire";
import type { Answer, OctetSink } from "./answer.ts";
import {
  maximumCommandLine,
  maximumSkippedLine,
  type SmtpTimeouts,
  slowestMessage,
  slowMessageGrace,
  standardTimeouts,
} from "./limits.ts";
import { Registration } from "./registration.ts";
import { type Reply, reply } from "./reply.ts";
import { ReplyWriter } from "./reply-writer.ts";
import type { SmtpListenerKind, SmtpService } from "./service.ts";
import { Session } from "./session.ts";

/** How one listener is served. */
export interface SmtpServing {
  readonly service: SmtpService;
  readonly kind: SmtpListenerKind;
  readonly clearPasswords: boolean;
  /** For STARTTLS; null offers none. */
  readonly certificate: { readonly context: SecureContext } | null;
  readonly timeouts?: SmtpTimeouts;
}

/** What a connection hears that is one too many. */
export const tooManyConnections = "421 4.7.0 Too many connections, try again later\r\n";

/** Makes the function that a listener serves its connections with. */
export function serveSmtp(serving: SmtpServing): Serve {
  const { service, kind, clearPasswords, certificate } = serving;
  const entrance = { kind, clearPasswords, canStartTls: certificate !== null };
  return async (wire) => {
    await using session = new Session(service, entrance, wire.peerAddress, wire.isSecure);
    service.log.debug({ session: session.id, peer: wire.peerAddress, listener: kind }, "connection");
    using dialogue = new Dialogue(serving, wire, session);
    await dialogue.run();
  };
}

class Dialogue implements Disposable {
  readonly #serving: SmtpServing;
  readonly #wire: Wire;
  readonly #session: Session;
  readonly #replies: ReplyWriter;
  readonly #timeouts: SmtpTimeouts;
  readonly #registration: Registration;

  constructor(serving: SmtpServing, wire: Wire, session: Session) {
    this.#serving = serving;
    this.#wire = wire;
    this.#session = session;
    this.#replies = new ReplyWriter(wire);
    this.#timeouts = serving.timeouts ?? standardTimeouts;
    this.#registration = new Registration(serving.service, wire);
  }

  [Symbol.dispose](): void {
    this.#registration[Symbol.dispose]();
  }

  /** From the greeting to the end of the connection. */
  async run(): Promise<void> {
    try {
      this.#wire.idleMilliseconds = this.#timeouts.command;
      await this.#replies.add(this.#session.greeting());
      for (;;) {
        const line = await this.#readLine();
        const first = line
          ? await this.#replies.while(this.#session.command(line))
          : this.#session.lineTooLong();
        if (!(await this.#follow(first))) break;
        this.#registration.enter(this.#session.account);
      }
      await this.#replies.flush();
    } catch (error) {
      if (!(error instanceof WireClosed)) throw error;
      await this.#sayWhyItEnds(error.reason);
    }
  }

  /** Does what an answer says comes next, and so on; false once the connection is to be closed. */
  async #follow(first: Answer): Promise<boolean> {
    for (let answer = first; ; ) {
      if (answer.reply) await this.#replies.add(answer.reply);
      const { next } = answer;
      switch (next.kind) {
        case "command":
          return true;
        case "close":
          return false;
        case "start-tls":
          return await this.#startTls();
        case "line": {
          const line = await this.#readLine();
          answer = line ? await this.#replies.while(next.take(line)) : this.#session.lineTooLong();
          break;
        }
        case "octets":
          await this.#feed(next.sink);
          answer = await this.#replies.while(next.sink.finish());
      }
    }
  }

  /** The next line; null if it was too long and has been thrown away. */
  async #readLine(): Promise<Uint8Array | null> {
    if (!this.#wire.hasLine) await this.#replies.flush();
    try {
      return await this.#wire.readLine(maximumCommandLine);
    } catch (error) {
      if (!(error instanceof WireClosed) || error.reason !== "too-long") throw error;
      await this.#wire.skipLine(maximumSkippedLine);
      return null;
    }
  }

  async #feed(sink: OctetSink): Promise<void> {
    const { now } = this.#serving.service;
    const begun = now();
    let taken = 0;
    this.#wire.idleMilliseconds = this.#timeouts.data;
    while (!sink.isDone) {
      if (!this.#wire.hasBuffered) await this.#replies.flush();
      const chunk = await this.#wire.readChunk();
      const rest = await sink.take(chunk);
      this.#wire.unread(rest);
      taken += chunk.length - rest.length;
      if (now() - begun > slowMessageGrace + (taken / slowestMessage) * 1000) throw new WireClosed("timeout");
    }
    this.#wire.idleMilliseconds = this.#timeouts.command;
  }

  async #startTls(): Promise<boolean> {
    const { certificate, service } = this.#serving;
    if (!certificate) throw new Error("STARTTLS was answered without a certificate");
    await this.#replies.flush();
    try {
      await this.#wire.startTlsServer(certificate.context);
    } catch (error) {
      const context = { session: this.#session.id, peer: this.#wire.peerAddress };
      service.log.info(
        { ...context, error: error instanceof Error ? error.message : error },
        "STARTTLS failed",
      );
      throw error instanceof WireClosed ? error : new WireClosed("reset");
    }
    await this.#session.startedTls();
    return true;
  }

  /** Replies that wait, and a last one where there is somebody to hear it. */
  async #sayWhyItEnds(end: WireEnd): Promise<void> {
    const { service } = this.#serving;
    service.log.debug({ session: this.#session.id, peer: this.#wire.peerAddress, end }, "connection ended");
    const farewell = farewells[end];
    try {
      if (farewell) await this.#replies.add(farewell);
      await this.#replies.flush();
    } catch (error) {
      if (!(error instanceof WireClosed)) throw error;
    }
  }
}

const farewells: Readonly<Record<WireEnd, Reply | null>> = {
  timeout: reply(421, "4.4.2", "That took too long"),
  stopped: reply(421, "4.3.2", "This connection ends here, try again later"),
  "too-long": reply(421, "4.7.0", "The line does not end"),
  closed: null,
  reset: null,
};
