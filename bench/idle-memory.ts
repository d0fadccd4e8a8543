/**
 * Memory of an idle POP3 connection, logged in: the difference in resident memory for 2,000 of them, in clear and under
 * TLS, beside Dovecot (whose processes share pages: their proportional share is counted).
 *
 *   npm run bench -- idle-memory [--connections 2000] [--write]
 */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "../test/interop/loopback.ts";
import { startDovecot } from "../test/interop/peers/dovecot.ts";
import { residentOctets, startMeasured } from "./mailferry.ts";
import { Pop3Reader } from "./pop3-reader.ts";
import { sharedOut } from "./process-memory.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { option } from "./rounds.ts";
import { sendMail } from "./smtp-load.ts";

const connections = option("connections", 2000);
const load = loadNow();
const person = { login: "anna@big-company.com", password: "anna's password" };
const messages = 1000;
const letter = Buffer.from("From: office@example.net\r\nSubject: idle\r\n\r\nOne of a thousand.\r\n");

/** Connections from several loopback addresses, a few hundred each, as many people come. */
async function open(endpoint: Endpoint, isTls: boolean, count: number): Promise<readonly Pop3Reader[]> {
  const readers: Pop3Reader[] = [];
  for (let n = 0; n < count; n++) {
    const localAddress = `127.0.0.${2 + Math.floor(n / 250)}`;
    readers.push(
      isTls ? await overTls(endpoint, localAddress) : await Pop3Reader.connect(endpoint, localAddress),
    );
    await readers.at(-1)?.login(person);
  }
  return readers;
}

async function overTls(endpoint: Endpoint, localAddress: string): Promise<Pop3Reader> {
  const clear = connect({ ...endpoint, localAddress, noDelay: true });
  const socket = connectTls({ socket: clear, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  return await Pop3Reader.over(socket);
}

/** Octets that each of `count` connections adds to what `memory` tells, once things have settled. */
async function perConnection(
  endpoint: Endpoint,
  isTls: boolean,
  count: number,
  memory: () => Promise<number>,
) {
  for (const reader of await open(endpoint, isTls, 20)) await reader[Symbol.asyncDispose]();
  await sleep(3000);
  const before = await memory();
  const readers = await open(endpoint, isTls, count);
  await sleep(3000);
  const after = await memory();
  for (const reader of readers) await reader.command("NOOP");
  for (const reader of readers) await reader[Symbol.asyncDispose]();
  return (after - before) / count;
}

async function ofMailferry(isTls: boolean): Promise<number> {
  await using ferry = await startMeasured();
  await ferry.command("domain", "add", "big-company.com");
  await ferry.control.post("/mailboxes", { address: person.login, password: person.password });
  await sendMail(ferry.smtp, person.login, messages, 10);
  return await perConnection(isTls ? ferry.pop3s : ferry.pop3, isTls, connections, () =>
    residentOctets(ferry.pid),
  );
}

/** A process for each connection: a quarter as many tell as much. */
async function ofDovecot(): Promise<number> {
  const limits = `mail_max_userip_connections = 3000\nservice pop3 {\n  process_limit = ${connections}\n}\n`;
  const logins = `service pop3-login {\n  service_count = 0\n  client_limit = ${2 * connections}\n}\n`;
  await using dovecot = await startDovecot({ extra: `${limits}${logins}` });
  await dovecot.addUser({ address: person.login, password: person.password });
  await dovecot.deliver(
    person.login,
    Array.from({ length: messages }, () => letter),
  );
  const master = Number(await readFile(join(dirname(dovecot.mailRoot), "run", "master.pid"), "latin1"));
  return await perConnection(dovecot.pop3, false, Math.ceil(connections / 4), () => sharedOut(master));
}

const kilo = (octets: number) => `${(octets / 1024).toFixed(0)} KB`;
const clear = await ofMailferry(false);
const secure = await ofMailferry(true);
const dovecot = await ofDovecot();
const rows = [
  ["in clear", kilo(clear), kilo(dovecot), `${(dovecot / clear).toFixed(1)} ×`, "≤ 40 KB"],
  ["under TLS", kilo(secure), "–", "–", "–"],
];
const head = ["idle connection", "Mailferry", "Dovecot, in clear", "theirs to ours", "target"];
const note = `${connections} connections to a maildrop of ${messages} messages. ${machine(load)}.`;
await publish("idle-memory", `${table(head, rows)}\n\n${note}`);
