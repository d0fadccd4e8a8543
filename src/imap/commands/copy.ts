import type { Outcome } from "#mailbox/problem";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { type CopyTask, copyAll, copyUid, moveAll } from "../copying.ts";
import { folderOf } from "../folder-of.ts";
import { type CopyArguments, copyArguments } from "../grammar/copy.ts";
import { noSuchNumber, ok, problemReply, problemReplyOrCreate, type Reply, readOnly } from "../reply.ts";
import type { Session } from "../session.ts";

const states = ["selected"] as const;
const parse = copyArguments;

/** COPY (RFC 3501 §6.4.7, RFC 4315 §3) */
export const copy = command({
  name: "COPY",
  states,
  parse,
  run: (session, given, client) => runCopy(session, given, client, "numbers"),
});

/** UID COPY (RFC 3501 §6.4.8) */
export const uidCopy = command({
  name: "UID COPY",
  states,
  parse,
  run: (session, given, client) => runCopy(session, given, client, "uids"),
});

/** MOVE (RFC 6851 §3.1) */
export const move = command({
  name: "MOVE",
  states,
  capabilities: () => ["MOVE"],
  parse,
  run: (session, given, client) => runMove(session, given, client, "numbers"),
});

/** UID MOVE (RFC 6851 §3.2) */
export const uidMove = command({
  name: "UID MOVE",
  states,
  parse,
  run: (session, given, client) => runMove(session, given, client, "uids"),
});

type By = "numbers" | "uids";

async function runCopy(session: Session, given: CopyArguments, client: Client, by: By): Promise<Reply> {
  const task = await taskOf(session, given, by);
  if (task === null) return noSuchNumber;
  if (!task.ok) return problemReplyOrCreate(task.problem);
  const copied = await copyAll(task.value, client);
  if (!copied.ok) return problemReplyOrCreate(copied.problem);
  return ok("Copied.", copyUid(task.value.to, copied.value));
}

async function runMove(session: Session, given: CopyArguments, client: Client, by: By): Promise<Reply> {
  if (session.view.isReadOnly) return readOnly;
  const task = await taskOf(session, given, by);
  if (task === null) return noSuchNumber;
  if (!task.ok) return problemReplyOrCreate(task.problem);
  const { moved, ended } = await moveAll(task.value, client);
  // Before the EXPUNGEs, so that the client knows where the messages went (RFC 6851 §4.3).
  const code = copyUid(task.value.to, moved);
  if (code !== null) client.tell(`OK [${code}] Moved.`);
  return ended.ok ? ok("Moved.") : problemReply(ended.problem);
}

/** Null where a message number is named that there is not. */
async function taskOf(
  session: Session,
  { set, mailbox }: CopyArguments,
  by: By,
): Promise<Outcome<CopyTask> | null> {
  const uids = session.view.pick(set, by);
  if (uids === null) return null;
  const to = await folderOf(session, mailbox);
  if (!to.ok) return to;
  const { store } = session.services;
  const from = session.view.folder;
  return { ok: true, value: { store, from, uids, to: to.value, passesOverGone: by === "uids" } };
}
