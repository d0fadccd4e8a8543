/**
 * Memory of a connection in IDLE on an INBOX of 1,000 messages: the difference in resident memory of the server for
 * 2,000 of them, in clear and under TLS, each with a server of its own.
 *
 *   npm run bench -- imap-idle [--connections 2000] [--messages 1000] [--write]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ImapReader } from "./imap-reader.ts";
import { startImapServer } from "./imap-server.ts";
import { residentOctets } from "./mailferry.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { option } from "./rounds.ts";

const connections = option("connections", 2000);
const messages = option("messages", 1000);
const load = loadNow();
const letter = "From: office@example.net\r\nSubject: idle\r\n\r\nOne of a thousand.\r\n";

async function measured(isTls: boolean): Promise<number> {
  await using server = await startImapServer();
  const endpoint = isTls ? server.imaps : server.imap;
  using stack = new DisposableStack();
  /** From several loopback addresses, a few hundred from each. */
  const idle = async (n: number): Promise<void> => {
    const reader = stack.use(await ImapReader.connect(endpoint, isTls, `127.0.0.${2 + Math.floor(n / 250)}`));
    await reader.command("SELECT INBOX");
    await reader.idle();
  };
  const first = stack.use(await ImapReader.connect(endpoint, isTls));
  for (let n = 0; n < messages; n++) await first.command(`APPEND INBOX {${letter.length}+}\r\n${letter}`);
  for (let n = 0; n < 50; n++) await idle(n);
  await sleep(3000);
  const before = await residentOctets(server.pid);
  for (let n = 50; n < connections + 50; n++) await idle(n);
  await sleep(3000);
  const after = await residentOctets(server.pid);
  const text = `${isTls ? "TLS" : "clear"}: ${(before / 2 ** 20).toFixed(0)} to ${(after / 2 ** 20).toFixed(0)} MiB`;
  process.stderr.write(`  ${text}\n`);
  return (after - before) / connections;
}

const kilo = (octets: number): string => `${(octets / 1024).toFixed(1)} KB`;
const rows = [
  ["in clear", kilo(await measured(false)), "≤ 40 KB"],
  ["under TLS", kilo(await measured(true)), "–"],
];
const note = `${connections} connections in IDLE, INBOX with ${messages} messages. ${machine(load)}.`;
await publish("imap-idle", `${table(["connection in IDLE", "memory", "target"], rows)}\n\n${note}`);
