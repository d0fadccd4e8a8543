import type { Folder } from "#mailbox/folder";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { moveAll } from "../copying.ts";
import { folderOf, nameOf } from "../folder-of.ts";
import { mailbox, renameArguments } from "../grammar/folder.ts";
import { ok, problemReply, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";

const states = ["authenticated", "selected"] as const;

/** CREATE (RFC 3501 §6.3.3). Names above it need no folder: LIST shows them. */
export const create = command({
  name: "CREATE",
  states,
  parse: mailbox,
  run: async (session, wire) => {
    // A separator at the end announces names below, which need no announcement here.
    const created = await withName(session, wire.replace(/\/$/, ""), (id, name) =>
      session.services.store.createFolder(id, name, null),
    );
    return replyTo(created, "Created.");
  },
});

/** DELETE (RFC 3501 §6.3.4) */
export const remove = command({
  name: "DELETE",
  states,
  parse: mailbox,
  run: async (session, wire) => {
    const folder = await folderOf(session, wire);
    if (!folder.ok) return problemReply(await explainMissing(session, wire, folder));
    if (session.open?.view.folder === folder.value.id) session.unselect();
    return replyTo(await session.services.store.removeFolder(folder.value.id), "Deleted.");
  },
});

/** RENAME (RFC 3501 §6.3.5). The new name is subscribed where the old one is: else it would vanish from many lists. */
export const rename = command({
  name: "RENAME",
  states,
  parse: renameArguments,
  run: async (session, { from, to }, client) => {
    const renamed = await withName(session, to.replace(/\/$/, ""), async (id, name) => {
      const source = nameOf(from);
      if (!source.ok) return failed("not-found", "There is no such folder.");
      return source.value === "INBOX"
        ? moveInbox(session, id, name, client)
        : renameFolder(session, id, source.value, name);
    });
    return replyTo(renamed, "Renamed.");
  },
});

/** SUBSCRIBE (RFC 3501 §6.3.6): a folder that is there; the name stays subscribed when the folder goes. */
export const subscribe = command({
  name: "SUBSCRIBE",
  states,
  parse: mailbox,
  run: async (session, wire) => replyTo(await setSubscribed(session, wire, true), "Subscribed."),
});

/** UNSUBSCRIBE (RFC 3501 §6.3.7): of a folder that has gone, too. */
export const unsubscribe = command({
  name: "UNSUBSCRIBE",
  states,
  parse: mailbox,
  run: async (session, wire) => replyTo(await setSubscribed(session, wire, false), "Unsubscribed."),
});

async function setSubscribed(session: Session, wire: string, subscribed: boolean): Promise<Outcome<void>> {
  const mailbox = await session.whenReady();
  if (!mailbox.ok) return mailbox;
  const name = nameOf(wire);
  if (name.ok) return session.services.store.subscribe(mailbox.value, name.value, subscribed);
  return subscribed ? failed("not-found", "There is no such folder.") : done(undefined);
}

function replyTo(outcome: Outcome<unknown>, text: string): Reply {
  return outcome.ok ? ok(text) : problemReply(outcome.problem);
}

async function withName<T>(
  session: Session,
  wire: string,
  run: (mailbox: MailboxId, name: string) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const mailbox = await session.whenReady();
  if (!mailbox.ok) return mailbox;
  const name = nameOf(wire);
  return name.ok ? run(mailbox.value, name.value) : name;
}

/** A name without a folder may have others below it. */
async function explainMissing(
  session: Session,
  wire: string,
  missing: Extract<Outcome<Folder>, { ok: false }>,
): Promise<typeof missing.problem> {
  const mailbox = await session.whenReady();
  const name = nameOf(wire);
  if (!mailbox.ok || !name.ok) return missing.problem;
  const folders = await session.services.store.folders(mailbox.value);
  const hasBelow = folders.some((folder) => folder.name.startsWith(`${name.value}/`));
  return hasBelow
    ? failed("not-permitted", "There are folders below it: delete them first.").problem
    : missing.problem;
}

async function renameFolder(
  session: Session,
  mailbox: MailboxId,
  from: string,
  to: string,
): Promise<Outcome<void>> {
  const { store } = session.services;
  const folder = await store.folderNamed(mailbox, from);
  if (folder) return store.renameFolder(folder.id, to);
  const folders = await store.folders(mailbox);
  if (!folders.some(({ name }) => name.startsWith(`${from}/`)))
    return failed("not-found", "There is no such folder.");
  // A name that only has others below it becomes a folder for as long as it takes to rename them all at once.
  const made = await store.createFolder(mailbox, from, null);
  if (!made.ok) return made;
  const renamed = await store.renameFolder(made.value.id, to);
  await store.removeFolder(made.value.id);
  return renamed;
}

/** INBOX stays, and its messages go to a new folder (RFC 3501 §6.3.5). */
async function moveInbox(
  session: Session,
  mailbox: MailboxId,
  name: string,
  client: Client,
): Promise<Outcome<void>> {
  const { store } = session.services;
  const inbox = await store.inbox(mailbox);
  const snapshot = inbox && (await store.snapshot(inbox.id));
  if (!snapshot) return failed("temporary", "INBOX is not ready yet.");
  const to = await store.createFolder(mailbox, name, null);
  if (!to.ok) return to;
  if ((await store.subscriptions(mailbox)).includes("INBOX")) await store.subscribe(mailbox, name, true);
  const uids = [...snapshot.uids] as (typeof snapshot.folder.uidNext)[];
  const task = { store, from: snapshot.folder.id, uids, to: to.value, passesOverGone: true };
  return (await moveAll(task, client)).ended;
}
