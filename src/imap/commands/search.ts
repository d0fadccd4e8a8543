import { imapString } from "#mail/imap-text";
import { batches } from "../batches.ts";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { type SearchArguments, type SearchReturn, searchArguments } from "../grammar/search.ts";
import { no, ok, problemReply, type Reply } from "../reply.ts";
import { mentions } from "../search/program.ts";
import { type Found, Searcher } from "../search/searcher.ts";
import { printSequenceSet, setOf } from "../sequence-set.ts";
import type { Session } from "../session.ts";

type By = "numbers" | "uids";

/** SEARCH (RFC 3501 §6.4.4, RFC 4731, RFC 7162 §3.1.5) */
export const search = command({
  name: "SEARCH",
  states: ["selected"],
  news: "no expunge",
  capabilities: () => ["ESEARCH"],
  parse: searchArguments,
  run: (session, given, client, tag) => run(session, given, client, { tag, by: "numbers" }),
});

/** UID SEARCH (RFC 3501 §6.4.8) */
export const uidSearch = command({
  name: "UID SEARCH",
  states: ["selected"],
  parse: searchArguments,
  run: (session, given, client, tag) => run(session, given, client, { tag, by: "uids" }),
});

async function run(
  session: Session,
  { returns, isReadable, key }: SearchArguments,
  client: Client,
  { tag, by }: { readonly tag: string; readonly by: By },
): Promise<Reply> {
  if (!isReadable) return no("BADCHARSET (US-ASCII UTF-8)", "Nobody here knows this charset.");
  const withModSeq = mentions(key, "modseq");
  if (withModSeq) session.knowsModSeq = true;
  const found = await client.patiently(new Searcher(session, client, key).run(withModSeq));
  if (!found.ok) return problemReply(found.problem);
  const numberOf = ({ uid }: Found): number => (by === "uids" ? uid : session.view.numberOf(uid));
  if (returns === null) {
    client.add("* SEARCH");
    for (const some of batches(found.value, 1000)) {
      client.add(some.map((one) => ` ${numberOf(one)}`).join(""));
      await client.breathe();
    }
    client.add(withModSeq && found.value.length > 0 ? ` (MODSEQ ${highest(found.value)})\r\n` : "\r\n");
  } else {
    const data = esearchData(found.value, returns, numberOf, withModSeq);
    client.tell([`ESEARCH (TAG ${imapString(tag)})`, ...(by === "uids" ? ["UID"] : []), ...data].join(" "));
  }
  return ok("That is all.");
}

/** RFC 4731 §3.1; the MODSEQ is the highest of those that are returned (§3.2). */
function esearchData(
  found: readonly Found[],
  returns: ReadonlySet<SearchReturn>,
  numberOf: (one: Found) => number,
  withModSeq: boolean,
): readonly string[] {
  const data: string[] = [];
  const [first] = found;
  const last = found.at(-1);
  if (first && last) {
    if (returns.has("MIN")) data.push(`MIN ${numberOf(first)}`);
    if (returns.has("MAX")) data.push(`MAX ${numberOf(last)}`);
    if (returns.has("ALL")) data.push(`ALL ${printSequenceSet(setOf(found.map(numberOf)))}`);
  }
  if (returns.has("COUNT")) data.push(`COUNT ${found.length}`);
  if (withModSeq && first && last) {
    const ends = [...(returns.has("MIN") ? [first] : []), ...(returns.has("MAX") ? [last] : [])];
    const isAll = returns.has("ALL") || returns.has("COUNT");
    data.push(`MODSEQ ${highest(isAll ? found : ends)}`);
  }
  return data;
}

function highest(found: readonly Found[]): number {
  return found.reduce((most, { modSeq }) => Math.max(most, modSeq), 0);
}
