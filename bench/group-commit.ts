/**
 * How many messages a second the store acknowledges, and after how long: `node --conditions=source
 * bench/group-commit.ts [octets] [seconds] [directory]`. One INBOX per producer; each waits for its acknowledgement.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Changes } from "#mailbox/changes";
import { silentLog } from "#observe/log";
import { openStore } from "#store/sqlite/open";

const [octets = "5000", seconds = "5", parent = tmpdir()] = process.argv.slice(2);
const dataDirectory = await mkdtemp(join(parent, "mailferry-bench-"));
const domain = "big-company.com";
const header = "From: anna@big-company.com\r\nSubject: measured\r\n\r\n";
const message = Buffer.from(header.padEnd(Number(octets), "0123456789 0123456789 0123456789\r\n"));

try {
  await using store = await openStore({
    dataDirectory,
    changes: new Changes(),
    log: silentLog,
    now: Date.now,
  });
  await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
  for (const producers of [1, 10, 50]) {
    const times: number[] = [];
    const produce = async (producer: number) => {
      const address = `${producers}-${producer}@${domain}`;
      const mailbox = { address, domain, admitted: true, passwordHash: null, quota: null };
      const added = await store.directory.addMailbox(mailbox);
      const inbox = added.ok ? await store.mail.inbox(added.value.id) : null;
      if (!inbox) throw new Error("no INBOX");
      const end = performance.now() + 1000 * Number(seconds);
      for (let begin = performance.now(); begin < end; ) {
        await using writer = store.stage.begin();
        await writer.write(message);
        await using content = await writer.finish();
        await store.mail.append(inbox.id, content, { flags: [], internalDate: 0 });
        const now = performance.now();
        times.push(now - begin);
        begin = now;
      }
    };
    await Promise.all(Array.from({ length: producers }, (_, producer) => produce(producer)));
    times.sort((a, b) => a - b);
    const at = (part: number) => `${(times[Math.floor(times.length * part)] ?? 0).toFixed(1)} ms`;
    const rate = Math.round(times.length / Number(seconds));
    console.log(`${producers} producers: ${rate}/s, p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(0.9999)}`);
  }
} finally {
  await rm(dataDirectory, { recursive: true });
}
