// People who are users of this machine, for old servers that know no others. Their names begin with `mfold` and the
// number of the process that made them, so that nobody real is ever touched, nor anybody of another run. They are
// removed when the peer is disposed of.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { must, run } from "../program.ts";
import { isRunning } from "../scratch.ts";
import type { Owner } from "./maildir.ts";

/** Where Debian keeps people's mbox files. */
export const SPOOL = "/var/mail";

const MARK = "mfold";

/** How the name of every such user of this process begins. */
export const USER_PREFIX = `${MARK}${process.pid}`;

/** Makes a user with a password and no home. */
export async function addSystemUser(name: string, password: string): Promise<Owner> {
  if (!new RegExp(`^${USER_PREFIX}[a-z0-9]{1,20}$`).test(name))
    throw new Error(`not a name of ours: ${name}`);
  await removeSystemUser(name);
  await must([
    "useradd",
    "--no-create-home",
    "--home-dir",
    "/nonexistent",
    "--shell",
    "/usr/sbin/nologin",
    name,
  ]);
  await must(["chpasswd"], { input: `${name}:${password}\n` });
  // Mail of system users belongs to them and the group mail, which alone may put lock files into the spool.
  return { uid: Number(await must(["id", "-u", name])), gid: Number(await must(["id", "-g", "mail"])) };
}

/** Removes the users of runs that were killed. */
export async function removeLeftUsers(): Promise<void> {
  const users = await readFile("/etc/passwd", "utf8");
  for (const [, name = "", owner] of users.matchAll(/^(mfold(\d+)[a-z0-9]*):/gm)) {
    if (!isRunning(Number(owner))) await removeSystemUser(name);
  }
}

/** Removes the user and its mbox; no user of that name is fine. */
export async function removeSystemUser(name: string): Promise<void> {
  if (!name.startsWith(MARK)) throw new Error(`not a name of ours: ${name}`);
  const known = await run(["id", "-u", name]);
  if (known.exitCode === 0) await must(["userdel", name]);
  await rm(join(SPOOL, name), { force: true });
}
