/**
 * What memory a move of one very large maildrop takes: the peak of the whole process (VmHWM) after the first login,
 * the copy, a check of the mailbox and a certificate. Messages are small, so that it is their number that is measured.
 *
 *   node --conditions=source bench/large-maildrop.ts [MESSAGES]
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { OldMailboxes, put } from "../test/old-server/maildrop.ts";
import { startPop3 } from "../test/old-server/pop3.ts";
import { Pop3Program } from "../test/programs/pop3-program.ts";
import { startMeasured } from "./mailferry.ts";

const domain = "big-company.com";
const messages = Number(process.argv[2] ?? 100_000);

async function memory(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  const megabytes = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024);
  return `${megabytes("VmRSS")} MB, at most ${megabytes("VmHWM")} MB so far, ${await processorSeconds(pid)} s of a processor`;
}

/** User and system time so far. */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "latin1")).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const mailboxes = new OldMailboxes();
const anna = mailboxes.add("anna", "secret");
for (let n = 1; n <= messages; n++) {
  const head = `From: a <a@example.net>\r\nSubject: message ${n}\r\nMessage-ID: <${n}@example.net>\r\n\r\n`;
  put(anna, Buffer.from(`${head}text ${n}\r\n`), `uid-${n}-${"x".repeat(20)}`);
}
const old = await startPop3({ mailboxes });
await using mailferry = await startMeasured();
const { pid, control } = mailferry;
const tell = async (what: string, since: number): Promise<void> =>
  console.log(
    `${what.padEnd(24)} ${await memory(pid)} (${((performance.now() - since) / 1000).toFixed(1)} s)`,
  );
let since = performance.now();
await control.post("/domains", { kind: "local", name: domain });
await control.put(`/migrations/${domain}`, { from: `pop3://127.0.0.1:${old.port}`, tls: "none" });
await tell(`before, ${messages} messages`, since);
since = performance.now();
for (;;) {
  try {
    await using program = await Pop3Program.login(mailferry.pop3.port, `anna@${domain}`, "secret");
    await program.list();
    break;
  } catch {
    await sleep(500);
  }
}
await tell("first login, listed", since);
await mailferry.following(`anna@${domain}`);
await tell("copied", since);
since = performance.now();
await control.post(`/migrations/${domain}/check`, { wait: true });
await tell("checked", since);
since = performance.now();
for await (const _line of control.lines(`/migrations/${domain}/certificates`, {}));
await tell("certified", since);
await old[Symbol.asyncDispose]();
