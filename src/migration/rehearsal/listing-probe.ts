/** A maildrop's listing as the server says it, line by line: what is odd about it is kept, not mended. */
import type { Pop3Client } from "#clients/pop3-client";
import { parseListLine } from "#clients/pop3-replies";
import type { Entry, Listing } from "./facts.ts";
import { words } from "./facts.ts";

/** STAT was said at login. Throws as the connection does, and where LIST is refused. */
export async function probeListing(client: Pop3Client, stat: string): Promise<Listing> {
  const sizes = await client.command("LIST");
  if (!sizes.ok) throw new Error(`LIST: ${words(sizes.text)}`);
  const listed = await client.readLines();
  const reply = await client.command("UIDL");
  const uidls = new Map<number, string>();
  for (const line of reply.ok ? await client.readLines() : []) {
    const found = /^[ \t]*(?:\+OK[ \t]+)?(\d{1,10})(?:[ \t]+(.*))?$/i.exec(line);
    if (found) uidls.set(Number(found[1]), (found[2] ?? "").trim());
  }
  const entries: Entry[] = [];
  for (const line of listed) {
    const parsed = parseListLine(line);
    if (parsed) entries.push({ ...parsed, uidl: uidls.get(parsed.number) ?? null });
  }
  const known = new Set(entries.map(({ number }) => number));
  return {
    stat: statOf(stat),
    entries,
    uidlRefused: reply.ok ? null : words(reply.text),
    strayUidls: [...uidls.keys()].filter((number) => !known.has(number)).length,
  };
}

function statOf(text: string): Listing["stat"] {
  const figures = /^(-?\d{1,10})[ \t]+(-?\d{1,15})/.exec(text);
  return { messages: Number(figures?.[1] ?? -1), octets: Number(figures?.[2] ?? -1), said: words(text) };
}
