/**
 * What small commands of other sessions take while somebody gives large ones: on 100,000 messages and on 2,000
 * folders. No command may delay them by more than 50 ms. What the large ones take beside other servers is in
 * imap-large.
 *
 *   npm run bench -- imap-bystanders [--messages 100000] [--folders 2000] [--write]
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Small } from "./imap-bystander.ts";
import { fill } from "./imap-letters.ts";
import { ImapReader, type Timed } from "./imap-reader.ts";
import { startImapServer } from "./imap-server.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { median, option } from "./rounds.ts";

const count = option("messages", 100_000);
const folderCount = option("folders", 2000);
const some = Math.min(10_000, Math.floor(count / 4));
const load = loadNow();
const rows: string[][] = [];

await using server = await startImapServer();
await prepare();
await server.restart();
const bystander = new Worker(new URL("./imap-bystander.ts", import.meta.url), {
  workerData: server.imap,
  execArgv: ["--conditions=source"],
});
using reader = await ImapReader.connect(server.imap);
await row("nothing", async () => ({ milliseconds: await pause(3000), text: "" }));
await messages();
await folders();
bystander.postMessage("over");
await once(bystander, "exit");

const head = [
  "command",
  "ms",
  "others' NOOP and FETCH: p50",
  "p99",
  "longest",
  "others' STORE: p50",
  "longest",
];
const note = `${count} messages of 1-3 KB in the folder. ${machine(load)}.`;
await publish("imap-bystanders", `${table(head, rows)}\n\n${note}`);

async function messages(): Promise<void> {
  await row("SELECT, the first since the start", () => reader.command("SELECT Large"), `${count} EXISTS`);
  await row("SELECT, repeated", () => repeated("SELECT Large"), `${count} EXISTS`);
  await row("STATUS with UNSEEN and SIZE", () => reader.command("STATUS Large (MESSAGES UNSEEN SIZE)"));
  await row("FETCH 1:* (UID FLAGS)", () => reader.command("FETCH 1:* (UID FLAGS)"), `* ${count} FETCH`);
  await row("FETCH 1:* ENVELOPE, first", () => reader.command("FETCH 1:* ENVELOPE"), `* ${count} FETCH`);
  await row("FETCH 1:* ENVELOPE, repeated", () => reader.command("FETCH 1:* ENVELOPE"), `* ${count} FETCH`);
  await row("FETCH 1:* BODYSTRUCTURE", () => reader.command("FETCH 1:* BODYSTRUCTURE"), `* ${count} FETCH`);
  await row("SEARCH UNSEEN", () => reader.command("SEARCH UNSEEN"), ` ${count}`);
  const rare = `number ${count - 5}.`;
  await row("SEARCH SUBJECT, one found", () => reader.command(`SEARCH SUBJECT "${rare}"`), /SEARCH \d+\r\n/);
  await row("SEARCH TEXT, one found", () => reader.command(`SEARCH TEXT "${rare}"`), /SEARCH \d+\r\n/);
  await row(
    `STORE on ${some}`,
    () => reader.command(`STORE 1:${some} +FLAGS (\\Flagged)`),
    `* ${some} FETCH`,
  );
  await row(`STORE .SILENT on ${some}`, () => reader.command(`STORE 1:${some} +FLAGS.SILENT (\\Answered)`));
  await row(`COPY of ${some}`, () => reader.command(`COPY 1:${some} Copies`), "COPYUID");
  await row(`MOVE of ${some}`, () => reader.command(`MOVE 1:${some} Copies`), "* 1 EXPUNGE");
  await reader.command(`STORE 1:${some} +FLAGS.SILENT (\\Deleted)`);
  await row(`EXPUNGE of ${some}`, () => reader.command("EXPUNGE"), "* 1 EXPUNGE");
}

async function folders(): Promise<void> {
  const last = `Project ${folderCount - 1}`;
  await row(`CREATE and SUBSCRIBE of ${folderCount}, one by one`, async () => {
    const began = performance.now();
    for (let n = 0; n < folderCount; n++) {
      await reader.command(`CREATE "Project ${n}"`);
      await reader.command(`SUBSCRIBE "Project ${n}"`);
    }
    return { milliseconds: performance.now() - began, text: "" };
  });
  await row(`LIST of ${folderCount}`, () => repeated('LIST "" "*"'), last);
  const status = "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)";
  await row(`LIST-STATUS of ${folderCount}`, () => repeated(`LIST "" "*" RETURN (STATUS ${status})`), last);
  await row(`LSUB of ${folderCount}`, () => repeated('LSUB "" "*"'), last);
}

/** Measures a command and what others wait meanwhile; its answer must hold `proof`. */
async function row(name: string, run: () => Promise<Timed>, proof: string | RegExp = ""): Promise<void> {
  bystander.postMessage("begin");
  const { milliseconds, text } = await run();
  await pause(30);
  bystander.postMessage("end");
  const [small] = (await once(bystander, "message")) as [Small];
  if (!(typeof proof === "string" ? text.includes(proof) : proof.test(text)))
    throw new Error(`${name}: ${proof} is missing in ${text.slice(-300)}`);
  const [reads, writes] = [spread(small.reads), spread(small.writes)];
  const cells = [milliseconds, reads.middle, reads.rare, reads.most, writes.middle, writes.most];
  rows.push([name, ...cells.map((one) => one.toFixed(one < 10 ? 1 : 0))]);
  process.stderr.write(`  ${rows.at(-1)?.join("  ")}\n`);
}

async function repeated(text: string): Promise<Timed> {
  const runs: Timed[] = [];
  for (let n = 0; n < 5; n++) runs.push(await reader.command(text));
  return { milliseconds: median(runs.map((run) => run.milliseconds)), text: runs.at(-1)?.text ?? "" };
}

function spread(figures: readonly number[]): { middle: number; rare: number; most: number } {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  return { middle: at(0.5), rare: at(0.99), most: at(1) };
}

async function prepare(): Promise<void> {
  using first = await ImapReader.connect(server.imap);
  for (const name of ["Large", "Small", "Copies"]) await first.command(`CREATE ${name}`);
  await fill(server, "Small", 5);
  await fill(server, "Large", count);
}

async function pause(milliseconds: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return milliseconds;
}
