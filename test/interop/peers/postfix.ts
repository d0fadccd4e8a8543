// Debian's Postfix as the old server's mail exchanger: an instance of its own (configuration, queue and data in a
// temporary directory), virtual mailboxes of big-company.com, delivered by virtual(8) to Maildirs or mbox files.
//
// Facts worth knowing:
// - An unknown recipient is refused at RCPT: "550 5.1.1 <x>: Recipient address rejected: User unknown in virtual
//   mailbox table".
// - virtual(8) puts Return-Path, X-Original-To and Delivered-To above the message, and smtpd its own Received.
// - To clients it takes for local (mynetworks, so loopback too) it would add missing Message-ID and Date headers:
//   local_header_rewrite_clients is empty here, as for a neighbour that is a server.
// - Mail for any other domain stays in its deferred queue (retry: transport): nothing leaves this machine.
// - hash: tables are re-read when their file changes, so people can be added to a running instance.
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "../loopback.ts";
import { must, serveProgram } from "../program.ts";
import { makeScratch } from "../scratch.ts";
import type { Owner } from "./maildir.ts";
import { mainCf, masterCf } from "./postfix-config.ts";

/** One virtual mailbox. */
export interface VirtualMailbox {
  readonly address: string;
  /** Path under the mail root; with a trailing "/" a Maildir, otherwise an mbox file. */
  readonly path: string;
  readonly owner: Owner;
}

/** Where a Postfix delivers, and for whom. */
export interface PostfixOptions {
  readonly mailRoot: string;
  readonly domain: string;
  readonly hostname?: string;
  /** Further lines of main.cf. */
  readonly extra?: string;
}

/** A running Postfix. */
export interface RunningPostfix extends AsyncDisposable {
  readonly smtp: Endpoint;
  addMailbox(mailbox: VirtualMailbox): Promise<void>;
  /** Makes `alias` another address of `target`. */
  addAlias(alias: string, target: string): Promise<void>;
  /** Number of messages in its queue: 0 means everything accepted has been delivered. */
  queued(): Promise<number>;
  /** Waits until the queue is empty; throws after 30 s. */
  drained(): Promise<void>;
  log(): Promise<string>;
}

/** Starts one. */
export async function startPostfix(options: PostfixOptions): Promise<RunningPostfix> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("postfix"));
  const smtp = { host: LOOPBACK, port: await freePort() };
  const etc = join(scratch.path, "etc");
  for (const part of ["etc", "queue", "data"]) await mkdir(join(scratch.path, part));
  await chmod(join(scratch.path, "queue"), 0o755);
  await must(["chown", "postfix:", join(scratch.path, "data")]);
  await writeFile(join(etc, "main.cf"), mainCf(scratch.path, options));
  await writeFile(join(etc, "master.cf"), masterCf(smtp.port));
  const tables = tablesIn(etc);
  await tables.write();
  await must(["postfix", "-c", etc, "check"]); // makes the queue's directories
  // `postfix start-fg` would put a shell between us and master: signals would stop the shell alone.
  const daemons = (await must(["postconf", "-c", etc, "-h", "daemon_directory"])).trim();
  const program = cleanup.use(
    serveProgram(["sh", "-c", GUARDIAN, "sh", join(daemons, "master"), "-c", etc, "-s"]),
  );
  await awaitGreeting(smtp, program);

  const queued = async () => {
    const listing = await must(["postqueue", "-c", etc, "-j"]);
    return listing.split("\n").filter((line) => line !== "").length;
  };
  const log = () => readFile(join(scratch.path, "log"), "utf8");
  const running = cleanup.move();
  return {
    smtp,
    addMailbox: (mailbox) => tables.addMailbox(mailbox),
    addAlias: (alias, target) => tables.addAlias(alias, target),
    queued,
    drained: () => drained(queued, log),
    log,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** master changes its credentials, which makes it forget that it should end with us: a shell remembers. */
const GUARDIAN = '"$@" & trap "kill $!" TERM; wait $!; wait';

async function drained(queued: () => Promise<number>, log: () => Promise<string>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if ((await queued()) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`mail stays in the queue\n${await log()}`);
}

interface Tables {
  write(): Promise<void>;
  addMailbox(mailbox: VirtualMailbox): Promise<void>;
  addAlias(alias: string, target: string): Promise<void>;
}

function tablesIn(etc: string): Tables {
  const mailboxes = new Map<string, VirtualMailbox>();
  const aliases = new Map<string, string>();
  const table = async (name: string, rows: readonly string[]) => {
    await writeFile(join(etc, name), rows.map((row) => `${row}\n`).join(""));
    await must(["postmap", "-c", etc, `hash:${join(etc, name)}`]);
  };
  const write = async () => {
    const all = [...mailboxes.values()];
    // Owners first: a mailbox must never be known before its owner is.
    await table(
      "uids",
      all.map(({ address, owner }) => `${address} ${owner.uid}`),
    );
    await table(
      "gids",
      all.map(({ address, owner }) => `${address} ${owner.gid}`),
    );
    await table(
      "mailboxes",
      all.map(({ address, path }) => `${address} ${path}`),
    );
    await table(
      "aliases",
      [...aliases].map(([alias, target]) => `${alias} ${target}`),
    );
  };
  return {
    write,
    addMailbox: async (mailbox) => {
      mailboxes.set(mailbox.address, mailbox);
      await write();
    },
    addAlias: async (alias, target) => {
      aliases.set(alias, target);
      await write();
    },
  };
}
