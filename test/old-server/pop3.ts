/**
 * The POP3 side of the scripted old server. It is written apart from Mailferry's own POP3 rooms, so that a
 * misunderstanding there is not repeated here; what it does wrong it does on purpose, by a fault.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Fault, Moment, Reaction } from "./faults.ts";
import type { OldMailbox, OldMailboxes, OldMessage } from "./maildrop.ts";

export interface Pop3Options {
  readonly mailboxes: OldMailboxes;
  fault?: Fault;
  /** Offers PIPELINING (default true). */
  readonly pipelining?: boolean;
  /** One session per maildrop, as mbox servers do (A10). */
  readonly exclusive?: boolean;
  /** Offers UTF8 (RFC 6856), and without it replaces what is not ASCII, as Courier does. */
  readonly utf8?: boolean;
  /** Seconds that CAPA tells as LOGIN-DELAY (A12). */
  readonly loginDelay?: number;
  /** Says +OK to every password. */
  readonly acceptsAnyPassword?: boolean;
  readonly greeting?: string;
  /** What LIST says of a size, for servers that lie (A14). */
  readonly statedSize?: (octets: number) => number;
  readonly port?: number;
}

/** What the server saw. */
export interface Pop3Record {
  connections: number;
  goodLogins: number;
  badLogins: number;
  /** Every command, "name VERB argument", PASS without its argument. */
  readonly commands: string[];
  /** Numbers of RETR answered in full. */
  readonly retrieved: { readonly name: string; readonly number: number; readonly at: number }[];
}

export interface RunningPop3 extends AsyncDisposable {
  readonly port: number;
  readonly seen: Pop3Record;
  readonly options: Pop3Options;
}

/** Starts the server on a loopback port. */
export async function startPop3(options: Pop3Options): Promise<RunningPop3> {
  const seen: Pop3Record = { connections: 0, goodLogins: 0, badLogins: 0, commands: [], retrieved: [] };
  const locks = new Set<OldMailbox>();
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    void new Pop3Dialogue(socket, options, seen, locks).run();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    seen,
    options,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Pop3Dialogue {
  readonly #socket: Socket;
  readonly #options: Pop3Options;
  readonly #seen: Pop3Record;
  readonly #locks: Set<OldMailbox>;
  readonly #times = new Map<string, number>();
  readonly #connection: number;
  #user = "";
  #isUtf8 = false;
  #mailbox: OldMailbox | null = null;
  /** The maildrop as it was at login. */
  #snapshot: readonly OldMessage[] = [];
  readonly #deleted = new Set<OldMessage>();

  constructor(socket: Socket, options: Pop3Options, seen: Pop3Record, locks: Set<OldMailbox>) {
    this.#socket = socket;
    this.#options = options;
    this.#seen = seen;
    this.#locks = locks;
    this.#connection = ++seen.connections;
    socket.once("close", () => this.#mailbox && locks.delete(this.#mailbox));
  }

  async run(): Promise<void> {
    if (await this.#strike("CONNECT", "", "")) return;
    this.#say(`+OK ${this.#options.greeting ?? "old server ready"}`);
    let rest = "";
    try {
      for await (const chunk of this.#socket) {
        rest += (chunk as Buffer).toString("latin1");
        for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
          const line = rest.slice(0, end).replace(/\r$/, "");
          rest = rest.slice(end + 1);
          if (!(await this.#command(line))) return;
        }
      }
    } catch {
      // The other side went away in the middle: that is its right.
    }
  }

  /** @returns false when the dialogue is over */
  async #command(line: string): Promise<boolean> {
    const space = line.indexOf(" ");
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const argument = space < 0 ? "" : line.slice(space + 1);
    const name = this.#mailbox?.name ?? this.#user;
    this.#seen.commands.push(`${name} ${verb}${verb === "PASS" || argument === "" ? "" : ` ${argument}`}`);
    if (await this.#strike(verb, argument, name)) return !this.#socket.destroyed;
    const reply = this.#answer(verb, argument);
    if (reply !== null) this.#say(reply);
    return verb !== "QUIT";
  }

  #answer(verb: string, argument: string): string | null {
    if (verb === "CAPA") return this.#capabilities();
    if (verb === "QUIT") return this.#quit();
    if (verb === "USER") {
      this.#user = argument;
      return "+OK";
    }
    if (verb === "PASS") return this.#pass(argument);
    if (verb === "UTF8" && this.#options.utf8) {
      this.#isUtf8 = true;
      return "+OK";
    }
    if (!this.#mailbox) return "-ERR log in first";
    const message = this.#snapshot[Number(argument) - 1];
    switch (verb) {
      case "STAT":
        return `+OK ${this.#snapshot.length} ${this.#snapshot.reduce((sum, m) => sum + this.#size(m), 0)}`;
      case "LIST":
        return this.#listing(argument, message, (m) => String(this.#size(m)));
      case "UIDL":
        return this.#listing(argument, message, (m) => m.uidl);
      case "RETR":
        return message ? this.#retrieve(message, Number(argument)) : "-ERR no such message";
      case "DELE":
        if (!message) return "-ERR no such message";
        this.#deleted.add(message);
        return "+OK";
      case "NOOP":
        return "+OK";
      default:
        return "-ERR unknown command";
    }
  }

  #pass(password: string): string | null {
    const mailbox = this.#options.mailboxes.find(this.#user);
    const right =
      mailbox &&
      (this.#options.acceptsAnyPassword || Buffer.from(mailbox.password).toString("latin1") === password);
    if (!right) {
      this.#seen.badLogins++;
      return "-ERR [AUTH] wrong name or password";
    }
    if (this.#options.exclusive && this.#locks.has(mailbox)) return "-ERR [IN-USE] maildrop already locked";
    this.#seen.goodLogins++;
    this.#locks.add(mailbox);
    this.#mailbox = mailbox;
    this.#snapshot = [...mailbox.messages];
    return "+OK logged in";
  }

  #capabilities(): string | null {
    const pipelining = this.#options.pipelining === false ? [] : ["PIPELINING"];
    const { utf8, loginDelay } = this.#options;
    const more = [...(utf8 ? ["UTF8"] : []), ...(loginDelay ? [`LOGIN-DELAY ${loginDelay}`] : [])];
    return ["+OK", "USER", "UIDL", "TOP", "RESP-CODES", ...pipelining, ...more, "."].join("\r\n");
  }

  #listing(
    argument: string,
    message: OldMessage | undefined,
    value: (message: OldMessage) => string,
  ): string | null {
    if (argument !== "") return message ? `+OK ${argument} ${value(message)}` : "-ERR no such message";
    const lines = this.#snapshot.map((listed, index) => `${index + 1} ${value(listed)}\r\n`);
    return `+OK\r\n${lines.join("")}.`;
  }

  #retrieve(message: OldMessage, number: number): string | null {
    this.#socket.write(`+OK ${this.#size(message)} octets\r\n`);
    const isReplaced = this.#options.utf8 && !this.#isUtf8 && message.octets.some((octet) => octet > 127);
    this.#socket.write(
      stuffed(isReplaced ? Buffer.from("Subject: cannot be shown\r\n\r\n") : message.octets),
    );
    this.#seen.retrieved.push({ name: this.#mailbox?.name ?? "", number, at: performance.now() });
    return null;
  }

  #quit(): string | null {
    if (this.#mailbox) {
      const kept = this.#mailbox.messages.filter((message) => !this.#deleted.has(message));
      this.#mailbox.messages.splice(0, this.#mailbox.messages.length, ...kept);
      this.#locks.delete(this.#mailbox);
    }
    this.#socket.end("+OK bye\r\n");
    return null;
  }

  /** @returns true when a fault has dealt with the command */
  async #strike(verb: string, argument: string, name: string): Promise<boolean> {
    const times = (this.#times.get(verb) ?? 0) + 1;
    this.#times.set(verb, times);
    const moment: Moment = { verb, argument, name, connection: this.#connection, times };
    const reaction: Reaction | null = this.#options.fault?.(moment) ?? null;
    switch (reaction?.do) {
      case undefined:
        return false;
      case "reply":
        this.#say(reaction.line);
        if (verb === "CONNECT") this.#socket.end();
        return true;
      case "hang":
        return true;
      case "drop":
        this.#socket.destroy();
        return true;
      case "drop-inside": {
        const message = this.#snapshot[Number(argument) - 1];
        const octets = message ? stuffed(message.octets).subarray(0, reaction.octets) : new Uint8Array(0);
        this.#socket.write("+OK\r\n");
        await new Promise((resolve) => this.#socket.write(octets, resolve));
        this.#socket.destroy();
        return true;
      }
      case "wait":
        await reaction.until;
        return this.#socket.destroyed;
    }
  }

  #size(message: OldMessage): number {
    return this.#options.statedSize?.(message.octets.length) ?? message.octets.length;
  }

  #say(line: string): void {
    if (this.#socket.writable) this.#socket.write(Buffer.from(`${line}\r\n`, "latin1"));
  }
}

/** Dot-stuffed with its terminator, in one piece. */
function stuffed(octets: Uint8Array): Buffer {
  const text = Buffer.from(octets).toString("latin1").replaceAll("\r\n.", "\r\n..");
  const start = text.startsWith(".") ? "." : "";
  return Buffer.from(`${start}${text}${text.endsWith("\r\n") || text === "" ? "" : "\r\n"}.\r\n`, "latin1");
}
