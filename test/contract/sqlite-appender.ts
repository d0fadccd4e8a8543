/**
 * A program that appends messages to one INBOX, many at once and for ever, and prints each UID with the SHA-256 of
 * its content once the store has acknowledged it. It is there to be killed.
 */
import { writeSync } from "node:fs";
import { Changes } from "#mailbox/changes";
import { silentLog } from "#observe/log";
import { openStore } from "#store/sqlite/open";
import { octetsOf, sha256, staged } from "./harness.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const store = await openStore({ dataDirectory, changes: new Changes(), log: silentLog, now: Date.now });
const domain = "big-company.com";
const address = `anna@${domain}`;
await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
await store.directory.addMailbox({ address, domain, admitted: true, passwordHash: null, quota: null });
const anna = await store.directory.mailbox(address);
const inbox = anna && (await store.mail.inbox(anna.id));
if (!inbox) throw new Error("there is no INBOX");

async function appendForEver(producer: number): Promise<never> {
  for (let count = 0; ; count++) {
    const octets = octetsOf(`${process.pid}-${producer}-${count}`, count % 3 === 2 ? 100_000 : 5000);
    await using content = await staged(store.stage, octets);
    const filing = { flags: [], internalDate: 0 };
    const outcome = await store.mail.append(inbox?.id ?? (0 as never), content, filing);
    if (!outcome.ok) throw new Error(outcome.problem.text);
    writeSync(1, `${outcome.value.uid} ${sha256(octets)}\n`);
    // Some are deleted again, so that files are unlinked and rows cleared away, too.
    if (count % 5 === 4) {
      writeSync(1, `${outcome.value.uid} deleting\n`);
      await store.mail.expunge(outcome.value.folder, [outcome.value.id]);
      writeSync(1, `${outcome.value.uid} deleted\n`);
    }
  }
}

await Promise.all(Array.from({ length: 10 }, (_, producer) => appendForEver(producer)));
