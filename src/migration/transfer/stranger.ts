/** Looks whether a maildrop that shows none of its known messages is another account's; then nothing of it is taken. */

import type { Identified } from "../identity/listing.ts";
import { isOtherServer, nothingShared, sampleOf } from "../identity/other-account.ts";
import type { Comparison } from "../identity/plan.ts";
import type { LedgerRow } from "../ledger.ts";
import type { Migration, Transfer } from "../migration.ts";
import { type FetchTrouble, type OldServerSession, OldServerTrouble } from "../old-server/old-server.ts";
import { IncomingMessage } from "./incoming.ts";
import type { TransferTools } from "./transfer-tools.ts";

/** Messages whose contents are looked at. */
const most = 5;

interface Look {
  readonly tools: Pick<TransferTools, "readings" | "stage" | "limits" | "log">;
  readonly transfer: Transfer;
  readonly migration: Migration;
  readonly session: OldServerSession;
  readonly rows: readonly LedgerRow[];
  readonly listed: readonly Identified[];
  readonly comparison: Comparison;
}

/**
 * Why the move of a mailbox has to stop because another account seems to answer, for people; null where it goes on.
 * Throws OldServerTrouble and StoreUnavailable.
 */
export async function strangerIn(look: Look): Promise<string | null> {
  const { tools, transfer, migration, session, rows, listed, comparison } = look;
  const met = transfer.met ?? null;
  const now = session.facts ?? null;
  const isServerOther = isOtherServer(met, now);
  const losesCopied = tools.readings.isAccepted(migration);
  const gone = nothingShared(listed, { rows, comparison, losesCopied, isServerOther });
  if (gone === 0) return null;
  // Reading others' mail must cost nobody anything.
  if (tools.readings.keeps(migration) && (await hasKnownContent(look))) return null;
  const server = isServerOther
    ? `, and the server greets as "${now?.greeting ?? ""}", not as "${met?.greeting ?? ""}"`
    : "";
  tools.log.warn(
    { address: transfer.address, gone, listed: listed.length, met, now },
    "another account seems to answer",
  );
  return (
    `none of the ${gone} messages that its old maildrop had is there, but ${listed.length} others${server}: another ` +
    `account, or another server, answers to its name. "migration resume ${transfer.address}" takes what is there all the same`
  );
}

async function hasKnownContent({ tools, session, rows, listed }: Look): Promise<boolean> {
  const hashes = new Set(rows.flatMap(({ sha256, settledSha256 }) => [sha256, settledSha256]));
  const { stage, limits } = tools;
  const coming = new Map<number, IncomingMessage>();
  let isKnown = false;
  let broken: FetchTrouble | null = null;
  await session.fetch({
    messages: sampleOf(listed, rows, most).map(({ message }) => message),
    begin: ({ number, size }) => {
      const incoming = new IncomingMessage(stage, limits.smallMessage, size ?? 0, () => undefined);
      coming.set(number, incoming);
      return incoming;
    },
    end: async ({ number }, trouble) => {
      const incoming = coming.get(number);
      if (trouble || !incoming) {
        await incoming?.abandon();
        if (trouble?.scope === "connection") broken ??= trouble;
        return;
      }
      await using fetched = await incoming.finish();
      isKnown ||= hashes.has(fetched.sha256()) || hashes.has(fetched.settledSha256() ?? "");
    },
    mayGoOn: () => !isKnown && broken === null,
  });
  const trouble = broken as FetchTrouble | null;
  if (trouble && !isKnown) throw new OldServerTrouble("dropped", trouble.reason);
  return isKnown;
}
