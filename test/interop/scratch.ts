import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory of our own under the system's temporary one; removed when disposed of. */
export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

const PREFIX = "mailferry-interop-";

/** Makes one. It is open to other users (0755): peers drop to users of their own. Its name tells whose it is. */
export async function makeScratch(name: string): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-${name}-`));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Removes what runs that were killed have left behind. */
export async function removeLeftScratch(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? /^\d+/.exec(name.slice(PREFIX.length)) : null;
    if (owner && !isRunning(Number(owner[0]))) {
      await rm(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** Whether a process of that number runs. */
export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
