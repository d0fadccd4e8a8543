import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { Fetcher } from "../fetch/fetcher.ts";
import { type FetchArguments, type FetchItem, fetchArguments } from "../grammar/fetch.ts";
import { noSuchNumber, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";

/** FETCH (RFC 3501 §6.4.5) */
export const fetch = command({
  name: "FETCH",
  states: ["selected"],
  news: "no expunge",
  parse: fetchArguments,
  run: (session, given, client) => run(session, given, client, "numbers"),
});

/** UID FETCH (RFC 3501 §6.4.8) */
export const uidFetch = command({
  name: "UID FETCH",
  states: ["selected"],
  parse: fetchArguments,
  run: (session, given, client) => run(session, given, client, "uids"),
});

async function run(
  session: Session,
  { set, items, changedSince }: FetchArguments,
  client: Client,
  by: "numbers" | "uids",
): Promise<Reply> {
  const uids = session.view.pick(set, by);
  if (uids === null) return noSuchNumber;
  if (changedSince !== null || items.some(({ is }) => is === "MODSEQ")) session.knowsModSeq = true;
  const added: FetchItem["is"][] = [];
  if (by === "uids") added.push("UID");
  if (changedSince !== null) added.push("MODSEQ");
  const wanted = { uids, items: withItems(items, added), changedSince, tellsGone: by === "numbers" };
  return new Fetcher(session, client, wanted).run();
}

/** Each item once, those first that are told in any case (RFC 3501 §6.4.8, RFC 7162 §3.1.4.1). */
function withItems(items: readonly FetchItem[], always: readonly FetchItem["is"][]): readonly FetchItem[] {
  const all = [...always.map((is) => ({ is }) as FetchItem), ...items];
  const labels = new Map<string, FetchItem>();
  for (const item of all) {
    const key = item.is === "section" ? `${item.label}${JSON.stringify(item.partial)}` : item.is;
    if (!labels.has(key)) labels.set(key, item);
  }
  return [...labels.values()];
}
