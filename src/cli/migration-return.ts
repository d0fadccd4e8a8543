/** `mailferry migration return …` */
import { setTimeout as wait } from "node:timers/promises";
import type { ReturnPlanView, ReturnView } from "#http/returns";
import { CommandFailed, type Connection } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { inOctets, progress } from "./terminal.ts";

interface ReturnCommandOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly allFolders?: boolean;
  readonly wait?: boolean;
  readonly show?: boolean;
  readonly undo?: boolean;
}

const look = 500;

/** One person goes back to the old server, with all mail that came here since. */
export const returnCommand = command(
  "return <address>",
  "one person goes back: their mail is piped to the old server again, and what came here since is sent after it",
  "migration return anna@big-company.com --yes --wait",
)
  .option("--dry-run", "only say what would happen")
  .option("--yes", "do it; without it nothing is changed")
  .option(
    "--all-folders",
    "send also what lies in Sent, Drafts, Trash and Junk; it arrives in the INBOX there",
  )
  .option("--wait", "wait until everything was found in the old maildrop, or could not be")
  .option("--show", "only show where it stands")
  .option("--undo", "let the person come over again, with the next login here")
  .action(async (address: string, options: ReturnCommandOptions) => {
    const server = serverOf(options);
    const path = `/returns/${encodeURIComponent(address)}`;
    const body = { allFolders: options.allFolders ?? false };
    if (options.undo) return await undo(server, path, address, options);
    if (options.show) {
      const view = await server.get<ReturnView>(path);
      return tell(options, view, reportText(view));
    }
    if (options.dryRun || !options.yes) {
      const plan = await server.post<ReturnPlanView>(`${path}/plan`, body);
      tell(options, plan, planText(plan));
      if (!options.dryRun) throw new CommandFailed("nothing was changed: add --yes to do it");
      return;
    }
    const begun = await server.post<ReturnView>(path, body);
    const view = options.wait ? await ended(server, path, options.json !== true) : begun;
    tell(options, view, reportText(view));
    if (view.phase === "unproved") throw new CommandFailed(unprovedText(view));
  });

async function undo(
  server: Connection,
  path: string,
  address: string,
  options: ReturnCommandOptions,
): Promise<void> {
  const undone = await server.post<{ readonly isHere: boolean }>(`${path}/undo`);
  const words = undone.isHere
    ? `${address} is here again: the migration has ended, and the password here decides.`
    : `${address} may come over again: the next login here does it. Until then mail goes to the old server.`;
  tell(options, undone, words);
}

async function ended(server: Connection, path: string, isShown: boolean): Promise<ReturnView> {
  for (;;) {
    const view = await server.get<ReturnView>(path);
    const isOver = view.phase === "proved" || view.phase === "unproved";
    // The rest is held back until somebody looks after it.
    if (isOver || (view.held > 0 && view.held === view.queued)) {
      if (isShown) progress("");
      return view;
    }
    if (isShown) progress(`${view.accepted} of ${view.sent} accepted, ${found(view)} found there`);
    await wait(look);
  }
}

function found({ same, changed }: ReturnView): number {
  return same + changed;
}

function planText(plan: ReturnPlanView): string {
  const { address, route, goes, goneThere, onOldServer, sentBefore, deletedHere } = plan;
  const lines = [
    `${address} goes back to the old server, by way of ${route}:`,
    `  ${goes.messages} messages (${inOctets(goes.octets)}) are sent there: they came here since the move`,
  ];
  if (goneThere > 0)
    lines.push(`  ${goneThere} of them came from the old server, which does not have them any more`);
  if (sentBefore > 0) lines.push(`  ${sentBefore} were sent there already`);
  lines.push(`  ${onOldServer} came from the old server and are still there: they are not sent`);
  if (deletedHere > 0)
    lines.push(`  ${deletedHere} were deleted here and are still there: they are seen there again`);
  lines.push(...staysLines(plan));
  lines.push(
    "  new mail is piped to the old server at once, and logins here are refused for the moment, until --undo",
  );
  return lines.join("\n");
}

function reportText(view: ReturnView): string {
  const states = {
    sending: "mail is on its way there",
    proving: "the old server has accepted everything; it is looked for in the maildrop",
    proved: "everything is in the old maildrop",
    unproved: "not everything was seen in the old maildrop",
  };
  const reason = view.reason === null ? "" : ` (${view.reason})`;
  const held = view.held === 0 ? "" : `, ${view.held} held back`;
  const changed = view.changed === 0 ? "" : `, ${view.changed} of them with other octets`;
  const lines = [
    `${view.address} went back ${view.startedAt}, by way of ${view.route}: ${states[view.phase]}${reason}`,
    `  sent ${view.sent} (${inOctets(view.octets)}), accepted ${view.accepted}, in the queue ${view.queued}${held}`,
    `  found ${found(view)} of ${view.sent}${changed}`,
    ...staysLines(view),
  ];
  for (const { messageId, octets } of view.altered)
    lines.push(`  changed by the old server: ${nameOf(messageId)} (${octets} octets); as it was it is here`);
  for (const { messageId, octets, why } of view.missing)
    lines.push(`  missing: ${nameOf(messageId)} (${octets} octets): ${printable(why)}`);
  if (view.missingInAll > view.missing.length)
    lines.push(`  … and ${view.missingInAll - view.missing.length} more`);
  if (view.mayCome) lines.push("  the next login here brings the person over again");
  return lines.join("\n");
}

function staysLines({ stays, staying }: Pick<ReturnView, "stays" | "staying">): readonly string[] {
  const all = stays.reduce((sum, { messages }) => sum + messages, 0);
  if (all === 0) return [];
  const folders = stays.map(({ folder, messages }) => `${folder} ${messages}`).join(", ");
  const lines = [
    `  ${all} stay here only (${folders}): the mailbox here is kept; --all-folders sends those of folders`,
  ];
  for (const { folder, messageId, octets, why } of staying)
    lines.push(`    ${folder}: ${nameOf(messageId)} (${octets} octets)${whyText(why)}`);
  if (all > staying.length) lines.push(`    … and ${all - staying.length} more`);
  return lines;
}

function whyText(why: string): string {
  if (why === "deleted") return ": marked as deleted";
  return why === "uncertain" ? ": the old server has not listed it for some minutes" : "";
}

function nameOf(messageId: string | null): string {
  return messageId === null ? "a message without Message-ID" : printable(messageId);
}

/** Others wrote it: nothing in it steers a terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

function unprovedText({ address, missingInAll, reason }: ReturnView): string {
  return `${missingInAll} messages of ${address} were not seen on the old server (${reason}): they are kept here; the same command looks again`;
}
