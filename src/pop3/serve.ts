/** One POP3 connection: lines from the wire to the session, replies back, within limits. */
import type { Sessions } from "#login/sessions";
import { StoreUnavailable } from "#mailbox/content";
import { Maildrops } from "#mailbox/maildrops";
import type { ServerCertificate } from "#net/certificate";
import type { Serve } from "#net/listener";
import { type Wire, WireClosed } from "#net/wire";
import type { Log } from "#observe/log";
import { notOfferedTo } from "#observe/not-offered";
import { longLineLimit } from "./grammar.ts";
import { Outbox } from "./outbox.ts";
import { mistake, ok, type Reply, refused } from "./reply.ts";
import { Session, type SessionServices } from "./session.ts";

export interface Pop3Services extends Omit<SessionServices, "maildrops"> {
  readonly sessions: Pick<Sessions, "begin">;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** A short name for a session in the log. */
  readonly newId: () => string;
}

export interface Pop3Settings {
  readonly hostname: string;
  /** Told in the greeting, so that a server that migrates from itself finds out. */
  readonly instance: string;
  readonly allowClearPasswords: boolean;
  /** Null: no STLS. */
  readonly certificate: ServerCertificate | null;
  /** RFC 1939 §3: at least ten minutes. */
  readonly idleMilliseconds: number;
  /** How long a command may wait for a listing that is still being taken. */
  readonly patienceMilliseconds: number;
}

/** So many mistakes, and the connection is closed. */
const mostMistakes = 10;
/** So much of a line that is too long is passed over before the connection is closed. */
const mostSkipped = 64 * 1024;
/** A command that takes longer does not hold back the replies before it. */
const holdBackMilliseconds = 10;

/** The server's half of POP3, for a listener. */
export function servePop3(services: Pop3Services, settings: Pop3Settings): Serve {
  const maildrops = new Maildrops(services.store);
  return async (wire) => {
    const log = services.log.child({ protocol: "pop3", session: services.newId(), peer: wire.peerAddress });
    await using connection = new Connection(
      wire,
      { ...services, maildrops, log, notOffered: notOfferedTo(log) },
      settings,
    );
    await connection.run();
  };
}

class Connection implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #services: Pop3Services & SessionServices;
  readonly #settings: Pop3Settings;
  readonly #session: Session;
  readonly #outbox: Outbox;
  #registration: Disposable | null = null;
  #mistakes = 0;

  constructor(wire: Wire, services: Pop3Services & SessionServices, settings: Pop3Settings) {
    this.#wire = wire;
    this.#services = services;
    this.#settings = settings;
    this.#outbox = new Outbox(wire);
    this.#session = new Session(services, {
      peerAddress: wire.peerAddress,
      isSecure: wire.isSecure,
      hasCertificate: settings.certificate !== null,
      allowClearPasswords: settings.allowClearPasswords,
      patienceMilliseconds: settings.patienceMilliseconds,
    });
    wire.idleMilliseconds = settings.idleMilliseconds;
  }

  /** Speaks until somebody has had enough. Throws WireClosed when the connection ends otherwise. */
  async run(): Promise<void> {
    const { hostname, instance } = this.#settings;
    let reply = ok(`${hostname} Mailferry ${instance} ready.`);
    for (;;) {
      await this.#outbox.print(reply);
      if (reply.isMistake && ++this.#mistakes >= mostMistakes) {
        await this.#outbox.print(refused(null, "Too many mistakes."));
        break;
      }
      if (reply.next === "close") break;
      if (reply.next === "start TLS") await this.#startTls();
      if (!this.#wire.hasLine) await this.#outbox.flush();
      reply = await this.#nextReply();
      this.#register();
    }
    await this.#outbox.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#registration?.[Symbol.dispose]();
    await this.#wire.close();
  }

  async #nextReply(): Promise<Reply> {
    let line: Uint8Array;
    try {
      line = await this.#wire.readLine(longLineLimit);
    } catch (error) {
      if (!(error instanceof WireClosed) || error.reason !== "too-long") throw error;
      await this.#wire.skipLine(mostSkipped);
      return mistake("The line is too long.");
    }
    const answering = this.#answer(line);
    if (!this.#outbox.isEmpty && !(await settlesSoon(answering))) await this.#outbox.flush();
    const reply = await answering;
    // Whatever follows STLS in clear may have been put there by somebody else (RFC 2595 §7).
    if (reply.next === "start TLS" && this.#wire.hasBuffered) {
      return refused(null, "Nothing may follow STLS before TLS has begun.", "close");
    }
    return reply;
  }

  /** Never rejects: what is thrown is our trouble and not the client's, and may be over in a moment. */
  async #answer(line: Uint8Array): Promise<Reply> {
    try {
      return await this.#session.answer(line);
    } catch (error) {
      if (error instanceof StoreUnavailable)
        this.#services.log.warn({ error: error.message }, "store unavailable");
      else this.#services.log.error({ error }, "command failed");
      const next = this.#session.isQuitting ? "close" : "go on";
      return refused("SYS/TEMP", "The server cannot do this now. Try again later.", next);
    }
  }

  async #startTls(): Promise<void> {
    const { certificate } = this.#settings;
    if (!certificate) throw new Error("STLS was accepted without a certificate");
    await this.#outbox.flush();
    await this.#wire.startTlsServer(certificate.context);
    this.#session.secured();
  }

  /** Enters the session among those in progress, once it has a mailbox. */
  #register(): void {
    const { mailbox, address } = this.#session;
    if (mailbox === null || this.#registration) return;
    const { sessions, clock, log } = this.#services;
    log.info({ address, tls: this.#wire.isSecure }, "logged in");
    this.#registration = sessions.begin({
      mailbox,
      protocol: "pop3",
      peerAddress: this.#wire.peerAddress,
      since: clock(),
      end: () => this.#wire.destroy(),
    });
  }
}

async function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const notSoon = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), holdBackMilliseconds);
  });
  const isSoon = await Promise.race([promise.then(() => true), notSoon]);
  clearTimeout(timer);
  return isSoon;
}
