/** One POP3 connection of the scripted old server. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Moment, Reaction } from "./faults.ts";
import type { OldMailbox } from "./maildrop.ts";
import type { Pop3Hall } from "./pop3.ts";
import {
  type Admission,
  type Attempt,
  honestly,
  owner,
  type Pop3Behaviour,
  type Pop3View,
  type Shown,
  stuffed,
  topOf,
} from "./pop3-behaviour.ts";
import { SocketReader } from "./socket-reader.ts";

export class Pop3Dialogue {
  #socket: Socket;
  #reader: SocketReader;
  readonly #hall: Pop3Hall;
  /** Behaviours hold for a connection from its beginning to its end. */
  readonly #behaviours: readonly Pop3Behaviour[];
  readonly #times = new Map<string, number>();
  readonly #connection: number;
  #user = "";
  #isUtf8 = false;
  #mailbox: OldMailbox | null = null;
  #view: Pop3View | null = null;
  /** What every command is answered with after a login that was none. */
  #hollow: string | null = null;
  readonly #deleted = new Set<Shown>();

  constructor(socket: Socket, hall: Pop3Hall) {
    this.#socket = socket;
    this.#reader = new SocketReader(socket);
    this.#hall = hall;
    this.#behaviours = hall.options.behaviours ?? [];
    this.#connection = ++hall.seen.connections;
    socket.once("close", () => {
      this.#end("drop");
      for (const one of this.#behaviours) one.closed?.(this.#connection);
    });
  }

  async run(): Promise<void> {
    if (this.#behaviours.some((one) => one.implicitTls)) await this.#secure();
    if (await this.#strike("CONNECT", "", "")) return;
    const greeting = this.#behaviours.reduce(
      (text, one) => one.greeting?.(text) ?? text,
      this.#hall.options.greeting ?? "old server ready",
    );
    this.#say(`+OK ${greeting}`, "CONNECT");
    for (let line = await this.#reader.line(); line !== null; line = await this.#reader.line()) {
      if (!(await this.#command(line))) return;
      if (this.#behaviours.some((one) => one.losesPipelined)) this.#reader.forget();
    }
  }

  /** @returns false when the dialogue is over */
  async #command(line: string): Promise<boolean> {
    const space = line.indexOf(" ");
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const argument = space < 0 ? "" : line.slice(space + 1);
    const name = this.#view?.name ?? this.#user;
    const isSecret = verb === "PASS" || verb === "AUTH" || verb === "APOP" || argument === "";
    this.#hall.seen.commands.push(`${this.#mailbox?.name ?? name} ${verb}${isSecret ? "" : ` ${argument}`}`);
    const struck = await this.#strike(verb, argument, name);
    if (struck) return !this.#socket.destroyed;
    if (this.#hollow !== null && verb !== "QUIT") {
      this.#say(this.#hollow, verb);
      return true;
    }
    const shown = this.#shown(argument.split(" ")[0] ?? "");
    const reply = this.#answer(verb, argument, shown);
    if (reply !== null) this.#say(reply, verb);
    if (verb === "STLS" && reply?.startsWith("+OK")) await this.#startTls();
    if (this.#view) for (const one of this.#behaviours) one.answered?.(verb, shown, this.#view);
    return verb !== "QUIT";
  }

  #answer(verb: string, argument: string, shown: Shown | null): string | null {
    if (verb === "CAPA") return this.#capabilities();
    if (verb === "QUIT") return this.#quit();
    if (verb === "STLS") return this.#stls ? "+OK begin TLS" : "-ERR unknown command";
    if (verb === "USER") {
      this.#user = argument;
      return "+OK";
    }
    if (verb === "PASS") return this.#login("PASS", this.#user, argument);
    if (verb === "APOP") return this.#apop(argument);
    if (verb === "AUTH") return this.#auth(argument);
    if (verb === "UTF8" && this.#hall.options.utf8) {
      this.#isUtf8 = true;
      return "+OK";
    }
    const view = this.#view;
    if (!view) return "-ERR log in first";
    switch (verb) {
      case "STAT":
        return `+OK ${this.#stat(view).join(" ")}`;
      case "LIST":
        return this.#listing(view, "LIST", argument, shown, ({ size }) => String(size));
      case "UIDL":
        return this.#listing(view, "UIDL", argument, shown, ({ uidl }) => uidl);
      case "RETR":
      case "TOP":
        return shown ? this.#retrieve(shown, verb, Number(argument.split(" ")[1] ?? 0)) : noSuchMessage;
      case "DELE":
        if (!shown) return noSuchMessage;
        this.#deleted.add(shown);
        return "+OK";
      case "NOOP":
      case "RSET":
        if (verb === "RSET") this.#deleted.clear();
        return "+OK";
      default:
        return "-ERR unknown command";
    }
  }

  /** The message of a number. It mostly stands at its place, and there may be very many. */
  #shown(number: string): Shown | null {
    const shown = this.#view?.shown ?? [];
    const isIt = (one: Shown | undefined): boolean => String(one?.number) === number;
    const there = shown[Number(number) - 1];
    return (isIt(there) ? there : shown.find(isIt)) ?? null;
  }

  #apop(argument: string): string | null {
    const [name = "", digest = ""] = argument.split(" ");
    return this.#login("APOP", name, digest);
  }

  #auth(argument: string): string | null {
    const [mechanism = "", response = ""] = argument.split(" ");
    if (mechanism.toUpperCase() !== "PLAIN") return "-ERR unknown mechanism";
    const [, name = "", password = ""] = Buffer.from(response, "base64").toString("latin1").split("\0");
    return this.#login("PLAIN", name, password);
  }

  #login(mechanism: Attempt["mechanism"], name: string, password: string): string | null {
    const { options, seen, locks, logins } = this.#hall;
    const attempt: Attempt = {
      mechanism,
      name,
      password,
      connection: this.#connection,
      isSecure: this.#socket instanceof TLSSocket,
      mailboxes: options.mailboxes,
    };
    let admission: Admission | null = null;
    for (const one of this.#behaviours) admission ??= one.login?.(attempt) ?? null;
    admission ??= this.#judge(attempt);
    if ("refusal" in admission) {
      if (!admission.busy) seen.badLogins++;
      return admission.refusal;
    }
    const { mailbox } = admission;
    this.#hollow = admission.hollow ?? null;
    if (this.#hollow !== null) return "+OK logged in";
    const isExclusive = options.exclusive || this.#behaviours.some((one) => one.exclusive);
    if (isExclusive && locks.has(mailbox)) return "-ERR [IN-USE] maildrop already locked";
    seen.goodLogins++;
    locks.add(mailbox);
    logins.set(mailbox, (logins.get(mailbox) ?? 0) + 1);
    this.#mailbox = mailbox;
    const view: Pop3View = {
      connection: this.#connection,
      name,
      mailbox,
      login: logins.get(mailbox) ?? 0,
      shown: honestly(mailbox, options.statedSize ?? ((octets) => octets)),
    };
    for (const one of this.#behaviours) view.shown = one.maildrop?.(view.shown, view) ?? view.shown;
    this.#view = view;
    return "+OK logged in";
  }

  #judge(attempt: Attempt): Admission {
    const { acceptsAnyPassword, mailboxes } = this.#hall.options;
    const mailbox = acceptsAnyPassword ? mailboxes.find(attempt.name) : owner(attempt);
    return mailbox ? { mailbox } : { refusal: wrongLogin };
  }

  get #stls(): SecureStls {
    if (this.#socket instanceof TLSSocket) return undefined;
    return this.#behaviours.find((one) => one.stls !== undefined)?.stls ?? this.#hall.options.stls;
  }

  async #startTls(): Promise<void> {
    // What is broken says that it begins, and then goes on as if nothing had been said.
    if (this.#stls === "broken") this.#say("-ERR cannot begin TLS now", "STLS");
    else await this.#secure();
  }

  /** The handshake: nothing is written before its end, so that an alert can still go out. */
  async #secure(): Promise<void> {
    const context = this.#stls;
    if (!context || context === "broken") return;
    this.#reader.leave();
    const secured = new TLSSocket(this.#socket, { isServer: true, secureContext: context });
    secured.on("error", () => undefined);
    this.#socket = secured;
    this.#reader = new SocketReader(secured);
    await new Promise<void>((resolve) => {
      secured.once("secure", resolve);
      secured.once("close", resolve);
    });
  }

  #capabilities(): string {
    const { options } = this.#hall;
    const lines = ["USER", "UIDL", "TOP", "RESP-CODES"];
    if (options.pipelining !== false) lines.push("PIPELINING");
    if (options.utf8) lines.push("UTF8");
    if (options.loginDelay) lines.push(`LOGIN-DELAY ${options.loginDelay}`);
    if (this.#stls) lines.push("STLS");
    const isSecure = this.#socket instanceof TLSSocket;
    const changed = this.#behaviours.reduce<readonly string[]>(
      (before, one) => one.capabilities?.(before, isSecure) ?? before,
      lines,
    );
    return ["+OK", ...changed, "."].join("\r\n");
  }

  #stat({ shown }: Pop3View): readonly [number, number] {
    const octets = shown.reduce((sum, { size }) => sum + size, 0);
    return this.#behaviours.reduce<readonly [number, number]>(
      (figures, one) => one.stat?.(figures[0], figures[1]) ?? figures,
      [shown.length, octets],
    );
  }

  #listing(
    view: Pop3View,
    command: "LIST" | "UIDL",
    argument: string,
    one: Shown | null,
    value: (shown: Shown) => string,
  ): string {
    if (argument !== "") return one ? `+OK ${argument} ${value(one)}` : noSuchMessage;
    const lines = view.shown.map((shown) => `${shown.number} ${value(shown)}`);
    const changed = this.#behaviours.reduce<readonly string[]>(
      (before, behaviour) => behaviour.listing?.(command, before, view) ?? before,
      lines,
    );
    return `+OK\r\n${changed.map((line) => `${line}\r\n`).join("")}.`;
  }

  #retrieve(shown: Shown, verb: "RETR" | "TOP", lines: number): null {
    this.#socket.write(this.#wire(shown, verb, lines));
    if (verb === "RETR") {
      const name = this.#mailbox?.name ?? "";
      this.#hall.seen.retrieved.push({ name, number: shown.number, at: performance.now() });
    }
    return null;
  }

  /** The answer to RETR or TOP. */
  #wire(shown: Shown, verb: "RETR" | "TOP", lines: number): Buffer {
    const { octets: whole } = shown.message;
    const isReplaced = this.#hall.options.utf8 && !this.#isUtf8 && whole.some((octet) => octet > 127);
    const kept = isReplaced ? Buffer.from("Subject: cannot be shown\r\n\r\n") : Buffer.from(whole);
    const octets = this.#behaviours.reduce<Buffer>(
      (before, one) => one.octets?.(before, shown, verb) ?? before,
      verb === "TOP" ? topOf(kept, lines) : kept,
    );
    const status = verb === "TOP" ? "+OK\r\n" : `+OK ${shown.size} octets\r\n`;
    return this.#behaviours.reduce<Buffer>(
      (before, one) => one.wire?.(before, shown, verb) ?? before,
      Buffer.concat([Buffer.from(status), stuffed(octets)]),
    );
  }

  #quit(): string {
    if (this.#mailbox && this.#deleted.size > 0) {
      const gone = new Set([...this.#deleted].map(({ message }) => message));
      const kept = this.#mailbox.messages.filter((message) => !gone.has(message));
      this.#mailbox.messages.splice(0, this.#mailbox.messages.length, ...kept);
    }
    this.#end("quit");
    // In one turn with the answer, so that both go out together.
    queueMicrotask(() => this.#socket.end());
    return "+OK bye";
  }

  #end(how: "quit" | "drop"): void {
    if (this.#mailbox) this.#hall.locks.delete(this.#mailbox);
    this.#mailbox = null;
    const view = this.#view;
    this.#view = null;
    if (view) for (const one of this.#behaviours) one.ended?.(how, view);
  }

  /** @returns true when a fault has dealt with the command */
  async #strike(verb: string, argument: string, name: string): Promise<boolean> {
    const times = (this.#times.get(verb) ?? 0) + 1;
    this.#times.set(verb, times);
    const login = this.#view?.login ?? 0;
    const moment: Moment = { verb, argument, name, connection: this.#connection, times, login };
    for (const fault of [this.#hall.options.fault, ...this.#behaviours.map((one) => one.fault)]) {
      const reaction = fault?.(moment) ?? null;
      if (reaction && (await this.#react(reaction, verb, argument))) return true;
    }
    return false;
  }

  async #react(reaction: Reaction, verb: string, argument: string): Promise<boolean> {
    switch (reaction.do) {
      case "reply":
        this.#say(reaction.line, verb);
        if (verb === "CONNECT" || reaction.andDrop) this.#socket.end();
        return true;
      case "hang":
        return true;
      case "drop":
        this.#socket.destroy();
        return true;
      case "drop-inside": {
        const shown = this.#view?.shown.find(({ number }) => number === Number(argument));
        const answer = shown ? this.#wire(shown, "RETR", 0) : Buffer.from("+OK\r\n");
        const start = answer.indexOf("\r\n") + 2;
        const part = answer.subarray(0, Math.min(start + reaction.octets, answer.length));
        await new Promise((resolve) => this.#socket.write(part, resolve));
        this.#socket.destroy();
        return true;
      }
      case "wait":
        await reaction.until;
        return this.#socket.destroyed;
    }
  }

  #say(line: string, verb: string): void {
    const whole = this.#behaviours.reduce((before, one) => one.line?.(before, verb) ?? before, `${line}\r\n`);
    if (this.#socket.writable) this.#socket.write(Buffer.from(whole, "latin1"));
  }
}

type SecureStls = Pop3Behaviour["stls"];
const noSuchMessage = "-ERR no such message";
const wrongLogin = "-ERR [AUTH] wrong name or password";
