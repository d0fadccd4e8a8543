import type { Folder } from "#mailbox/folder";
import { done, failed, type Outcome } from "#mailbox/problem";
import { command, type OpenedLiteral } from "../command.ts";
import { folderOf } from "../folder-of.ts";
import { type AppendArguments, appendArguments, appendHeading } from "../grammar/append.ts";
import type { Cursor } from "../grammar/cursor.ts";
import { ok, problemReplyOrCreate, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";

/** APPEND (RFC 3501 §6.3.11, RFC 4315 §3, RFC 7889). The message is staged as it comes. */
export const append = command({
  name: "APPEND",
  states: ["authenticated", "selected"],
  capabilities: ({ maxMessage }) => [`APPENDLIMIT=${maxMessage}`],
  openLiteral,
  parse: appendArguments,
  run,
});

/** What can be refused is refused before the message is sent. */
async function openLiteral(session: Session, cursor: Cursor, size: number): Promise<OpenedLiteral> {
  // A name may be a literal, too.
  if (cursor.left <= 1) return null;
  const { mailbox } = appendHeading(cursor);
  cursor.end();
  const folder = await folderWithRoom(session, mailbox, size);
  return folder.ok
    ? { into: session.services.stage.begin() }
    : { refused: problemReplyOrCreate(folder.problem) };
}

async function folderWithRoom(session: Session, mailbox: string, size: number): Promise<Outcome<Folder>> {
  const folder = await folderOf(session, mailbox);
  if (!folder.ok) return folder;
  if (size === 0) return failed("invalid", "An empty message cannot be stored.");
  const { maxMessage } = session.settings;
  if (size > maxMessage) return failed("too-large", `A message has at most ${maxMessage} octets.`);
  const { octets, limit } = await session.services.store.usage(folder.value.mailbox);
  if (limit !== null && octets + size > limit)
    return failed("over-quota", "The mailbox is full: delete messages first.");
  return done(folder.value);
}

async function run(session: Session, given: AppendArguments): Promise<Reply> {
  const { store, clock } = session.services;
  const folder = await folderOf(session, given.mailbox);
  if (!folder.ok) return problemReplyOrCreate(folder.problem);
  await using content = await given.message.finish();
  const internalDate = given.internalDate ?? clock();
  const appended = await store.append(folder.value.id, content, { flags: given.flags, internalDate });
  if (!appended.ok) return problemReplyOrCreate(appended.problem);
  return ok("Stored.", `APPENDUID ${folder.value.uidValidity} ${appended.value.uid}`);
}
