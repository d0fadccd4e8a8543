import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory of our own under the system's temporary one; removed when disposed of. */
export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

/** Makes one. It is open to other users (0755): peers drop to users of their own. */
export async function makeScratch(name: string): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), `mailferry-interop-${name}-`));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
