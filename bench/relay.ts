/**
 * Messages of 5 KB relayed a second through the queue, from smtp-source to smtp-sink: Mailferry, by a pipe, beside
 * Postfix. The time ends when the last message has arrived.
 *
 *   npm run bench -- relay [--rounds 3] [--part 1] [--write]
 */
import { startPostfix } from "../test/interop/peers/postfix.ts";
import { startMeasured } from "./mailferry.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, median, option, ratio } from "./rounds.ts";
import { sendMail, startSink, until } from "./smtp-load.ts";

const rounds = option("rounds", 3);
const part = option("part", 1);
const load = loadNow();
const [domain, old] = ["big-company.com", "big-company.old"];
await using sink = await startSink();
const next = `${sink.endpoint.host}:${sink.endpoint.port}`;
const extra = `default_transport = smtp\nrelayhost = [${sink.endpoint.host}]:${sink.endpoint.port}`;
await using postfix = await startPostfix({ mailRoot: "/nonexistent", domain: "unused.example", extra });
await using ferry = await startMeasured();
await ferry.command("domain", "add", domain);
await ferry.command("domain", "add", old, "--remote", "--host", next, "--deliver", "immediately");
await ferry.command("domain", "set", domain, "--unknown-users", `*@${domain}|${old}`);
await sendMail(ferry.smtp, `anna@${domain}`, 1, 1); // the first asks the next hop whether it knows her
await until(() => sink.taken() >= 1);

async function through(server: typeof ferry.smtp, messages: number, connections: number): Promise<number> {
  const before = sink.taken();
  const begin = performance.now();
  await sendMail(server, `anna@${domain}`, messages, connections);
  await until(() => sink.taken() >= before + messages);
  const took = performance.now() - begin;
  await until(async () => (await postfix.queued()) === 0);
  await until(async () => (await ferry.control.get<readonly unknown[]>("/queue?limit=1")).length === 0);
  if (sink.taken() !== before + messages) throw new Error(`${sink.taken() - before} of ${messages} arrived`);
  return (1000 * messages) / took;
}

const rows: string[][] = [];
for (const [connections, full] of [
  [1, 600],
  [10, 2000],
  [50, 3000],
] as const) {
  const messages = Math.max(20, Math.round(full * part));
  process.stderr.write(`${connections} connections\n`);
  const contestants = [
    { name: "Mailferry", measure: () => through(ferry.smtp, messages, connections) },
    { name: "Postfix", measure: () => through(postfix.smtp, messages, connections) },
  ];
  const [ours, theirs] = await inTurn(contestants, rounds);
  if (!ours || !theirs) throw new Error("no results");
  const figures = [ours, theirs].map((one) => `${median(one.figures).toFixed(0)}/s`);
  rows.push([String(connections), ...figures, `${ratio(ours, theirs).toFixed(1)} ×`, "> 1 ×"]);
}
const head = ["connections", "Mailferry", "Postfix", "ours to theirs", "target"];
const note = `Median of ${rounds} alternating rounds; factors are medians of each round's. ${machine(load)}.`;
await publish("relay", `${table(head, rows)}\n\n${note}`);
