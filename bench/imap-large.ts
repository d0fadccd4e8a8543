/**
 * A folder of 100,000 messages: what commands on it take, beside Dovecot and, where it is unpacked, Cyrus. The server
 * is warm but where a row says otherwise, and nobody else is connected.
 *
 *   npm run bench -- imap-large [--messages 100000] [--rounds 3] [--only ROW] [--write]
 */
import type { ImapContestant } from "./imap-contestant.ts";
import { fill } from "./imap-letters.ts";
import { startPeers } from "./imap-peers.ts";
import { ImapReader } from "./imap-reader.ts";
import { startImapServer } from "./imap-server.ts";
import { besides, peerHead } from "./imap-table.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, option, word } from "./rounds.ts";

const count = option("messages", 100_000);
const rounds = option("rounds", 3);
const only = word("only");
const some = Math.min(10_000, Math.floor(count / (3 * rounds)));
const load = loadNow();

await using stack = new AsyncDisposableStack();
const servers: readonly ImapContestant[] = [
  stack.use(await startImapServer()),
  ...(await startPeers()).map((peer) => stack.use(peer)),
];
const readers = new Map<ImapContestant, ImapReader>();
for (const server of servers) await prepare(server);

/** A command, and what its answer must hold so many times. */
interface Row {
  readonly name: string;
  readonly target?: string;
  readonly text: (round: number) => string;
  readonly proof: readonly [string, number];
  /** What happens before it, which is not timed. */
  readonly before?: (server: ImapContestant, reader: ImapReader) => Promise<ImapReader | undefined>;
}

const anew = async (server: ImapContestant): Promise<ImapReader> => {
  await server.restart();
  return await ImapReader.connect(server.imap);
};
const select = { text: () => "SELECT Large", proof: [`* ${count} EXISTS`, 1] } as const;
const told = [" FETCH (", count] as const;
const fetch = (items: string) => ({ text: () => `FETCH 1:* ${items}`, proof: told });

const rows: readonly Row[] = [
  { name: "SELECT, the first of a fresh process", ...select, before: anew },
  { name: "SELECT, repeated", ...select },
  { name: "FETCH 1:* (UID FLAGS)", ...fetch("(UID FLAGS)") },
  {
    name: "FETCH 1:* ENVELOPE, first",
    target: "2 ×",
    ...fetch("ENVELOPE"),
    before: async (server) => {
      await server.restartWithoutCache();
      const reader = await ImapReader.connect(server.imap);
      await reader.command("SELECT Large");
      return reader;
    },
  },
  { name: "FETCH 1:* ENVELOPE, repeated", ...fetch("ENVELOPE") },
  {
    name: `STORE on ${some}`,
    text: (round) => `STORE 1:${some} ${round % 2 === 0 ? "+" : "-"}FLAGS (\\Flagged)`,
    proof: [" FETCH (", some],
  },
  {
    name: `STORE .SILENT on ${some}`,
    text: (round) => `STORE 1:${some} ${round % 2 === 0 ? "+" : "-"}FLAGS.SILENT (\\Answered)`,
    proof: [" FETCH (", 0],
  },
  { name: `COPY of ${some}`, text: () => `COPY 1:${some} Copies`, proof: ["[COPYUID ", 1] },
  { name: `MOVE of ${some}`, text: () => `MOVE 1:${some} Copies`, proof: [" EXPUNGE\r\n", some] },
  {
    name: `EXPUNGE of ${some}`,
    text: () => "EXPUNGE",
    proof: [" EXPUNGE\r\n", some],
    before: async (_, reader) => {
      await reader.command(`STORE 1:${some} +FLAGS.SILENT (\\Deleted)`);
      return undefined;
    },
  },
];

const cells: string[][] = [];
for (const row of rows) {
  if (only !== undefined && !row.name.startsWith(only)) continue;
  process.stderr.write(`${row.name}\n`);
  const results = await inTurn(
    servers.map((server) => ({ name: server.name, measure: measuring(server, row) })),
    rounds,
  );
  cells.push([row.name, ...besides(results, "ms"), row.target ?? "> 1 ×"]);
}
if (only === undefined) for (const server of servers) await checkCounts(server);
const note = `${count} messages of 1-3 KB in the folder. Median of ${rounds} alternating rounds; factors are medians of each round's. ${machine(load)}.`;
await publish(
  "imap-large",
  `${table(["command", ...peerHead(servers, "as quick as"), "target"], cells)}\n\n${note}`,
);
for (const reader of readers.values()) reader[Symbol.dispose]();

function measuring(server: ImapContestant, { name, text, proof, before }: Row): () => Promise<number> {
  let round = 0;
  return async () => {
    let reader = readerOf(server);
    const fresh = await before?.(server, reader);
    if (fresh) {
      reader[Symbol.dispose]();
      readers.set(server, fresh);
      reader = fresh;
    }
    const answer = await reader.command(text(round++));
    const [piece, times] = proof;
    const found = answer.text.split(piece).length - 1;
    if (found !== times) throw new Error(`${server.name}, ${name}: ${found} times ${piece}`);
    return answer.milliseconds;
  };
}

function readerOf(server: ImapContestant): ImapReader {
  const reader = readers.get(server);
  if (!reader) throw new Error(`${server.name} has no reader`);
  return reader;
}

async function prepare(server: ImapContestant): Promise<void> {
  const reader = await ImapReader.connect(server.imap);
  for (const name of ["Large", "Copies"]) await reader.command(`CREATE ${name}`);
  await fill(server, "Large", count);
  await reader.command("SELECT Large");
  readers.set(server, reader);
}

/** After all: nothing was lost, nothing doubled. */
async function checkCounts(server: ImapContestant): Promise<void> {
  const reader = readerOf(server);
  for (const [folder, messages] of [
    ["Large", count - 2 * rounds * some],
    ["Copies", 2 * rounds * some],
  ] as const) {
    const { text } = await reader.command(`STATUS ${folder} (MESSAGES)`);
    if (!text.includes(`(MESSAGES ${messages})`)) throw new Error(`${server.name}: ${folder} has ${text}`);
  }
}
