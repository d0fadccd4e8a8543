/** Plain dialogues with the scripted old server: what its own tests say and hear. */
import { once } from "node:events";
import { createServer } from "node:net";
import { Dialogue } from "../../programs/dialogue.ts";
import { OldMailboxes, put } from "../maildrop.ts";
import { type OldServerOptions, type RunningOldServer, startOldServer } from "../old-server.ts";
import { SocketReader } from "../socket-reader.ts";
import { plainMail } from "./mail.ts";

/** A server with anna and bob, "secret" both, and so many messages uid-1 … for each. */
export async function serve(
  scenario: string,
  messages = 5,
  options: OldServerOptions = {},
): Promise<RunningOldServer> {
  const mailboxes = new OldMailboxes();
  for (const name of ["anna", "bob"]) {
    const mailbox = mailboxes.add(name, "secret");
    for (let n = 1; n <= messages; n++)
      put(mailbox, plainMail(`${name}@big-company.com`, `message ${n}`), `uid-${n}`);
  }
  return await startOldServer({ scenario, mailboxes, ...options });
}

export class Talk extends Dialogue implements Disposable {
  /** Connects; without a greeting where none is to be read. */
  static async open(port: number): Promise<Talk> {
    const talk = new Talk(port);
    await talk.line();
    return talk;
  }

  /** Connects and logs in. Throws with the server's words when it says no. */
  static async login(port: number, name = "anna", password = "secret"): Promise<Talk> {
    const talk = await Talk.open(port);
    const said = await talk.pass(name, password);
    if (!said.startsWith("+OK")) {
      talk.close();
      throw new Error(said);
    }
    return talk;
  }

  /** USER and PASS: the last answer. */
  async pass(name = "anna", password = "secret"): Promise<string> {
    const said = await this.ask(`USER ${name}`);
    return said.startsWith("+OK") ? await this.ask(`PASS ${password}`) : said;
  }

  /** One command and the (last) line of its answer. */
  async ask(command: string): Promise<string> {
    this.say(Buffer.from(`${command}\r\n`, "latin1"));
    for (;;) {
      const line = await this.line();
      if (!/^\d{3}-/.test(line)) return line;
    }
  }

  /** The lines of a listing. */
  async lines(command: string): Promise<readonly string[]> {
    const said = await this.ask(command);
    if (!said.startsWith("+OK")) return [said];
    const lines: string[] = [];
    for (let line = await this.line(); line !== "."; line = await this.line()) lines.push(line);
    return lines;
  }

  /** The octets of an answer after its first line, up to and with the terminator. */
  async body(command: string): Promise<string> {
    const said = await this.ask(command);
    if (!said.startsWith("+OK")) return said;
    const first = await this.until("\r\n");
    if (first.toString() === ".\r\n") return ".\r\n";
    this.unread(first);
    return (await this.until("\r\n.\r\n")).toString("latin1");
  }

  /** What comes until the server ends the connection. */
  async rest(): Promise<string> {
    let text = "";
    try {
      for (;;) text += (await this.until("\n")).toString("latin1");
    } catch {
      return text;
    }
  }

  /** Whether nothing comes while the server answers somebody else. */
  async isSilent(): Promise<boolean> {
    const silence = new Promise<true>((resolve) => setTimeout(() => resolve(true), 60));
    const heard = this.until("\n").then(
      () => false,
      () => false,
    );
    return await Promise.race([silence, heard]);
  }

  async quit(): Promise<string> {
    const said = await this.ask("QUIT").catch(() => "the server hung up");
    this.close();
    return said;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The UIDLs of one session of its own, which ends with QUIT. */
export async function uidls(server: RunningOldServer, name = "anna"): Promise<readonly string[]> {
  const talk = await Talk.login(server.pop3.port, name);
  const lines = await talk.lines("UIDL");
  await talk.quit();
  return lines;
}

/** An SMTP dialogue up to RCPT: the answers to EHLO, MAIL and RCPT, and the connection. */
export async function envelope(server: RunningOldServer, from: string, to: string) {
  const talk = await Talk.open(server.smtp.port);
  const ehlo = await talk.ask("EHLO mail.big-company.com");
  const mail = await talk.ask(`MAIL FROM:<${from}>`);
  const rcpt = await talk.ask(`RCPT TO:<${to}>`);
  return { talk, ehlo, mail, rcpt };
}

/** Sends one message; the answer to its end. */
export async function deliver(server: RunningOldServer, from: string, to: string): Promise<string> {
  const { talk, rcpt } = await envelope(server, from, to);
  using _talk = talk;
  if (!rcpt.startsWith("250")) return rcpt;
  await talk.ask("DATA");
  return await talk.ask(`${plainMail(to, "delivered").toString("latin1").trimEnd()}\r\n.`);
}

/** An SMTP server of a few lines that takes everything: what the old server sends goes there. */
export async function sink() {
  const got: { from: string; to: string; octets: string }[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(async (socket) => {
    socket.on("error", () => socket.destroy());
    const reader = new SocketReader(socket);
    const mail = { from: "", to: "", octets: "" };
    socket.write("220 sink\r\n");
    for (let line = await reader.line(); line !== null; line = await reader.line()) {
      if (line.startsWith("MAIL")) mail.from = line.slice(10);
      if (line.startsWith("RCPT")) mail.to = line.slice(8);
      socket.write(line === "DATA" ? "354 go on\r\n" : "250 fine\r\n");
      if (line !== "DATA") continue;
      for (let text = await reader.line(); text !== "." && text !== null; text = await reader.line())
        mail.octets += `${text}\n`;
      got.push({ ...mail });
      socket.write("250 taken\r\n");
      for (const wake of waiting.splice(0)) wake();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    got,
    /** Resolves when there are so many. */
    async has(count: number): Promise<typeof got> {
      while (got.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return got;
    },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
