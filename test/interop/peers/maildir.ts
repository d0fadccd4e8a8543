// Old mail put straight into a Maildir, as a delivery agent would: written to tmp/, renamed into new/.
import { chown, mkdir, readdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Owner of a Maildir's files. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

let deliveries = 0;

/** Makes an empty Maildir at `path`. */
export async function makeMaildir(path: string, owner: Owner): Promise<void> {
  for (const part of ["", "tmp", "new", "cur"]) {
    await mkdir(join(path, part), { recursive: true, mode: 0o700 });
    await chown(join(path, part), owner.uid, owner.gid);
  }
}

/** Adds messages in order. Maildir keeps no order but the names': the counter in them makes it the given one. */
export async function placeInMaildir(path: string, messages: readonly Buffer[], owner: Owner): Promise<void> {
  for (const message of messages) {
    deliveries += 1;
    // Seconds a while ago, rising by one a message: servers sort by this number first.
    const name = `${1_600_000_000 + deliveries}.M${String(deliveries).padStart(6, "0")}P1.old`;
    await writeFile(join(path, "tmp", name), withLineFeeds(message), { mode: 0o600 });
    await chown(join(path, "tmp", name), owner.uid, owner.gid);
    await rename(join(path, "tmp", name), join(path, "new", name));
  }
}

/** Removes every message whose octets contain `needle`; returns how many. */
export async function removeFromMaildir(path: string, needle: string): Promise<number> {
  let removed = 0;
  for (const part of ["new", "cur"]) {
    for (const name of await readdir(join(path, part))) {
      const file = join(path, part, name);
      if (!(await readFile(file)).includes(needle)) continue;
      await unlink(file);
      removed += 1;
    }
  }
  return removed;
}

/** Unix delivery agents store LF; everything else (bare CR, NUL, 8-bit) stays as it is. */
export function withLineFeeds(message: Buffer): Buffer {
  return Buffer.from(message.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}
