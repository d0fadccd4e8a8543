/**
 * Sealing keys as files, one a key, in a directory that only the server's user can enter. They rely on the
 * file system alone, and promise that a key is whole and durable before anyone is given it, and that a
 * destroyed one does not come back after a crash.
 */
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SealingKeys } from "#migration/admission/sealing-keys";
import { syncDirectory } from "./content/directory.ts";

const keyOctets = 32;
const validName = /^[a-z0-9][a-z0-9._-]{0,99}$/;
/** No valid name begins with a dot, so no key is ever taken for one that is still being written. */
const unfinishedPrefix = ".new-";

/** Opens the keys in `directory` (DATA/keys), which is created, or closed to others, as needed. */
export async function openSealingKeys(directory: string): Promise<SealingKeys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  await syncDirectory(dirname(directory));
  for (const name of await readdir(directory)) {
    // Never overwritten: after a crash it may be a second name of a finished key.
    if (name.startsWith(unfinishedPrefix)) await unlink(join(directory, name));
  }
  return {
    create: async (name) => createKey(directory, checked(name)),
    get: async (name) => readKey(join(directory, checked(name))),
    destroy: async (name) => {
      await overwriteAndUnlink(join(directory, checked(name)));
      await syncDirectory(directory);
    },
  };
}

/** Written under another name first: the key's own name never shows half a key, and a link replaces nothing. */
async function createKey(directory: string, name: string): Promise<Uint8Array> {
  const key = new Uint8Array(randomBytes(keyOctets));
  const unfinished = join(directory, unfinishedPrefix + randomBytes(8).toString("hex"));
  try {
    await using file = await open(unfinished, "wx", 0o600);
    await file.chmod(0o600);
    await file.writeFile(key);
    await file.sync();
    await link(unfinished, join(directory, name));
  } finally {
    // Not overwritten: it is the same file as the key now.
    await unlink(unfinished).catch(ignoreMissing);
  }
  await syncDirectory(directory);
  return key;
}

async function readKey(path: string): Promise<Uint8Array | null> {
  const file = await open(path, "r").catch(ignoreMissing);
  if (!file) return null;
  await using opened = file;
  const key = new Uint8Array(keyOctets + 1);
  const { bytesRead } = await opened.read(key, 0, keyOctets + 1, 0);
  if (bytesRead !== keyOctets)
    throw new Error(`The key file ${path} is damaged: it does not hold 32 octets.`);
  return key.slice(0, keyOctets);
}

/**
 * The overwriting is for plain disks and file systems; one that copies on write may keep the old octets a
 * while, which nothing here can prevent.
 */
async function overwriteAndUnlink(path: string): Promise<void> {
  const file = await open(path, "r+").catch(ignoreMissing);
  if (!file) return;
  {
    await using opened = file;
    const { size } = await opened.stat();
    await opened.write(randomBytes(Math.max(size, keyOctets)), 0, null, 0);
    await opened.sync();
  }
  await unlink(path).catch(ignoreMissing);
}

function checked(name: string): string {
  if (!validName.test(name)) throw new RangeError(`"${name}" cannot name a key.`);
  return name;
}

function ignoreMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
