/**
 * Memory of a connection in IDLE on an INBOX of 1,000 messages: the difference in resident memory of the server for
 * 2,000 of them, in clear and under TLS, each with a server of its own, beside Dovecot in clear (a quarter as many:
 * a process for each).
 *
 *   npm run bench -- imap-idle [--connections 2000] [--messages 1000] [--write]
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "../test/interop/loopback.ts";
import { startDovecotImap } from "./dovecot-imap.ts";
import type { ImapContestant } from "./imap-contestant.ts";
import { ImapReader } from "./imap-reader.ts";
import { startImapServer } from "./imap-server.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { option } from "./rounds.ts";

const connections = option("connections", 2000);
const messages = option("messages", 1000);
const load = loadNow();
const letter = "From: office@example.net\r\nSubject: idle\r\n\r\nOne of a thousand.\r\n";

/** Octets for each of `connections`. */
async function measured(server: ImapContestant, connections: number, secure?: Endpoint): Promise<number> {
  const isTls = secure !== undefined;
  const endpoint = secure ?? server.imap;
  using stack = new DisposableStack();
  /** From several loopback addresses, a few hundred from each. */
  const idle = async (n: number): Promise<void> => {
    const address = `127.0.0.${2 + Math.floor(n / 250)}`;
    const reader = stack.use(await ImapReader.connect(endpoint, isTls, address, server.login(n)));
    await reader.command("SELECT INBOX");
    await reader.idle();
  };
  const first = stack.use(await ImapReader.connect(endpoint, isTls));
  for (let n = 0; n < messages; n++) await first.command(`APPEND INBOX {${letter.length}+}\r\n${letter}`);
  for (let n = 0; n < 50; n++) await idle(n);
  await sleep(3000);
  const before = await server.memory();
  for (let n = 50; n < connections + 50; n++) await idle(n);
  await sleep(3000);
  const after = await server.memory();
  const text = `${server.name}, ${isTls ? "TLS" : "clear"}: ${(before / 2 ** 20).toFixed(0)} to ${(after / 2 ** 20).toFixed(0)} MiB`;
  process.stderr.write(`  ${text}\n`);
  return (after - before) / connections;
}

async function ofMailferry(isTls: boolean): Promise<number> {
  await using server = await startImapServer();
  return await measured(server, connections, isTls ? server.imaps : undefined);
}

async function ofDovecot(): Promise<number> {
  await using server = await startDovecotImap();
  return await measured(server, Math.ceil(connections / 4));
}

const kilo = (octets: number): string => `${(octets / 1024).toFixed(1)} KB`;
const [clear, secure, dovecot] = [await ofMailferry(false), await ofMailferry(true), await ofDovecot()];
const rows = [
  ["in clear", kilo(clear), kilo(dovecot), `${(dovecot / clear).toFixed(0)} ×`, "≤ 40 KB"],
  ["under TLS", kilo(secure), "–", "–", "–"],
];
const head = ["connection in IDLE", "Mailferry", "Dovecot", "theirs to ours", "target"];
const note = `${connections} connections in IDLE, ${Math.ceil(connections / 4)} at Dovecot, INBOX with ${messages} messages. ${machine(load)}.`;
await publish("imap-idle", `${table(head, rows)}\n\n${note}`);
