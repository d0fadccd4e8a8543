/**
 * From the last octet of the old server's listing to the last octet of ours: a first login with 20,000 messages.
 *
 *   npm run bench -- listing [--rounds 5] [--part 1] [--write]
 */
import { openDelayProxy } from "./delay-proxy.ts";
import { startMeasured } from "./mailferry.ts";
import { address, type OldMaildrop, password, startOldMaildrop } from "./old-maildrop.ts";
import { Pop3Reader, uidls } from "./pop3-reader.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, median, option } from "./rounds.ts";
import { samples, scaled } from "./samples.ts";

const rounds = option("rounds", 5);
const load = loadNow();
const small = samples.find(({ name }) => name === "small");
if (!small) throw new Error("no sample of small messages");
const sample = scaled(small, option("part", 1));
await using old = await startOldMaildrop(sample);
const expected = await uidls(old.account);
const results = await inTurn([{ name: "listing", measure: () => firstListing(old) }], rounds);
const figures = results[0]?.figures ?? [];

/** Milliseconds between the two; throws unless our UIDL is the old one line for line, with the migration message after it. */
async function firstListing({ account }: OldMaildrop): Promise<number> {
  let listed = 0;
  let isCopying = false;
  await using proxy = await openDelayProxy({
    server: account,
    roundTrip: 0,
    passed: (direction, chunk) => {
      if (direction === "to-server" && chunk.includes("RETR")) isCopying = true;
      else if (direction === "from-server" && !isCopying) listed = performance.now();
    },
  });
  await using ferry = await startMeasured();
  await ferry.command("domain", "add", "big-company.com");
  const from = `pop3://${proxy.endpoint.host}:${proxy.endpoint.port}`;
  await ferry.command("migration", "on", "big-company.com", "--from", from, "--tls", "none");
  await using reader = await Pop3Reader.connect(ferry.pop3);
  await reader.login({ login: address, password });
  await reader.command("UIDL");
  const body = await reader.body();
  const took = performance.now() - listed;
  const lines = body.toString("latin1").split("\r\n").slice(0, -1);
  const differs = expected.findIndex((line, n) => line !== lines[n]);
  if (differs >= 0 || lines.length !== expected.length + 1) throw new Error(`line ${differs + 1} differs`);
  return took;
}

const head = ["first login", "from the old server's last octet to ours", "target"];
const rows = [[`${sample.messages} messages`, `${(median(figures) / 1000).toFixed(2)} s`, "1.0 s"]];
const note = `Median of ${rounds} first logins, each into a fresh server; no peer does this. ${machine(load)}.`;
await publish("listing", `${table(head, rows)}\n\n${note}`);
