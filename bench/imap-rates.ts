/**
 * Logins, appended messages and bodies over IMAP, beside Dovecot. An APPEND is answered when it is durable, on every
 * side.
 *
 *   npm run bench -- imap-rates [--rounds 3] [--part 1] [--write]
 */

import type { ImapContestant } from "./imap-contestant.ts";
import { fill, longLetter } from "./imap-letters.ts";
import { startPeers } from "./imap-peers.ts";
import { ImapReader } from "./imap-reader.ts";
import { startImapServer } from "./imap-server.ts";
import { besides, peerHead, type Unit } from "./imap-table.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, option, word } from "./rounds.ts";

const rounds = option("rounds", 3);
const part = option("part", 1);
const only = word("only");
const bodies = 1000;
const load = loadNow();

await using stack = new AsyncDisposableStack();
const servers: readonly ImapContestant[] = [
  stack.use(await startImapServer()),
  ...(await startPeers()).map((peer) => stack.use(peer)),
];
for (const server of servers) {
  using reader = await ImapReader.connect(server.imap);
  await reader.command("CREATE Bodies");
  await fill(server, "Bodies", bodies, longLetter);
}

const rows: string[][] = [];
let folders = 0;
for (const connections of [1, 10]) {
  const logins = Math.round((connections === 1 ? 200 : 600) * part);
  await row(`logins, ${many(connections)}`, "/s", "> 1 ×", (server) => loggedIn(server, connections, logins));
}
for (const connections of [1, 10]) {
  const messages = Math.round((connections === 1 ? 300 : 1500) * part);
  await row(`APPEND of 5 KB, ${many(connections)}`, "/s", "2 ×", (server) =>
    appended(server, connections, messages),
  );
}
await row(`${bodies} bodies of 5 KB, one command`, "ms", "> 1 ×", (server) =>
  withBodies(server, async (reader) => [(await reader.command(`FETCH 1:${bodies} BODY.PEEK[]`)).text]),
);
await row(`${bodies} bodies of 5 KB, one by one`, "ms", "> 1 ×", (server) =>
  withBodies(server, async (reader) => {
    const answers: string[] = [];
    for (let n = 1; n <= bodies; n++) answers.push((await reader.command(`FETCH ${n} BODY.PEEK[]`)).text);
    return answers;
  }),
);
const head = ["", ...peerHead(servers, "as good as"), "target"];
const note = `Median of ${rounds} alternating rounds after one that warms up; factors are medians of each round's. ${machine(load)}.`;
await publish("imap-rates", `${table(head, rows)}\n\n${note}`);

async function row(
  name: string,
  unit: Unit,
  target: string,
  measure: (server: ImapContestant) => Promise<number>,
): Promise<void> {
  if (only !== undefined && !name.startsWith(only)) return;
  process.stderr.write(`${name}\n`);
  const contestants = servers.map((server) => ({ name: server.name, measure: () => measure(server) }));
  // The first round only warms them up.
  const results = await inTurn(contestants, rounds + 1);
  const warm = results.map(({ name, figures }) => ({ name, figures: figures.slice(1) }));
  rows.push([name, ...besides(warm, unit), target]);
}

function many(connections: number): string {
  return connections === 1 ? "1 connection" : `${connections} connections`;
}

/** Runs `one` so many times over so many loops. @returns how many times a second */
async function rate(loops: number, times: number, one: (loop: number) => Promise<void>): Promise<number> {
  let left = times;
  const began = performance.now();
  const loop = async (_: unknown, number: number): Promise<void> => {
    while (left-- > 0) await one(number);
  };
  await Promise.all(Array.from({ length: loops }, loop));
  return (times / (performance.now() - began)) * 1000;
}

/** From the connect to the answer to LOGIN. */
async function loggedIn(server: ImapContestant, connections: number, logins: number): Promise<number> {
  return await rate(connections, logins, async () => {
    (await ImapReader.connect(server.imap))[Symbol.dispose]();
  });
}

async function appended(server: ImapContestant, connections: number, messages: number): Promise<number> {
  using stack = new DisposableStack();
  const readers: ImapReader[] = [];
  for (let n = 0; n < connections; n++) readers.push(stack.use(await ImapReader.connect(server.imap)));
  const folder = `Appended${folders++}`;
  await readers[0]?.command(`CREATE ${folder}`);
  let next = 0;
  const figure = await rate(connections, messages, async (loop) => {
    const octets = longLetter(next++);
    await readers[loop]?.command(`APPEND ${folder} {${octets.length}+}\r\n${octets}`);
  });
  const status = await readers[0]?.command(`STATUS ${folder} (MESSAGES)`);
  if (!status?.text.includes(`(MESSAGES ${messages})`)) throw new Error(`${server.name}: ${status?.text}`);
  return figure;
}

async function withBodies(
  server: ImapContestant,
  ask: (reader: ImapReader) => Promise<readonly string[]>,
): Promise<number> {
  using reader = await ImapReader.connect(server.imap);
  await reader.command("SELECT Bodies");
  await ask(reader);
  const began = performance.now();
  const answers = await ask(reader);
  const took = performance.now() - began;
  const text = answers.join("");
  for (let n = 1; n <= bodies; n++)
    if (!text.includes(longLetter(n))) throw new Error(`${server.name}: the octets of ${n} are missing`);
  return took;
}
