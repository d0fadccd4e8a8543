/**
 * Deliveries to a mailbox a second, 5 KB each, durable: Mailferry beside Postfix with Dovecot's LMTP. smtp-source sends;
 * the time ends when the last message is in the mailbox.
 *
 *   npm run bench -- deliveries [--rounds 3] [--part 1] [--write]
 */
import { startPostfix } from "../test/interop/peers/postfix.ts";
import { startDovecotTarget } from "./dovecot-target.ts";
import { startMeasured } from "./mailferry.ts";
import { Pop3Reader } from "./pop3-reader.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, median, option, ratio } from "./rounds.ts";
import { sendMail, until } from "./smtp-load.ts";

const rounds = option("rounds", 3);
const part = option("part", 1);
const load = loadNow();
const domain = "big-company.com";
const password = "anna's password";
await using dovecot = await startDovecotTarget();
const transport = `virtual_transport = lmtp:inet:${dovecot.lmtp.host}:${dovecot.lmtp.port}`;
await using postfix = await startPostfix({ mailRoot: "/nonexistent", domain, extra: transport });
await using ferry = await startMeasured();
await ferry.command("domain", "add", domain);
let mailboxes = 0;

/** Messages a second into a fresh mailbox of ours; all counted by STAT. */
async function intoMailferry(messages: number, connections: number): Promise<number> {
  const address = `mailbox${mailboxes++}@${domain}`;
  await ferry.control.post("/mailboxes", { address, password });
  const begin = performance.now();
  await sendMail(ferry.smtp, address, messages, connections);
  const took = performance.now() - begin;
  await using reader = await Pop3Reader.connect(ferry.pop3);
  await reader.login({ login: address, password });
  const stat = await reader.command("STAT");
  if (Number(stat.split(" ")[1]) !== messages) throw new Error(`${messages} sent, and STAT says ${stat}`);
  return (1000 * messages) / took;
}

/** The same into a fresh mdbox, when Postfix has nothing left. */
async function intoDovecot(messages: number, connections: number): Promise<number> {
  const address = `mailbox${mailboxes++}@${domain}`;
  await postfix.addMailbox({ address, path: "unused", owner: { uid: 8, gid: 8 } });
  await dovecot.inbox(address); // makes it
  const begin = performance.now();
  await sendMail(postfix.smtp, address, messages, connections);
  await until(async () => (await postfix.queued()) === 0).catch(async (error: unknown) => {
    const deferred = (await postfix.log()).split("\n").filter((line) => line.includes("status=deferred"));
    throw new Error(`Postfix keeps mail: ${deferred[0]}`, { cause: error });
  });
  const took = performance.now() - begin;
  const inbox = await dovecot.inbox(address);
  if (inbox.messages !== messages) throw new Error(`${messages} sent, ${inbox.messages} in Dovecot`);
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
    { name: "Mailferry", measure: () => intoMailferry(messages, connections) },
    { name: "Postfix and Dovecot", measure: () => intoDovecot(messages, connections) },
  ];
  const [ours, theirs] = await inTurn(contestants, rounds);
  if (!ours || !theirs) throw new Error("no results");
  const figures = [ours, theirs].map((one) => `${median(one.figures).toFixed(0)}/s`);
  rows.push([String(connections), ...figures, `${ratio(ours, theirs).toFixed(1)} ×`, "3 ×"]);
}
const head = ["connections", "Mailferry", "Postfix + Dovecot LMTP", "ours to theirs", "target"];
const note = `Median of ${rounds} alternating rounds; factors are medians of each round's. ${machine(load)}.`;
await publish("deliveries", `${table(head, rows)}\n\n${note}`);
