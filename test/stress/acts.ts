/** What the clients of a stress run do, each act a command or two, and what they check of its answer. */
import type { Came, StressClient } from "./client.ts";
import { letter, remember } from "./letters.ts";
import { Contradiction } from "./peer.ts";
import type { Random } from "./random.ts";
import { sortedFlags, Told } from "./told.ts";

export const folderNames = ["INBOX", "Archive", "Shared"] as const;
const flagWords = [
  "\\Seen",
  "\\Flagged",
  "\\Answered",
  "\\Draft",
  "\\Deleted",
  "Later",
  "$Forwarded",
] as const;
const fetchItems = [
  "FLAGS",
  "(UID FLAGS)",
  "(UID FLAGS MODSEQ)",
  "(UID RFC822.SIZE INTERNALDATE)",
  "(UID ENVELOPE)",
  "(UID BODYSTRUCTURE FLAGS)",
  "(UID MODSEQ BODY.PEEK[])",
  "(UID BODY[])",
  "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)])",
  "ALL",
] as const;
/** Beyond so many messages a folder is emptied rather than filled. */
const many = 150;

type Act = (client: StressClient, random: Random) => Promise<void>;

export async function select(client: StressClient, random: Random): Promise<void> {
  const folder = client.world.folder(random.pick(folderNames));
  const isReadOnly = random.chance(0.15);
  const least = { uidNext: folder.uidNext, modSeq: folder.modSeq };
  client.told = new Told(folder, isReadOnly);
  const came = await client.ok(`${isReadOnly ? "EXAMINE" : "SELECT"} ${folder.name} (CONDSTORE)`);
  const lines = came.others.join("\n");
  notLess("UIDNEXT", /\[UIDNEXT (\d+)\]/.exec(lines)?.[1], least.uidNext);
  notLess("HIGHESTMODSEQ", /\[HIGHESTMODSEQ (\d+)\]/.exec(lines)?.[1], least.modSeq);
}

async function status(client: StressClient, random: Random): Promise<void> {
  const folder = client.world.folder(random.pick(folderNames));
  const least = { uidNext: folder.uidNext, modSeq: folder.modSeq };
  const came = await client.ok(`STATUS ${folder.name} (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ UNSEEN)`);
  const line = came.others.find((one) => one.startsWith("STATUS ")) ?? "";
  notLess("UIDNEXT", / UIDNEXT (\d+)/.exec(line)?.[1], least.uidNext);
  notLess("HIGHESTMODSEQ", / HIGHESTMODSEQ (\d+)/.exec(line)?.[1], least.modSeq);
  folder.uidValidity(Number(/UIDVALIDITY (\d+)/.exec(line)?.[1]));
}

async function append(client: StressClient, random: Random): Promise<void> {
  const folder = client.world.folder(random.pick(folderNames));
  const octets = letter(random, client.name);
  const flags = random.some(flagWords.slice(0, 4), 2).join(" ");
  const { uidNext } = folder;
  const came = await client.append(`APPEND ${folder.name} (${flags}) "01-Jan-2025 10:20:30 +0000"`, octets);
  const uid = Number(/^OK \[APPENDUID \d+ (\d+)\]/.exec(came.result)?.[1] ?? fail(came));
  folder.added(uid, uidNext);
  remember(folder, uid, octets);
}

/** A set for a command, by numbers or UIDs, and the UIDs in it as far as they are known. */
function pickSet(
  told: Told,
  random: Random,
  prefix: boolean,
): { set: string; uid: string; numbers: readonly number[] } {
  const all = told.rows.map((_, place) => place + 1);
  const numbers = random.some(all, 10);
  const uids = numbers.flatMap((number) => told.rows[number - 1]?.uid ?? []);
  const isByUids = prefix && uids.length > 0;
  if (isByUids)
    return {
      set: uids.join(","),
      uid: "UID ",
      numbers: numbers.filter((n) => told.rows[n - 1]?.uid != null),
    };
  if (numbers.length === all.length) return { set: "1:*", uid: "", numbers };
  return { set: numbers.join(","), uid: "", numbers };
}

async function fetch(client: StressClient, random: Random): Promise<void> {
  const told = filled(client);
  if (!told) return select(client, random);
  const { set, uid } = pickSet(told, random, random.chance(0.5));
  const since = random.chance(0.15)
    ? ` (CHANGEDSINCE ${Math.max(1, told.folder.modSeq - random.below(200))})`
    : "";
  await client.ok(`${uid}FETCH ${set} ${random.pick(fetchItems)}${since}`);
}

/** Looks at everything: all UIDs are known from here on. */
async function fetchAll(client: StressClient): Promise<void> {
  if (filled(client)) await client.ok("FETCH 1:* (UID FLAGS MODSEQ)");
}

async function store(client: StressClient, random: Random): Promise<void> {
  const told = filled(client);
  if (!told) return select(client, random);
  const { set, uid, numbers } = pickSet(told, random, random.chance(0.5));
  const rows = numbers.flatMap((number) => told.rows[number - 1] ?? []);
  const how = random.pick(["+", "-", ""]);
  const flags = random.some(flagWords, 2);
  const isSilent = random.chance(0.5);
  const unchangedSince = random.chance(0.2) ? Math.max(1, told.folder.modSeq - random.below(100)) : null;
  const condition = unchangedSince === null ? "" : `(UNCHANGEDSINCE ${unchangedSince}) `;
  const came = await client.command(
    `${uid}STORE ${set} ${condition}${how}FLAGS${isSilent ? ".SILENT" : ""} (${flags.join(" ")})`,
  );
  if (told.isReadOnly) return mustBeRefused(came);
  if (!/^OK|^NO \[EXPUNGEISSUED\]/.test(came.result)) fail(came);
  if (!isSilent) return;
  const isCertain = came.result.startsWith("OK ") && !came.result.includes("MODIFIED");
  for (const row of rows) {
    if (row.flags === null) continue;
    // Told in between, and nobody can say whether before the change or after it.
    if (!isCertain || row.toldIn === came.tag) row.flags = null;
    else row.flags = after(row.flags, how, flags);
  }
}

function after(flags: string, how: string, change: readonly string[]): string {
  if (how === "") return sortedFlags(change);
  const before = flags === "" ? [] : flags.split(" ");
  return sortedFlags(how === "+" ? [...before, ...change] : before.filter((flag) => !change.includes(flag)));
}

async function copy(client: StressClient, random: Random): Promise<void> {
  const told = filled(client);
  if (!told) return select(client, random);
  const to = client.world.folder(random.pick(folderNames));
  const verb = told.rows.length > many || random.chance(0.4) ? "MOVE" : "COPY";
  const { set, uid } = pickSet(told, random, random.chance(0.5));
  const { uidNext } = to;
  const came = await client.command(`${uid}${verb} ${set} ${to.name}`);
  if (told.isReadOnly && verb === "MOVE") return mustBeRefused(came);
  if (!/^OK|^NO \[EXPUNGEISSUED\]/.test(came.result)) fail(came);
  const code = /\[COPYUID (\d+) (\S+) (\S+)\]/.exec([came.result, ...came.others].join("\n"));
  if (!code) return;
  to.uidValidity(Number(code[1]));
  const [from, into] = [spread(code[2] ?? ""), spread(code[3] ?? "")];
  if (from.length !== into.length) fail(came);
  for (const [place, original] of from.entries()) {
    const uid = into[place] ?? 0;
    to.added(uid, uidNext);
    to.copied(uid, told.folder, original);
  }
}

async function expunge(client: StressClient, random: Random): Promise<void> {
  const { told } = client;
  if (!told) return select(client, random);
  const { uids } = told;
  const isByUid = uids.length > 0 && random.chance(0.5);
  const came = await client.command(isByUid ? `UID EXPUNGE ${random.some(uids, 20).join(",")}` : "EXPUNGE");
  if (told.isReadOnly) mustBeRefused(came);
  else if (!came.result.startsWith("OK ")) fail(came);
}

async function search(client: StressClient, random: Random): Promise<void> {
  const { told } = client;
  if (!told) return select(client, random);
  const modSeq = Math.max(1, told.folder.modSeq - random.below(300));
  const key = random.pick([
    "ALL",
    "UNSEEN",
    "FLAGGED NOT DELETED",
    `MODSEQ ${modSeq}`,
    "LARGER 900",
    "TEXT Line",
    "KEYWORD Later",
    "SUBJECT c1",
  ]);
  const by = random.chance(0.5) ? "uids" : "numbers";
  // News of an EXPUNGE may come before the answer to the command by UIDs: what was found refers to what is told first.
  const before = new Set(told.uids);
  const isWhole = told.rows.every(({ uid }) => uid !== null);
  const came = await client.ok(`${by === "uids" ? "UID " : ""}SEARCH ${key}`);
  const line = came.others.find((one) => one.startsWith("SEARCH"));
  if (line === undefined) return fail(came);
  const numbers = (line.replace(/ \(MODSEQ \d+\)/, "").match(/\d+/g) ?? []).map(Number);
  if (by === "numbers") told.found(numbers, by);
  else if (isWhole && numbers.some((uid) => !before.has(uid))) fail(came);
}

async function idle(client: StressClient, random: Random): Promise<void> {
  const came = await client.idle(random.below(150));
  if (!came.result.startsWith("OK ")) fail(came);
}

/** Commands by UIDs, sent at once. */
async function pipeline(client: StressClient, random: Random): Promise<void> {
  const told = filled(client);
  const uids = told?.uids ?? [];
  if (uids.length === 0) return fetchAll(client);
  const set = (): string => random.some(uids, 5).join(",");
  const texts = [
    "NOOP",
    `UID FETCH ${set()} (FLAGS MODSEQ)`,
    `UID FETCH ${set()} BODY.PEEK[]`,
    `UID SEARCH UID ${set()}`,
    "NOOP",
  ];
  for (const sent of texts.map((text) => client.send(text))) {
    const came = await client.finish(sent);
    if (!came.result.startsWith("OK ")) fail(came);
  }
}

async function noop(client: StressClient): Promise<void> {
  await client.ok("NOOP");
}

async function leave(client: StressClient, random: Random): Promise<void> {
  if (!client.told) return select(client, random);
  const sent = client.send(random.pick(["CLOSE", "UNSELECT"]));
  client.told = null;
  const came = await client.finish(sent);
  if (!came.result.startsWith("OK ")) fail(came);
}

const acts: readonly [Act, number][] = [
  [select, 4],
  [status, 5],
  [append, 12],
  [fetch, 20],
  [fetchAll, 6],
  [store, 22],
  [copy, 8],
  [expunge, 7],
  [search, 8],
  [idle, 5],
  [pipeline, 5],
  [noop, 5],
  [leave, 1],
];
/** Each act as often as its weight says. */
const urn: readonly Act[] = acts.flatMap(([one, weight]) => Array.from({ length: weight }, () => one));

/** Does something. Throws Contradiction. */
export async function act(client: StressClient, random: Random): Promise<void> {
  await (urn[random.below(urn.length)] ?? noop)(client, random);
}

function filled({ told }: StressClient): Told | null {
  return told && told.rows.length > 0 ? told : null;
}

function notLess(what: string, said: string | undefined, least: number): void {
  if (said === undefined || Number(said) < least)
    throw new Contradiction(`${what} is ${said}, and was ${least}`);
}

function mustBeRefused(came: Came): void {
  if (!came.result.startsWith("NO ")) fail(came);
}

function fail(came: Came): never {
  throw new Contradiction(`${came.others.join(" / ").slice(0, 200)} ${came.result}`);
}

function spread(set: string): readonly number[] {
  return set.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split(":").map(Number);
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  });
}
