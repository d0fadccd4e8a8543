import type { Folder } from "#mailbox/folder";
import { folderName } from "#mailbox/folder-name";
import { done, failed, type Outcome } from "#mailbox/problem";
import { decodeName } from "./modified-utf7.ts";
import type { Session } from "./session.ts";

/** The name that a client means, spelled as the store spells it: `invalid` if no folder can have it. */
export function nameOf(wire: string): Outcome<string> {
  const name = decodeName(wire);
  const spelled = name === null ? null : folderName(name);
  return spelled === null ? failed("invalid", "No folder can have this name.") : done(spelled);
}

/** The folder that a client means by a name as it came over the wire. */
export async function folderOf(session: Session, wire: string): Promise<Outcome<Folder>> {
  const mailbox = await session.whenReady();
  if (!mailbox.ok) return mailbox;
  const name = nameOf(wire);
  const folder = name.ok ? await session.services.store.folderNamed(mailbox.value, name.value) : null;
  return folder ? done(folder) : failed("not-found", "There is no such folder.");
}
