/** Learns what messages are that an old server does not give: an administrator has to judge them by name. */
import { readHeading } from "#mail/message-heading";
import type { MailboxId } from "#mailbox/ids";
import { type Identified, nameOf } from "../identity/listing.ts";
import type { Migration } from "../migration.ts";
import { type OldServerSession, OldServerTrouble } from "../old-server/old-server.ts";
import type { Errand } from "./errands.ts";
import { remember } from "./mailbox-memory.ts";
import type { TransferTools } from "./transfer-tools.ts";

interface Asking {
  readonly tools: Pick<TransferTools, "ledger" | "headerLooks" | "log">;
  readonly migration: Migration;
  readonly mailbox: MailboxId;
  readonly session: OldServerSession;
  /** Messages that were asked for already; each is asked for once, because a server may hang at it. */
  readonly named: Set<string>;
}

/** Headers in one visit. */
const mostAtOnce = 100;

/**
 * Asks for their headers, at the end of a visit: whatever becomes of the session, nothing is lost by it.
 * @param unnamed messages that could not be had
 * @param copied one that is here already
 */
export async function askNames(
  asking: Asking,
  unnamed: readonly Errand[],
  copied: Identified | null,
  mayGoOn: () => boolean,
): Promise<void> {
  const { tools, migration, mailbox, session, named } = asking;
  const left = unnamed.filter(({ listed }) => !named.has(nameOf(listed))).slice(0, mostAtOnce);
  const may = tools.headerLooks.mayAsk(migration);
  if (!session.header || left.length === 0 || may === "no") return;
  try {
    if (may === "once") {
      if (!copied) return;
      const header = await session.header(copied.message);
      return tools.headerLooks.asked(migration, mailbox, copied, header !== null);
    }
    for (const errand of left) {
      if (!mayGoOn()) return;
      remember(named, nameOf(errand.listed));
      const header = await session.header(errand.listed.message);
      const heading = header && readHeading(header);
      if (heading && errand.kind === "row") await tools.ledger.describe(errand.row.id, heading);
    }
  } catch (error) {
    if (!(error instanceof OldServerTrouble)) throw error;
    if (may === "once" && copied) tools.headerLooks.asked(migration, mailbox, copied, false);
    tools.log.info({ err: error }, "the header of a message could not be had");
  }
}
