/**
 * The SMTP side of the scripted old server, a next hop that keeps every transaction. It is written apart from
 * Mailferry's own SMTP rooms, so that a misunderstanding there is not repeated here; what it does wrong it
 * does on purpose, by a fault or an option.
 */
import { createServer, type Server, type Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import { type OldMailbox, type OldMailboxes, put } from "./maildrop.ts";
import type { SmtpBehaviour } from "./smtp-behaviour.ts";
import type { SmtpFault, SmtpReaction } from "./smtp-faults.ts";

export interface SmtpOptions {
  /** Takes mail for these people only, and puts it into their mailboxes. */
  readonly mailboxes?: OldMailboxes;
  /** Whom it knows; by default those of `mailboxes`, or everybody where there are none. */
  readonly knows?: (address: string) => boolean;
  /** What it says to an unknown recipient; null: it takes everybody (a catch-all), and throws away. */
  readonly unknown?: string | null;
  fault?: SmtpFault;
  /** What it does otherwise than others, applied in this order; may be changed while it runs. */
  behaviours?: readonly SmtpBehaviour[];
  /** More connections than this at once are turned away. */
  readonly mostConnections?: number;
  /** Lines of EHLO after the first; null: it knows HELO only. */
  readonly offers?: readonly string[] | null;
  /** STARTTLS with this certificate. */
  readonly tls?: SecureContext;
  readonly greeting?: string;
  readonly host?: string;
  readonly port?: number;
}

/** A message that was taken. */
export interface SmtpTransaction {
  readonly helo: string;
  /** What stood in MAIL after FROM:, parameters included. */
  readonly mail: string;
  readonly reversePath: string;
  /** What stood in RCPT after TO:, parameters included. */
  readonly rcpt: readonly string[];
  readonly recipients: readonly string[];
  readonly octets: Buffer;
  readonly secure: boolean;
  readonly connection: number;
}

export interface SmtpRecord {
  connections: number;
  readonly transactions: SmtpTransaction[];
  /** Every command line. */
  readonly commands: string[];
}

export interface RunningSmtp extends AsyncDisposable {
  readonly port: number;
  readonly seen: SmtpRecord;
  readonly options: SmtpOptions;
  /** Ends all connections, idle ones too, as a restart does. */
  disconnect(): void;
}

const usualOffers = ["PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"];

/** Starts the server on a loopback port. */
export async function startSmtp(options: SmtpOptions): Promise<RunningSmtp> {
  const seen: SmtpRecord = { connections: 0, transactions: [], commands: [] };
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (sockets.size > (options.mostConnections ?? Number.POSITIVE_INFINITY)) {
      socket.end("421 4.7.0 too many connections, try again later\r\n");
      socket.destroySoon();
      return;
    }
    void new SmtpDialogue(socket, options, seen, counts).run();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const disconnect = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    seen,
    options,
    disconnect,
    async [Symbol.asyncDispose]() {
      disconnect();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class SmtpDialogue {
  #socket: Socket;
  readonly #options: SmtpOptions;
  readonly #seen: SmtpRecord;
  readonly #counts: Map<string, number>;
  readonly #connection: number;
  /** Behaviours hold for a connection from its beginning to its end. */
  readonly #behaviours: readonly SmtpBehaviour[];
  #buffer: Buffer = Buffer.alloc(0);
  #over = false;
  #wake: () => void = () => undefined;
  #helo = "";
  #mail: string | null = null;
  #rcpt: string[] = [];

  constructor(socket: Socket, options: SmtpOptions, seen: SmtpRecord, counts: Map<string, number>) {
    this.#socket = socket;
    this.#options = options;
    this.#behaviours = options.behaviours ?? [];
    this.#seen = seen;
    this.#counts = counts;
    this.#connection = ++seen.connections;
    this.#listen();
  }

  async run(): Promise<void> {
    const reaction = await this.#strike("CONNECT", "");
    if (reaction) this.#react(reaction);
    else {
      const greeting = this.#options.greeting ?? "old.big-company.com ESMTP";
      this.#say(`220 ${this.#behaviours.reduce((text, one) => one.greeting?.(text) ?? text, greeting)}`);
    }
    while (!this.#over) {
      const line = await this.#line();
      if (line !== null) await this.#command(line);
    }
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    socket.on("close", () => {
      this.#over = true;
      this.#wake();
    });
  }

  async #line(): Promise<string | null> {
    for (;;) {
      const end = this.#buffer.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#buffer.subarray(0, end).toString("utf8");
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (this.#over) return null;
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #say(line: string): void {
    if (!this.#over) this.#socket.write(`${line}\r\n`);
  }

  async #strike(verb: string, argument: string): Promise<SmtpReaction | null> {
    const times = (this.#counts.get(verb) ?? 0) + 1;
    this.#counts.set(verb, times);
    const moment = { verb, argument, connection: this.#connection, times };
    for (const fault of [this.#options.fault, ...this.#behaviours.map((one) => one.fault)]) {
      const reaction = fault?.(moment) ?? null;
      if (reaction?.do === "wait") await reaction.until;
      else if (reaction) return reaction;
    }
    return null;
  }

  /** Does what does not depend on the moment. */
  #react(reaction: SmtpReaction): void {
    if (reaction.do === "reply" || reaction.do === "reply-and-drop") this.#say(reaction.line);
    // The connection stays, and nobody reads on.
    if (reaction.do === "hang") this.#over = true;
    if (reaction.do === "reply-and-drop") {
      this.#over = true;
      this.#socket.end();
    }
    if (reaction.do === "drop" || reaction.do === "take-and-drop") {
      this.#over = true;
      this.#socket.destroy();
    }
  }

  async #command(line: string): Promise<void> {
    this.#seen.commands.push(line);
    const [, verb = "", argument = ""] = /^(\S*)\s*(.*)$/s.exec(line) ?? [];
    const reaction = await this.#strike(verb.toUpperCase(), argument);
    if (reaction?.do === "drop-inside") return await this.#dropInside(reaction.octets);
    if (reaction) return this.#react(reaction);
    switch (verb.toUpperCase()) {
      case "EHLO":
        return this.#say(this.#ehlo(argument));
      case "HELO":
        this.#helo = argument;
        return this.#say("250 old.big-company.com");
      case "STARTTLS":
        return await this.#startTls();
      case "MAIL":
        return this.#say(this.#from(argument));
      case "RCPT":
        return this.#say(this.#to(argument));
      case "DATA":
        return await this.#data();
      case "RSET":
        this.#forget();
        return this.#say("250 2.0.0 forgotten");
      case "NOOP":
        return this.#say("250 2.0.0 nothing");
      case "QUIT":
        this.#say("221 2.0.0 bye");
        this.#over = true;
        this.#socket.end();
        return;
      default:
        return this.#say("500 5.5.2 what?");
    }
  }

  #forget(): void {
    this.#mail = null;
    this.#rcpt = [];
  }

  #ehlo(argument: string): string {
    const { tls } = this.#options;
    let { offers = usualOffers } = this.#options;
    for (const one of this.#behaviours) offers = offers && (one.offers ? one.offers(offers) : offers);
    if (offers === null) return "500 what?";
    this.#forget();
    this.#helo = argument;
    const startTls = tls && !(this.#socket instanceof TLSSocket) ? ["STARTTLS"] : [];
    const lines = ["old.big-company.com", ...offers, ...startTls];
    return lines.map((text, at) => `250${at < lines.length - 1 ? "-" : " "}${text}`).join("\r\n");
  }

  async #startTls(): Promise<void> {
    const { tls } = this.#options;
    if (!tls) return this.#say("502 5.5.1 no");
    this.#say("220 2.0.0 go");
    this.#socket.removeAllListeners("data");
    const secured = new TLSSocket(this.#socket, { isServer: true, secureContext: tls });
    secured.on("error", () => secured.destroy());
    this.#socket = secured;
    this.#helo = "";
    this.#listen();
  }

  #from(argument: string): string {
    if (this.#helo === "") return "503 5.5.1 hello first";
    if (this.#mail !== null) return "503 5.5.1 one sender, please";
    if (!/^FROM:<[^>]*>/i.test(argument)) return "501 5.5.4 FROM:<address>";
    this.#mail = argument.slice(5);
    return "250 2.1.0 fine";
  }

  #to(argument: string): string {
    if (this.#mail === null) return "503 5.5.1 MAIL first";
    const address = /^TO:<([^>]+)>/i.exec(argument)?.[1];
    if (address === undefined) return "501 5.5.4 TO:<address>";
    const { unknown = "550 5.1.1 no such person here" } = this.#options;
    const taken = this.#behaviours.some((one) => one.takes?.(address));
    if (!taken && !this.#knows(address) && unknown !== null) return unknown;
    this.#rcpt.push(argument.slice(3));
    return "250 2.1.5 fine";
  }

  /** Whose mailboxes an address leads to. */
  #owners(address: string): readonly OldMailbox[] {
    for (const one of this.#behaviours) {
      const owners = one.owners?.(address);
      if (owners) return owners;
    }
    const mailbox = this.#options.mailboxes?.find(address);
    return mailbox ? [mailbox] : [];
  }

  #knows(address: string): boolean {
    const { knows, mailboxes } = this.#options;
    if (knows) return knows(address);
    return mailboxes === undefined || mailboxes.find(address) !== undefined;
  }

  async #data(): Promise<void> {
    if (this.#rcpt.length === 0) return this.#say("503 5.5.1 RCPT first");
    this.#say("354 go on");
    const octets = await this.#octets();
    if (octets === null) return;
    const reaction = await this.#strike("MESSAGE", "");
    if (reaction === null || reaction.do === "take-and-drop") this.#take(octets);
    this.#forget();
    if (reaction) this.#react(reaction);
    else this.#say("250 2.0.0 taken");
  }

  /** The octets up to the end of the data, dots taken away. */
  async #octets(): Promise<Buffer | null> {
    // As if the CRLF of DATA stood before them, so that an end at the very start is found too.
    const parts: Buffer[] = [Buffer.from("\r\n")];
    let tail: Buffer = Buffer.from("\r\n");
    for (;;) {
      const next = this.#buffer;
      this.#buffer = Buffer.alloc(0);
      const end = Buffer.concat([tail, next]).indexOf("\r\n.\r\n") - tail.length;
      if (end >= -tail.length) {
        const stuffed = Buffer.concat([...parts, next]);
        const size = stuffed.length - next.length + end + 2;
        this.#buffer = next.subarray(end + 5);
        return unstuffed(stuffed.subarray(0, size));
      }
      parts.push(next);
      tail = Buffer.concat([tail, next.subarray(-4)]).subarray(-4);
      if (this.#over) return null;
      await this.#more();
    }
  }

  async #dropInside(octets: number): Promise<void> {
    this.#say("354 go on");
    while (this.#buffer.length < octets && !this.#over) await this.#more();
    this.#over = true;
    this.#socket.destroy();
  }

  #take(octets: Buffer): void {
    const recipients = this.#rcpt.map((text) => /^<([^>]*)>/.exec(text)?.[1] ?? "");
    const reversePath = /^<([^>]*)>/.exec(this.#mail ?? "")?.[1] ?? "";
    const transaction: SmtpTransaction = {
      helo: this.#helo,
      mail: this.#mail ?? "",
      reversePath,
      rcpt: this.#rcpt,
      recipients,
      octets,
      secure: this.#socket instanceof TLSSocket,
      connection: this.#connection,
    };
    this.#seen.transactions.push(transaction);
    for (const one of this.#behaviours) one.taken?.(transaction);
    for (const recipient of recipients) {
      for (const mailbox of this.#owners(recipient)) this.#store(mailbox, transaction);
    }
  }

  #store(mailbox: OldMailbox, { reversePath, octets }: SmtpTransaction): void {
    const whole: Buffer = Buffer.concat([Buffer.from(`Return-Path: <${reversePath}>\r\n`), octets]);
    const stored = this.#behaviours.reduce<Buffer>((before, one) => one.stored?.(before) ?? before, whole);
    const land = (): void => void put(mailbox, stored);
    if (!this.#behaviours.some((one) => one.later?.(land))) land();
  }
}

/** Without the CRLF put before it, and without the dots of dot-stuffing. */
function unstuffed(octets: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 2;
  for (let at = octets.indexOf("\r\n."); at >= 0; at = octets.indexOf("\r\n.", at + 3)) {
    parts.push(octets.subarray(from, Math.max(from, at + 2)));
    from = at + 3;
  }
  parts.push(octets.subarray(from));
  return Buffer.concat(parts);
}
