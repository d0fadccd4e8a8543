/** A move whose further doors are open: submission and IMAP for its people, and a pipe for those who have not come. */
import { ImapFlow } from "imapflow";
import type { QueuedView } from "#http/queue";
import { freePorts } from "../programs/free-ports.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { domain, Move, type MoveOptions } from "./move.ts";

/** How patient the house is where no silence is tested: a loaded machine must not decide about a test. */
export const patient = { login: 30_000, listing: 30_000, stall: 30_000 };

export const route = "big-company.old";

export class Doors implements AsyncDisposable {
  readonly move: Move;
  readonly submission: number;
  readonly imap: number;

  private constructor(move: Move, submission: number, imap: number) {
    this.move = move;
    this.submission = submission;
    this.imap = imap;
  }

  /** Mail for people who have not come is piped to the old server, which plays the scenario from then on. */
  static async open(scenario: string, options: MoveOptions = {}): Promise<Doors> {
    const [submission = 0, imap = 0] = await freePorts(2);
    const environment = {
      MAILFERRY_LISTENERS_SUBMISSION_ADDRESS: `127.0.0.1:${submission}`,
      MAILFERRY_LISTENERS_IMAP_ADDRESS: `127.0.0.1:${imap}`,
      ...options.environment,
    };
    const move = await Move.start("", { ...options, environment });
    const hosts = [{ host: "127.0.0.1", port: move.old.smtp.port }];
    await move.command.post("/domains", { kind: "remote", name: route, hosts });
    await move.command.patch(`/domains/${domain}`, { unknownUsers: `*@${domain}|${route}` });
    move.old.select(scenario);
    return new Doors(move, submission, imap);
  }

  /** Somebody from outside. */
  async stranger(): Promise<SmtpProgram> {
    return await SmtpProgram.connect(this.move.smtp);
  }

  /** Somebody of the company who sends. */
  async sender(name = "anna", password = "secret"): Promise<SmtpProgram> {
    return await SmtpProgram.connect(this.submission, { name: `${name}@${domain}`, password });
  }

  /** Somebody's IMAP program, by a library that is not ours. */
  async reader(name = "anna", password = "secret"): Promise<ImapFlow & AsyncDisposable> {
    const client = new ImapFlow({
      host: "127.0.0.1",
      port: this.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: `${name}@${domain}`, pass: password },
      logger: false,
    });
    client.on("error", () => undefined);
    await client.connect();
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.logout().catch(() => undefined) });
  }

  async queue(): Promise<readonly QueuedView[]> {
    return await this.move.command.get("/queue?limit=1000");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.move[Symbol.asyncDispose]();
  }
}
