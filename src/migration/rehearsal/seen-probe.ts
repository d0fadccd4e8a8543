/**
 * Whether reading by POP3 marks messages as seen. POP3 itself does not show that; IMAP beside it does. It is looked
 * at between the POP3 sessions and after the last one, never beside one: a maildrop may be locked.
 */
import type { OldServerAddress } from "../old-server/old-server.ts";
import { troubleOfError } from "../old-server/pop3-trouble.ts";
import type { Door } from "./caller.ts";
import { type Entry, type SampleFacts, type SeenMarks, words } from "./facts.ts";
import { type Asked, type ImapDoor, ImapNoHelp, type InboxLook, lookAtInbox } from "./imap-look.ts";
import type { RehearsalTools } from "./tools.ts";

/** Who looks, and where. */
export interface Looker {
  readonly door: Door;
  readonly name: string;
  readonly password: Uint8Array;
  readonly imapPort: number;
  readonly tools: Pick<RehearsalTools, "isOurs">;
}

/** What one look brought, or why there was none. */
export type Look = InboxLook | Extract<SeenMarks, { readonly outcome: "unknown" }>;

/** IMAP beside POP3 at their usual ports; null where POP3 is at another. */
export function usualImapPort({ port, implicitTls }: OldServerAddress): number | null {
  if (implicitTls) return port === 995 ? 993 : null;
  return port === 110 ? 143 : null;
}

/** @param listed the messages of the maildrop, and those of them that are to be read soon */
export async function lookBefore(
  looker: Looker,
  listed: readonly Entry[],
  soon: readonly Entry[],
): Promise<Look> {
  if (soon.length === 0)
    return { outcome: "unknown", why: "there are too few messages to tell", isThere: false };
  return await look(looker, { numbers: soon.map(({ number }) => number), of: listed.length });
}

/** The same messages once they were read. */
export async function lookAfter(
  looker: Looker,
  before: Look,
  samples: readonly SampleFacts[],
): Promise<SeenMarks> {
  if ("outcome" in before) return before;
  const read = new Set(samples.flatMap(({ number, retrieved }) => (retrieved ? [number] : [])));
  const unseen = before.rows.filter(({ number, isSeen }) => !isSeen && read.has(number));
  if (unseen.length === 0)
    return { outcome: "unknown", why: "all that was read had been seen before", isThere: true };
  const { uidValidity } = before;
  const after = await look(looker, { uids: unseen.map(({ uid }) => uid), uidValidity });
  if ("outcome" in after) return after;
  const uids = new Set(unseen.map(({ uid }) => uid));
  const still = after.rows.filter(({ uid }) => uids.has(uid));
  return {
    outcome: "told",
    unseen: still.length,
    marked: still.filter(({ isSeen }) => isSeen).length,
  };
}

async function look({ door, name, password, imapPort, tools }: Looker, asked: Asked): Promise<Look> {
  const { server } = door;
  const { budgets, limits } = door.tools;
  const at = `IMAP at port ${imapPort}`;
  if (await tools.isOurs(server.host, imapPort))
    return { outcome: "unknown", why: `${at} is this very server`, isThere: false };
  const signal = AbortSignal.any([door.signal, AbortSignal.timeout(limits.imap)]);
  using place = await budgets.of(server).take("prompt", signal);
  if (!place) return { outcome: "unknown", why: "no connection was free in time", isThere: false };
  const imap: ImapDoor = {
    host: server.host,
    port: imapPort,
    implicitTls: server.tls.mode !== "none" && (server.implicitTls || imapPort === 993),
    tls: server.tls,
    connectMilliseconds: Math.min(limits.connect, limits.imap),
    idleMilliseconds: limits.imap,
  };
  try {
    return await lookAtInbox(imap, { name, password }, asked, signal);
  } catch (error) {
    const isThere = error instanceof ImapNoHelp;
    const why = isThere ? error.message : words(troubleOfError(error).reason);
    return { outcome: "unknown", why: `${at}: ${why}`, isThere };
  }
}
