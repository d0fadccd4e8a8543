/**
 * The plainest POP3 reader: everything is asked for at once, and the answers are looked at as they come. It is
 * the floor of the measurements, and the judge of what was copied. Nothing of Mailferry's own takes part.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Account {
  readonly host: string;
  readonly port: number;
  readonly login: string;
  readonly password: string;
}

/** What a maildrop held. */
export interface Pulled {
  readonly messages: number;
  /** Octets of all the answers to RETR, dots and status lines included. */
  readonly octets: number;
  /** SHA-256 of each message as it came over the wire, in order; empty unless asked for. */
  readonly hashes: readonly string[];
}

const terminator = Buffer.from("\r\n.\r\n");

/** A connection that reads answers one after the other; whoever reads looks for their ends. */
export class Pop3Reader implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Connects, from another loopback address if one is told, and reads the greeting. */
  static async connect(endpoint: Pick<Account, "host" | "port">, localAddress?: string): Promise<Pop3Reader> {
    const socket = connect({ ...endpoint, noDelay: true, ...(localAddress ? { localAddress } : {}) });
    await once(socket, "connect");
    return await Pop3Reader.over(socket);
  }

  /** The same over a socket that is there already. */
  static async over(socket: Socket): Promise<Pop3Reader> {
    const reader = new Pop3Reader(socket);
    await reader.line();
    return reader;
  }

  async login({ login, password }: Pick<Account, "login" | "password">): Promise<void> {
    await this.command(`USER ${login}`);
    await this.command(`PASS ${password}`);
  }

  /** One command and its status line; anything but +OK throws. */
  async command(text: string): Promise<string> {
    this.send(`${text}\r\n`);
    return await this.line();
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        if (!line.startsWith("+OK")) throw new Error(`the server says: ${line}`);
        return line;
      }
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
    }
  }

  /** The rest of a multi-line answer after its status line, without the terminator. */
  async body(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let tail: Buffer = Buffer.from("\r\n");
    for (let chunk = this.#rest; ; chunk = await this.#next()) {
      const seen = Buffer.concat([tail, chunk]);
      const end = seen.indexOf(terminator);
      if (end >= 0) {
        const after = end + terminator.length - tail.length;
        chunks.push(chunk.subarray(0, after));
        this.#rest = chunk.subarray(after);
        return Buffer.concat(chunks).subarray(0, -3);
      }
      chunks.push(chunk);
      tail = seen.subarray(-terminator.length + 1);
    }
  }

  /** Reads so many answers to RETR and keeps nothing of them; returns their octets. */
  async discard(answers: number): Promise<number> {
    let octets = 0;
    let left = answers;
    let tail: Buffer = Buffer.alloc(0);
    for (let chunk = this.#rest; left > 0; chunk = await this.#next()) {
      octets += chunk.length;
      const seen = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      let from = 0;
      for (let end = seen.indexOf(terminator); end >= 0; end = seen.indexOf(terminator, from)) {
        left--;
        from = end + terminator.length;
      }
      tail = seen.subarray(Math.max(from, seen.length - terminator.length + 1));
      if (left === 0) break;
    }
    return octets;
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next();
    if (done) throw new Error("the server closed the connection");
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}

/** Asks for the first `count` messages at once (all of them unless told), and throws them away or hashes them. */
export async function pullAll(
  account: Account,
  options: { readonly hash: boolean; readonly count?: number },
): Promise<Pulled> {
  await using reader = await Pop3Reader.connect(account);
  await reader.login(account);
  const stated = Number((await reader.command("STAT")).split(" ")[1]);
  const messages = options.count ?? stated;
  if (messages > stated) throw new Error(`there are ${stated} messages, not ${messages}`);
  reader.send(Array.from({ length: messages }, (_, n) => `RETR ${n + 1}\r\n`).join(""));
  if (!options.hash) return { messages, octets: await reader.discard(messages), hashes: [] };
  const hashes: string[] = [];
  let octets = 0;
  for (let n = 0; n < messages; n++) {
    octets += (await reader.line()).length;
    const body = await reader.body();
    octets += body.length;
    hashes.push(createHash("sha256").update(body).digest("hex"));
  }
  return { messages, octets, hashes };
}

/** The listing by UIDL: number and unique-id. */
export async function uidls(account: Account): Promise<readonly string[]> {
  await using reader = await Pop3Reader.connect(account);
  await reader.login(account);
  await reader.command("UIDL");
  return (await reader.body()).toString("latin1").split("\r\n").slice(0, -1);
}
