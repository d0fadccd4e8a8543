/**
 * How soon hundreds of connections in IDLE on one folder hear of a message that is put there: from the sending of the
 * APPEND until EXISTS has come, beside Dovecot and Cyrus.
 *
 *   npm run bench -- imap-watchers [--rounds 3] [--watchers 500] [--write]
 */
import { startCyrus } from "./cyrus.ts";
import { startDovecotImap } from "./dovecot-imap.ts";
import type { ImapContestant } from "./imap-contestant.ts";
import { ImapReader } from "./imap-reader.ts";
import { startImapServer } from "./imap-server.ts";
import { besides, peerHead } from "./imap-table.ts";
import { type Latency, watch } from "./imap-watching.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { option, type Results } from "./rounds.ts";

const rounds = option("rounds", 3);
const watchers = option("watchers", 500);
const load = loadNow();

await using stack = new AsyncDisposableStack();
const servers: readonly ImapContestant[] = [
  stack.use(await startImapServer()),
  stack.use(await startDovecotImap()),
  stack.use(await startCyrus()),
];
for (const server of servers) {
  using reader = await ImapReader.connect(server.imap);
  await reader.command("CREATE Watched");
}

const seen = new Map<ImapContestant, Latency[]>(servers.map((server) => [server, []]));
for (let round = 0; round < rounds; round++)
  for (let place = 0; place < servers.length; place++) {
    const server = servers[(round + place) % servers.length];
    if (!server) continue;
    // So that nobody of the round before is left.
    await server.restart();
    const latency = await watch(server, watchers);
    const { middle, rare, worst } = latency;
    process.stderr.write(`  ${server.name}: ${[middle, rare, worst].map((one) => one.toFixed(1))} ms\n`);
    seen.get(server)?.push(latency);
  }

const rows = (
  [
    ["p50", "middle"],
    ["p99", "rare"],
    ["worst", "worst"],
  ] as const
).map(([name, which]) => {
  const results = servers.map(
    (server): Results => ({
      name: server.name,
      figures: (seen.get(server) ?? []).map((latency) => latency[which]),
    }),
  );
  return [name, ...besides(results, "ms"), "> 1 ×"];
});
const head = [`EXISTS at ${watchers} in IDLE`, ...peerHead(servers, "as quick as"), "target"];
const note = `Median of ${rounds} alternating rounds; factors are medians of each round's. ${machine(load)}.`;
await publish("imap-watchers", `${table(head, rows)}\n\n${note}`);
