/**
 * Opening the oldest message while 1,000 wait to be copied: from the moment the old server, which had stalled, goes on
 * to the last octet of that message at the reader. The old server is the scripted one, since no real one stalls on
 * command.
 *
 *   npm run bench -- read-through [--rounds 10] [--part 1] [--write]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { stallAfter } from "../test/old-server/faults.ts";
import { OldMailboxes, put } from "../test/old-server/maildrop.ts";
import { startPop3 } from "../test/old-server/pop3.ts";
import { startMeasured } from "./mailferry.ts";
import { Pop3Reader } from "./pop3-reader.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, median, option } from "./rounds.ts";
import { messageOf, type Sample, samples, scaled } from "./samples.ts";

const rounds = option("rounds", 10);
const load = loadNow();
const results: { readonly sample: Sample; readonly figures: readonly number[] }[] = [];
for (const name of ["small", "mixed"]) {
  const found = samples.find((one) => one.name === name);
  if (!found) throw new Error(`no sample ${name}`);
  const sample = scaled({ ...found, messages: 1000 }, option("part", 1));
  const messages = Array.from({ length: sample.messages }, (_, n) => messageOf(sample, n));
  const measure = () => opening(messages);
  const [result] = await inTurn([{ name: `read-through ${name}`, measure }], rounds);
  results.push({ sample, figures: result?.figures ?? [] });
}

async function opening(messages: readonly Buffer[]): Promise<number> {
  const mailboxes = new OldMailboxes();
  const password = "old";
  const mailbox = mailboxes.add("anna", password);
  for (const message of messages) put(mailbox, message);
  const stall = stallAfter(5);
  await using old = await startPop3({ mailboxes, fault: stall.fault });
  await using ferry = await startMeasured();
  await ferry.command("domain", "add", "big-company.com");
  const from = `pop3://127.0.0.1:${old.port}`;
  await ferry.command("migration", "on", "big-company.com", "--from", from, "--tls", "none");
  await using reader = await Pop3Reader.connect(ferry.pop3);
  await reader.login({ login: "anna@big-company.com", password });
  await stall.stalled;
  reader.send("RETR 1\r\n");
  await sleep(300); // it waits by then
  const begin = performance.now();
  stall.release();
  await reader.line();
  const body = await reader.body();
  const took = performance.now() - begin;
  if (!messages[0]?.equals(body)) throw new Error("it is not the oldest message");
  return took;
}

const head = ["1,000 waiting", "p50", "worst", "bound"];
const rows = results.map(({ sample, figures }) => [
  sample.name === "small" ? "of 2-6 KB" : "of 70 MB together",
  `${median(figures).toFixed(0)} ms`,
  `${Math.max(...figures).toFixed(0)} ms`,
  "300 ms",
]);
const note = `${rounds} runs each, every one with a fresh server. ${machine(load)}.`;
await publish("read-through", `${table(head, rows)}\n\n${note}`);
