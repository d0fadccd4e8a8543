/** Where the demo plays: both servers, the people, and what was on the old server before anybody moved. */
import { createTransport } from "nodemailer";
import type { MigrationStatusView } from "#http/migrations";
import { type Listed, Pop3Program, sha256 } from "../../test/programs/pop3-program.ts";
import type { Narrator } from "./narrator.ts";
import { type CommandResult, type ExampleOldServer, runCommand } from "./processes.ts";

/** A mailbox as a mail program sees it. */
export interface Seen {
  readonly listing: readonly Listed[];
  readonly hashes: readonly string[];
}

export class Stage {
  readonly narrator: Narrator;
  readonly old: ExampleOldServer;
  readonly data: string;
  readonly ports: { readonly smtp: number; readonly submission: number; readonly pop3: number };
  /** What each person had on the old server at the start, by address. */
  readonly before = new Map<string, Seen>();

  constructor(narrator: Narrator, old: ExampleOldServer, data: string, ports: Stage["ports"]) {
    this.narrator = narrator;
    this.old = old;
    this.data = data;
    this.ports = ports;
  }

  passwordOf(address: string): string {
    return this.old.people.find((person) => person.address === address)?.password ?? "";
  }

  /** Gives a command aloud. */
  async command(...args: string[]): Promise<CommandResult> {
    this.narrator.command(args);
    const result = await runCommand([...args, "--data", this.data]);
    this.narrator.output(result.stdout + result.stderr);
    return result;
  }

  /** Gives a command that has to work. */
  async mustWork(...args: string[]): Promise<void> {
    const { code, stderr } = await this.command(...args);
    if (code !== 0) this.narrator.check(`${args.slice(0, 2).join(" ")} works`, false, stderr);
  }

  async status(): Promise<MigrationStatusView> {
    const { stdout } = await runCommand([
      "migration",
      "status",
      "big-company.com",
      "--json",
      "--data",
      this.data,
    ]);
    return JSON.parse(stdout) as MigrationStatusView;
  }

  async look(port: number, address: string): Promise<Seen> {
    await using program = await Pop3Program.login(port, address, this.passwordOf(address));
    return { listing: await program.list(), hashes: await program.hashes() };
  }

  async lookHere(address: string): Promise<Seen> {
    return await this.look(this.ports.pop3, address);
  }

  async lookAtOldServer(address: string): Promise<Seen> {
    return await this.look(this.old.pop3, address);
  }

  /** The first message, among those a person has on a server, that holds a text. */
  async find(port: number, address: string, text: string): Promise<readonly Buffer[]> {
    await using program = await Pop3Program.login(port, address, this.passwordOf(address));
    const found: Buffer[] = [];
    for (const { number } of (await program.list()).toReversed().slice(0, 12)) {
      const octets = await program.retrieve(number);
      if (octets.includes(text)) found.push(octets);
    }
    return found;
  }

  /** Sends a message by SMTP; resolves with what the server said to each recipient it refused. */
  async send(
    port: number,
    to: readonly string[],
    octets: string,
    login: { readonly user: string; readonly pass: string } | null = null,
  ): Promise<readonly string[]> {
    const transport = createTransport({
      host: "127.0.0.1",
      port,
      ignoreTLS: true,
      ...(login ? { auth: login } : {}),
    });
    try {
      const from = login?.user ?? "friend@example.net";
      const sent = await transport.sendMail({ envelope: { from, to: [...to] }, raw: octets });
      return (sent.rejectedErrors ?? []).map((error) => String(error.response));
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    } finally {
      transport.close();
    }
  }
}

/** Whether a message arrived as it was sent, below whatever was put on top of it. */
export function endsWith(octets: Buffer, sent: string): boolean {
  const below = Buffer.from(sent, "latin1");
  return sha256(octets.subarray(octets.length - below.length)) === sha256(below);
}
