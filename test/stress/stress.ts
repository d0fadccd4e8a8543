/**
 * Many clients at once on the folders of one mailbox, each doing what its seed decides, and believing what it is
 * told. In between all of them come to rest, and what each believes must be what the store holds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { MailStore } from "#mailbox/mail-store";
import { ImapHouse } from "../imap/house.ts";
import { openImap } from "../imap/open.ts";
import { act } from "./acts.ts";
import { StressClient, World } from "./client.ts";
import { Contradiction } from "./peer.ts";
import { Random } from "./random.ts";
import { sortedFlags } from "./told.ts";

export interface StressPlan {
  readonly seconds: number;
  readonly clients: number;
  readonly seed: number;
}

export interface StressFigures {
  readonly commands: number;
  /** How often all came to rest and agreed. */
  readonly agreements: number;
}

/** Seconds between two rests. */
const round = 5;
/** A command takes no longer than this; else nobody answers any more. */
const longest = 30_000;

/** Runs it. Throws with the transcript of the client that met a contradiction first. */
export async function stress({ seconds, clients: count, seed }: StressPlan): Promise<StressFigures> {
  await using house = await ImapHouse.open();
  await house.harness.mail.createFolder(house.annas, "Shared", null);
  await using listener = await openImap(house, { settings: { idleMilliseconds: 120_000 } });
  using cleanup = new DisposableStack();
  const world = new World();
  const clients: StressClient[] = [];
  for (let n = 0; n < count; n++)
    clients.push(cleanup.use(await StressClient.connect(listener.port, `c${n}`, world)));
  const randoms = clients.map((_, n) => new Random(seed * 1009 + n));
  const end = performance.now() + seconds * 1000;
  let agreements = 0;
  while (performance.now() < end) {
    const rest = Math.min(end, performance.now() + round * 1000);
    await together(clients, seed, async (client, n) => {
      const random = randoms[n] ?? new Random(n);
      while (performance.now() < rest) await act(client, random);
    });
    await together(clients, seed, (client) => client.ok("NOOP").then(() => undefined));
    await together(clients, seed, (client) => agree(client, house));
    agreements++;
  }
  return { commands: clients.reduce((sum, { commands }) => sum + commands, 0), agreements };
}

/** All at once; the first that fails ends it. */
async function together(
  clients: readonly StressClient[],
  seed: number,
  work: (client: StressClient, place: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    clients.map(async (client, place) => {
      try {
        await inTime(client, work(client, place));
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        throw new Error(`seed ${seed}, client ${client.name}: ${text}\n${client.transcript}\n${text}`, {
          cause: error,
        });
      }
    }),
  );
}

/** Fails when no command is answered for too long. */
async function inTime(client: StressClient, work: Promise<void>): Promise<void> {
  const stop = new AbortController();
  const watch = async (): Promise<never> => {
    for (let before = -1; ; ) {
      if (client.commands === before) throw new Contradiction(`nothing was answered for ${longest} ms`);
      before = client.commands;
      await sleep(longest, undefined, { signal: stop.signal });
    }
  };
  try {
    await Promise.race([work, watch()]);
  } finally {
    stop.abort();
  }
}

/** What a client believes of its folder is what the store holds. */
async function agree({ told }: StressClient, { harness, annas }: ImapHouse): Promise<void> {
  if (!told) return;
  const entries = await entriesIn(harness.mail, annas, told.folder.name);
  if (entries.length !== told.rows.length)
    throw new Contradiction(`it knows of ${told.rows.length} messages, and there are ${entries.length}`);
  for (const [place, { uid, flags, modSeq, size }] of entries.entries()) {
    const row = told.rows[place];
    if (!row) continue;
    if (row.uid !== null && row.uid !== uid)
      throw new Contradiction(`message ${place + 1} is UID ${row.uid} for it, and is ${uid}`);
    if (row.flags !== null && row.flags !== sortedFlags(flags))
      throw new Contradiction(`UID ${uid} has (${row.flags}) for it, and has (${sortedFlags(flags)})`);
    if (row.modSeq > modSeq)
      throw new Contradiction(`UID ${uid} has MODSEQ ${row.modSeq} for it, and has ${modSeq}`);
    told.folder.fact(uid, "RFC822.SIZE", String(size));
  }
}

async function entriesIn(store: MailStore, mailbox: ImapHouse["annas"], name: string) {
  const folder = await store.folderNamed(mailbox, name);
  return folder ? store.entries(folder.id, 0, 1_000_000) : [];
}
