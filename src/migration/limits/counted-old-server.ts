/**
 * Counts what comes from old servers: listings and messages, for whatever purpose, as POP3 sends them. What TLS
 * adds is not counted, nor what a login takes.
 */
import type {
  Credentials,
  FetchRequest,
  ListedMessage,
  OldServer,
  OldServerAddress,
  OldServerSession,
  Verdict,
} from "../old-server/old-server.ts";
import type { Bandwidth } from "./bandwidth.ts";

/** Status line and final dot of one answer. */
const answer = 20;

/** Where to count what comes from a server. */
type BandwidthOf = (server: OldServerAddress) => Pick<Bandwidth, "came">;

export class CountedOldServer implements OldServer {
  readonly #old: OldServer;
  readonly #bandwidthOf: BandwidthOf;

  constructor(old: OldServer, bandwidthOf: BandwidthOf) {
    this.#old = old;
    this.#bandwidthOf = bandwidthOf;
  }

  async login(server: OldServerAddress, credentials: Credentials, signal: AbortSignal): Promise<Verdict> {
    const verdict = await this.#old.login(server, credentials, signal);
    if (verdict.verdict !== "good") return verdict;
    return { ...verdict, session: counted(verdict.session, this.#bandwidthOf(server)) };
  }
}

function counted(session: OldServerSession, bandwidth: Pick<Bandwidth, "came">): OldServerSession {
  return {
    loginName: session.loginName,
    stat: session.stat,
    ...(session.loginDelay === undefined ? {} : { loginDelay: session.loginDelay }),
    ...(session.facts === undefined ? {} : { facts: session.facts }),
    get isOpen() {
      return session.isOpen;
    },
    async list() {
      const listing = await session.list();
      let octets = 2 * answer;
      for (const message of listing) octets += listedOctets(message);
      bandwidth.came(octets);
      return listing;
    },
    async fetch(request) {
      await session.fetch(countedRequest(request, bandwidth));
    },
    ...(session.header && {
      async header(message: ListedMessage) {
        const octets = (await session.header?.(message)) ?? null;
        bandwidth.came(answer + (octets?.length ?? 0));
        return octets;
      },
    }),
    abandon() {
      session.abandon();
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
    },
  };
}

function countedRequest(request: FetchRequest, bandwidth: Pick<Bandwidth, "came">): FetchRequest {
  return {
    messages: request.messages,
    begin(message) {
      const sink = request.begin(message);
      bandwidth.came(answer);
      return {
        write(chunk) {
          bandwidth.came(chunk.length);
          return sink.write(chunk);
        },
      };
    },
    end: (message, trouble) => request.end(message, trouble),
    mayGoOn: () => request.mayGoOn(),
  };
}

/** Of the two lines, of LIST and of UIDL, that tell of a message. */
function listedOctets({ number, size, uidl }: ListedMessage): number {
  return 2 * (String(number).length + 3) + String(size ?? "").length + (uidl?.length ?? 0);
}
