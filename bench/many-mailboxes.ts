/**
 * A hundred people's mailboxes moved at once over POP3, sixteen connections to the old server: Mailferry, from the
 * first of a hundred first logins until everything is durable and listed, beside `doveadm backup`, and the floor below
 * which the old server does not go.
 *
 *   npm run bench -- many-mailboxes [--rounds 3] [--people 100] [--only 0|20] [--before CHECKOUT] [--write]
 *
 * `--ours` leaves the peer out, for changes that are to be measured.
 */
import { openDelayProxy } from "./delay-proxy.ts";
import { type DovecotTarget, startDovecotTarget } from "./dovecot-target.ts";
import { startMeasured } from "./mailferry.ts";
import { moveFirst } from "./movers.ts";
import { password, startOldMaildrops } from "./old-maildrop.ts";
import { type Account, Pop3Reader, pullAll } from "./pop3-reader.ts";
import { processorSeconds, tellProcessor } from "./processor-time.ts";
import { loadNow, machine, publish, table } from "./report.ts";
import { inTurn, option, word } from "./rounds.ts";
import { samples } from "./samples.ts";
import { secondsHead, secondsRow } from "./seconds-table.ts";

const rounds = option("rounds", 3);
const count = option("people", 100);
const connections = option("connections", 16);
const messages = 100;
const only = word("only");
const before = word("before");
const peers = ["doveadm backup"];
const ours = process.argv.includes("--ours");
const small = samples.find(({ name }) => name === "small");
if (!small) throw new Error("there is no sample of small messages");

const load = loadNow();
await using cleanup = new AsyncDisposableStack();
const { people } = cleanup.use(await startOldMaildrops({ ...small, messages }, count));
const target = ours ? null : cleanup.use(await startDovecotTarget());
let users = 0;

const rows: string[][] = [];
for (const roundTrip of [0, 20]) {
  if (only && Number(only) !== roundTrip) continue;
  const server = people[0]?.account;
  if (!server) throw new Error("there is nobody to move");
  await using proxy = roundTrip > 0 ? await openDelayProxy({ server, roundTrip }) : null;
  const at = (account: Account): Account => ({ ...account, ...proxy?.endpoint });
  process.stderr.write(`at ${roundTrip} ms\n`);
  const contestants = [
    { name: "Mailferry", measure: () => byMailferry(at(server)) },
    ...(before ? [{ name: "before", measure: () => byMailferry(at(server), before) }] : []),
    ...(target ? [{ name: "doveadm backup", measure: () => byDoveadm(target, at) }] : []),
    { name: "floor", measure: () => byNobody(at) },
  ];
  const title = roundTrip > 0 ? `at ${roundTrip} ms` : "without distance";
  rows.push(secondsRow(title, await inTurn(contestants, rounds), before !== undefined, peers));
}

/** People come sixteen at a time; checked by SHA-256 of every message. */
async function byMailferry(from: Account, checkout?: string): Promise<number> {
  const settings = `[migration]\nconnections-per-old-server = ${connections}\n`;
  await using ferry = await startMeasured(checkout, settings);
  await ferry.command("domain", "add", "big-company.com");
  const oldServer = `pop3://${from.host}:${from.port}`;
  await ferry.command("migration", "on", "big-company.com", "--from", oldServer, "--tls", "none");
  await moveFirst(ferry);
  const [begin, used] = [performance.now(), await processorSeconds(ferry.pid)];
  await forEach(people, async ({ account: { login }, holds }) => {
    await using reader = await Pop3Reader.connect(ferry.pop3);
    await reader.login({ login, password });
    await reader.command("UIDL");
    const listed = (await reader.body()).toString("latin1").split("\r\n").length - 1;
    // The migration message comes after the old ones.
    if (listed !== holds.messages + 1) throw new Error(`${login} sees ${listed} messages at first`);
  });
  // The one who moved before is one of them.
  await ferry.allFollowing("big-company.com", people.length + 1);
  const took = performance.now() - begin;
  tellProcessor(used, await processorSeconds(ferry.pid));
  for (const { account, holds } of people) {
    const here = await pullAll({ ...account, ...ferry.pop3 }, { hash: true, count: holds.messages });
    const differs = here.hashes.findIndex((hash, n) => hash !== holds.hashes[n]);
    if (differs >= 0) throw new Error(`message ${differs + 1} of ${account.login} is not what it was`);
  }
  return took;
}

/** One `doveadm backup` for each, sixteen at a time, into mdbox; checked by count and octets. */
async function byDoveadm(target: DovecotTarget, at: (account: Account) => Account): Promise<number> {
  const named = people.map((old) => ({ old, user: `user${users++}@big-company.com` }));
  const begin = performance.now();
  await forEach(named, ({ old, user }) => target.backup(user, at(old.account)));
  const took = performance.now() - begin;
  for (const { old, user } of named) {
    const here = await target.inbox(user);
    if (here.messages !== old.holds.messages || here.octets !== old.octets)
      throw new Error(`doveadm has ${here.messages} messages, ${here.octets} octets of ${old.account.login}`);
  }
  return took;
}

/** Everything is asked for at once and thrown away, sixteen maildrops at a time. */
async function byNobody(at: (account: Account) => Account): Promise<number> {
  const begin = performance.now();
  await forEach(people, async ({ account, holds }) => {
    const pulled = await pullAll(at(account), { hash: false });
    if (pulled.messages !== holds.messages) throw new Error(`the floor saw ${pulled.messages} messages`);
  });
  return performance.now() - begin;
}

/** As many at a time as there may be connections. */
async function forEach<One>(all: readonly One[], work: (one: One) => Promise<void>): Promise<void> {
  const left = all[Symbol.iterator]();
  const loop = async (): Promise<void> => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: connections }, loop));
}

const head = secondsHead("", before !== undefined, peers);
const size = `${count} mailboxes of ${messages} messages of 2-6 KB each, ${connections} connections.`;
const taken = `${size} Median of ${rounds} alternating rounds; factors are medians of each round's. ${machine(load)}.`;
await publish("many-mailboxes", `${table(head, rows)}\n\n${taken}`);
