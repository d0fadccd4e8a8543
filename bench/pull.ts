/**
 * Pulling old maildrops over POP3 until everything is durable and listed: Mailferry beside `doveadm backup` and mpop,
 * and the floor below which the old server does not go.
 *
 *   npm run bench -- pull [--rounds 3] [--part 1] [--only mixed|small|large] [--write]
 *
 * `--ours --before CHECKOUT` leaves the peers out and compares with another version, for changes that are to be
 * measured.
 */
import { openDelayProxy } from "./delay-proxy.ts";
import { startDovecotTarget } from "./dovecot-target.ts";
import { byDoveadm, byMailferry, byMpop, byNobody, type Mover } from "./movers.ts";
import { startOldMaildrop } from "./old-maildrop.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, option, word } from "./rounds.ts";
import { samples, scaled } from "./samples.ts";
import { secondsHead, secondsRow } from "./seconds-table.ts";

const rounds = option("rounds", 3);
const part = option("part", 1);
const only = word("only");
const before = word("before");
const peers = ["doveadm backup", "mpop"];
const ours = process.argv.includes("--ours");

const load = loadNow();
await using cleanup = new AsyncDisposableStack();
const target = cleanup.use(await startDovecotTarget());
const movers: Readonly<Record<string, Mover>> = {
  Mailferry: byMailferry(),
  ...(before ? { before: byMailferry(before) } : {}),
  "doveadm backup": byDoveadm(target),
  mpop: byMpop(cleanup),
  floor: byNobody,
};

const rows: string[][] = [];
for (const sample of samples) {
  if (only && sample.name !== only) continue;
  await using old = await startOldMaildrop(scaled(sample, part));
  for (const roundTrip of sample.name === "large" ? [0] : [0, 20]) {
    await using proxy = roundTrip > 0 ? await openDelayProxy({ server: old.account, roundTrip }) : null;
    const from = { ...old.account, ...proxy?.endpoint };
    const title = `${sample.title}${roundTrip > 0 ? `, at ${roundTrip} ms` : ""}`;
    process.stderr.write(`${title}\n`);
    const contestants = Object.entries(movers)
      .filter(([name]) => !ours || ["Mailferry", "before", "floor"].includes(name))
      .map(([name, mover]) => ({ name, measure: () => mover(old, from) }));
    rows.push(secondsRow(title, await inTurn(contestants, rounds), before !== undefined, peers));
  }
}

const head = secondsHead("old maildrop", before !== undefined, peers);
const taken = `Median of ${rounds} alternating rounds; factors are medians of each round's. ${machine(load)}.`;
await publish("pull", `${table(head, rows)}\n\n${taken}`);
