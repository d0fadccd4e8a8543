// The copy that a sync program keeps in Maildirs, and its user's hands in it: what another mail program on the same
// machine would do to the files. Flags are letters after ":2," in the name; a file that moves gets a new name,
// because sync programs put the UID into it.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withCrLf } from "./account.ts";
import { FOLDERS, type FolderName, type Held, type SyncProgram, subjectOf } from "./synced.ts";

const LETTERS: Readonly<Record<string, string>> = {
  D: "\\Draft",
  F: "\\Flagged",
  R: "\\Answered",
  S: "\\Seen",
  T: "\\Deleted",
};

interface File extends Held {
  readonly path: string;
}

/** A program that keeps `root`/INBOX and `root`/Archive in step when `sync` runs. */
export function maildirCopy(root: string, sync: () => Promise<void>): SyncProgram {
  const inInbox = async (subject: string): Promise<File> => {
    const found = (await files(root, "INBOX")).find(({ octets }) => subjectOf(octets) === subject);
    if (!found) throw new Error(`${root} has no "${subject}"`);
    return found;
  };
  return {
    sync,
    held: async () => ({ INBOX: await files(root, "INBOX"), Archive: await files(root, "Archive") }),
    remove: async (subject) => rm((await inInbox(subject)).path),
    moveToArchive: async (subject) => {
      const file = await inInbox(subject);
      await rename(file.path, join(root, "Archive", "cur", freshName(lettersOf(file.path))));
    },
    star: async (subject) => {
      const { path } = await inInbox(subject);
      const letters = [...new Set([...lettersOf(path), "F"])].sort().join("");
      const base = (path.split("/").at(-1) ?? "").replace(/:2,.*$/, "");
      await rename(path, join(root, "INBOX", "cur", `${base}:2,${letters}`));
    },
    write: (message) => writeFile(join(root, "INBOX", "cur", freshName("")), withLf(message)),
  };
}

/** Makes the Maildirs of both folders. */
export async function makeMaildirs(root: string): Promise<void> {
  for (const folder of FOLDERS)
    for (const part of ["cur", "new", "tmp"]) await mkdir(join(root, folder, part), { recursive: true });
}

async function files(root: string, folder: FolderName): Promise<File[]> {
  const found: File[] = [];
  for (const part of ["cur", "new"]) {
    const directory = join(root, folder, part);
    for (const name of (await readdir(directory)).sort()) {
      const path = join(directory, name);
      const flags = [...lettersOf(name)].flatMap((letter) => LETTERS[letter] ?? []);
      found.push({ path, flags, octets: withCrLf(await readFile(path)) });
    }
  }
  return found;
}

function lettersOf(name: string): string {
  return /:2,([A-Z]*)$/.exec(name)?.[1] ?? "";
}

function freshName(letters: string): string {
  return `${Math.floor(Date.now() / 1000)}.${randomBytes(8).toString("hex")}.desk:2,${letters}`;
}

function withLf(message: Buffer): Buffer {
  return Buffer.from(message.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}
