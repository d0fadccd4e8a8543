/** One IMAP connection: commands from the wire to the session, responses back, within limits. */
import type { Sessions } from "#login/sessions";
import { StoreUnavailable } from "#mailbox/content";
import type { ServerCertificate } from "#net/certificate";
import type { Serve } from "#net/listener";
import { type Wire, WireClosed } from "#net/wire";
import type { Log } from "#observe/log";
import { notOfferedTo } from "#observe/not-offered";
import { capabilities } from "./capability.ts";
import { CommandReader, type Received } from "./command-reader.ts";
import { BrokenResponse } from "./fetch/piece.ts";
import { SyntaxProblem } from "./grammar/cursor.ts";
import { bad, defect, type Reply, replyLine, tooEager, unavailable } from "./reply.ts";
import { Session, type SessionServices } from "./session.ts";
import { WireClient } from "./wire-client.ts";

export interface ImapServices extends SessionServices {
  readonly sessions: Pick<Sessions, "begin">;
  readonly log: Log;
  /** A short name for a session in the log. */
  readonly newId: () => string;
}

export interface ImapSettings {
  readonly hostname: string;
  /** Told in the greeting, so that a server that migrates from itself finds out. */
  readonly instance: string;
  readonly allowClearPasswords: boolean;
  /** Null: no STARTTLS. */
  readonly certificate: ServerCertificate | null;
  /** RFC 3501 §5.4: at least 30 minutes, once somebody has logged in. */
  readonly idleMilliseconds: number;
  /** The same before the login. */
  readonly loginMilliseconds: number;
  /** How long a command may wait for a listing that is still being taken. */
  readonly patienceMilliseconds: number;
  /** How often a client hears that a long command goes on. */
  readonly keepAliveMilliseconds: number;
  /** Most octets of a message that is appended. */
  readonly maxMessage: number;
}

/** What a connection hears that is one too many. */
export const tooManyConnections = "* BYE [UNAVAILABLE] Too many connections.\r\n";

/** So many mistakes one after the other, and the connection is closed. */
const mostMistakes = 10;
/** A session that is to end gets so long to be told so. */
const partingMilliseconds = 2000;

/** The server's half of IMAP, for a listener. */
export function serveImap(services: ImapServices, settings: ImapSettings): Serve {
  return async (wire) => {
    const log = services.log.child({ protocol: "imap", session: services.newId(), peer: wire.peerAddress });
    await using connection = new Connection(
      wire,
      { ...services, log, notOffered: notOfferedTo(log) },
      settings,
    );
    await connection.run();
  };
}

class Connection implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #services: ImapServices;
  readonly #settings: ImapSettings;
  readonly #session: Session;
  readonly #client: WireClient;
  readonly #reader: CommandReader;
  #registration: Disposable | null = null;
  #mistakes = 0;

  constructor(wire: Wire, services: ImapServices, settings: ImapSettings) {
    this.#wire = wire;
    this.#services = services;
    this.#settings = settings;
    this.#client = new WireClient(wire, settings);
    this.#session = new Session(services, {
      peerAddress: wire.peerAddress,
      isSecure: wire.isSecure,
      hasCertificate: settings.certificate !== null,
      allowClearPasswords: settings.allowClearPasswords,
      maxMessage: settings.maxMessage,
      patienceMilliseconds: settings.patienceMilliseconds,
    });
    this.#reader = new CommandReader(wire, this.#session, this.#client);
    wire.idleMilliseconds = settings.loginMilliseconds;
  }

  /** Speaks until somebody has had enough. Throws WireClosed when the connection ends otherwise. */
  async run(): Promise<void> {
    const { hostname, instance } = this.#settings;
    this.#client.tell(`OK [${capabilities(this.#session.offer)}] ${hostname} Mailferry ${instance} ready.`);
    try {
      while ((await this.#turn()) !== "close");
    } catch (error) {
      if (!(error instanceof WireClosed)) throw error;
      const farewell = farewells[error.reason];
      if (farewell === undefined) throw error;
      this.#client.tell(`BYE ${farewell}`);
    }
    await this.#client.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#registration?.[Symbol.dispose]();
    this.#session[Symbol.dispose]();
    this.#client.abandon();
    await this.#wire.close();
  }

  /** One command and its answer. */
  async #turn(): Promise<Reply["next"]> {
    if (!this.#wire.hasLine) await this.#client.flush();
    await using received = await this.#reader.next();
    const reply = await this.#answer(received);
    this.#client.add(`${replyLine(received.request.tag ?? "*", reply)}\r\n`);
    await this.#client.breathe();
    this.#mistakes = reply.isMistake ? this.#mistakes + 1 : 0;
    if (this.#mistakes >= mostMistakes) {
      this.#client.tell("BYE Too many mistakes.");
      return "close";
    }
    if (reply.next === "start TLS") await this.#startTls();
    this.#register();
    return reply.next;
  }

  /** What is thrown is our trouble and not the client's, and may be over in a moment. */
  async #answer({ request, refusal }: Received): Promise<Reply> {
    this.#client.beginTurn();
    if (refusal) return refusal;
    if (request.tag === null) return bad("A tag and a command are expected.");
    const outOfPlace = this.#session.refusal(request);
    if (outOfPlace) return outOfPlace;
    if (request.command?.standsAlone && this.#client.hasSaidMore) return tooEager(request.command.name);
    try {
      return await this.#session.execute(request, this.#client);
    } catch (error) {
      if (error instanceof SyntaxProblem) return bad(error.message);
      if (error instanceof WireClosed) throw error;
      const { log } = this.#services;
      if (error instanceof StoreUnavailable) {
        log.warn({ error: error.message }, "store unavailable");
        return unavailable;
      }
      log.error({ error, command: request.command?.name }, "command failed");
      if (error instanceof BrokenResponse) {
        await this.#client.flush();
        throw new WireClosed("reset", error.message);
      }
      return defect;
    }
  }

  async #startTls(): Promise<void> {
    const { certificate } = this.#settings;
    if (!certificate) throw new Error("STARTTLS was accepted without a certificate");
    await this.#client.flush();
    await this.#wire.startTlsServer(certificate.context);
    this.#session.secured();
  }

  /** Enters the session among those in progress, once it has a mailbox. */
  #register(): void {
    const { mailbox, address } = this.#session;
    if (address !== null) this.#wire.idleMilliseconds = this.#settings.idleMilliseconds;
    if (mailbox === null || this.#registration) return;
    const { sessions, clock, log } = this.#services;
    log.info({ address, tls: this.#wire.isSecure }, "logged in");
    this.#registration = sessions.begin({
      mailbox,
      protocol: "imap",
      peerAddress: this.#wire.peerAddress,
      since: clock(),
      end: () => this.#end(),
    });
  }

  /** Says goodbye if the client listens, and cuts the connection if it does not. */
  #end(): void {
    this.#wire.stopReading();
    setTimeout(() => this.#wire.destroy(), partingMilliseconds).unref();
  }
}

/** What is said where the connection ends, if anybody still listens. */
const farewells: Partial<Record<WireClosed["reason"], string>> = {
  timeout: "Nothing was said for too long.",
  "too-long": "[TOOBIG] Too much was sent at once.",
  stopped: "[UNAVAILABLE] The server ends this session. Connect again.",
};
