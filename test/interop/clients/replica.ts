// The copy that a program keeps which only speaks IMAP for others (curl and the libraries): by UID, as RFC 4549
// describes for disconnected use. Deeds wait until there is a connection; then the folders are looked at, what is
// gone is forgotten, and each new UID is fetched once.
import type { Account } from "./account.ts";
import type { Deed, ImapVerbs } from "./imap-verbs.ts";
import { FOLDERS, type FolderName, type Held, type SyncProgram, subjectOf } from "./synced.ts";

/** Such a program; `fetched` counts downloads of whole messages. */
export interface Replica extends SyncProgram {
  readonly fetched: () => number;
}

/** One that has never connected. */
export function replica(verbs: ImapVerbs, account: Account): Replica {
  const copy: Record<FolderName, Map<number, Held>> = { INBOX: new Map(), Archive: new Map() };
  let waiting: Deed[] = [];
  let fetched = 0;

  const uidOf = (subject: string): number => {
    for (const [uid, { octets }] of copy.INBOX) if (subjectOf(octets) === subject) return uid;
    throw new Error(`the copy has no "${subject}"`);
  };
  const lists = async () => {
    const outcomes = await verbs(
      account,
      FOLDERS.map((folder) => ({ do: "list", folder })),
    );
    return FOLDERS.map((folder, index) => ({ folder, rows: outcomes[index]?.rows ?? [] }));
  };
  const fetchNew = async (deeds: readonly Extract<Deed, { do: "fetch" }>[]) => {
    if (deeds.length === 0) return;
    const outcomes = await verbs(account, deeds);
    for (const [index, { folder, uid }] of deeds.entries()) {
      fetched += 1;
      copy[folder as FolderName].set(uid, { octets: outcomes[index]?.octets ?? Buffer.alloc(0), flags: [] });
    }
  };
  return {
    fetched: () => fetched,
    sync: async () => {
      if (waiting.length > 0) await verbs(account, waiting);
      waiting = [];
      const before = await lists();
      await fetchNew(
        before.flatMap(({ folder, rows }) =>
          rows
            .filter(({ uid }) => !copy[folder].has(uid))
            .map(({ uid }) => ({ do: "fetch", folder, uid }) as const),
        ),
      );
      for (const { folder, rows } of await lists()) {
        const held = copy[folder];
        copy[folder] = new Map(
          rows.flatMap(({ uid, flags }) => {
            const message = held.get(uid);
            return message ? [[uid, { ...message, flags }]] : [];
          }),
        );
      }
    },
    held: async () => ({ INBOX: [...copy.INBOX.values()], Archive: [...copy.Archive.values()] }),
    remove: async (subject) => void waiting.push({ do: "delete", folder: "INBOX", uid: uidOf(subject) }),
    moveToArchive: async (subject) =>
      void waiting.push({ do: "move", folder: "INBOX", uid: uidOf(subject), to: "Archive" }),
    star: async (subject) =>
      void waiting.push({ do: "flag", folder: "INBOX", uid: uidOf(subject), flag: "\\Flagged" }),
    write: async (octets) => void waiting.push({ do: "append", folder: "INBOX", octets }),
  };
}
