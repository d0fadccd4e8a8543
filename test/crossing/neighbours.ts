/** A company in service and its neighbours: the old server behind its pipe, and somebody else's server. */
import { setTimeout as wait } from "node:timers/promises";
import type { DomainView } from "#http/domains";
import type { QueuedView } from "#http/queue";
import { OldMailboxes } from "../old-server/maildrop.ts";
import { type RunningSmtp, type SmtpOptions, type SmtpTransaction, startSmtp } from "../old-server/smtp.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { domain, type LaunchOptions, Mailferry } from "./mailferry.ts";

export const stranger = "stranger@example.net";

export interface NeighbourOptions {
  readonly launch?: LaunchOptions;
  /** How the server of example.org is. */
  readonly friends?: SmtpOptions;
}

/**
 * big-company.com has Anna and Bob here, and its other people (Carol) on the old server; whoever writes to
 * example.org reaches the friends' server.
 */
export class Neighbours implements AsyncDisposable {
  readonly mailferry: Mailferry;
  readonly old: RunningSmtp;
  readonly friends: RunningSmtp;

  private constructor(mailferry: Mailferry, old: RunningSmtp, friends: RunningSmtp) {
    this.mailferry = mailferry;
    this.old = old;
    this.friends = friends;
  }

  static async start({ launch = {}, friends = {} }: NeighbourOptions = {}): Promise<Neighbours> {
    const mailboxes = new OldMailboxes();
    mailboxes.add("carol", "secret");
    const old = await startSmtp({ mailboxes });
    const elsewhere = await startSmtp(friends);
    const mailferry = await Mailferry.start(launch);
    const neighbours = new Neighbours(mailferry, old, elsewhere);
    await mailferry.people("anna", "bob");
    await neighbours.addRemote("big-company.old", old.port);
    await neighbours.addRemote("example.org", elsewhere.port);
    const unknownUsers = `*@${domain}|big-company.old`;
    await mailferry.command.patch(`/domains/${domain}`, { unknownUsers });
    return neighbours;
  }

  /** A remote domain that one server takes mail for. */
  async addRemote(name: string, port: number): Promise<void> {
    await this.addDomain({ kind: "remote", name, hosts: [{ host: "127.0.0.1", port }] });
  }

  async addDomain(view: Partial<DomainView> & Pick<DomainView, "kind" | "name">): Promise<void> {
    await this.mailferry.command.post("/domains", view);
  }

  /** Somebody from outside. */
  async stranger(): Promise<SmtpProgram> {
    return await SmtpProgram.connect(this.mailferry.ports.smtp);
  }

  /** Somebody of the company. */
  async colleague(name: string): Promise<SmtpProgram> {
    const login = { name: `${name}@${domain}`, password: "secret" };
    return await SmtpProgram.connect(this.mailferry.ports.submission, login);
  }

  async queue(): Promise<readonly QueuedView[]> {
    return await this.mailferry.command.get("/queue?limit=1000");
  }

  /** Waits until nothing is queued any more. */
  async drained(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if ((await this.queue()).length === 0) return;
      await wait(50);
    }
    throw new Error(`the queue is not empty: ${JSON.stringify(await this.queue(), null, 1)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mailferry[Symbol.asyncDispose]();
    await this.old[Symbol.asyncDispose]();
    await this.friends[Symbol.asyncDispose]();
  }
}

/** The one Received field that we put on top, and what lies below it. */
export function parted({ octets }: SmtpTransaction): { readonly received: string; readonly below: Buffer } {
  const [received = ""] = /^Received: [^\r]*\r\n(?:[\t ][^\r]*\r\n)*/.exec(octets.toString("latin1")) ?? [];
  return { received, below: octets.subarray(received.length) };
}
