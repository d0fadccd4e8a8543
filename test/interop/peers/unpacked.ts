import { existsSync } from "node:fs";
import { join } from "node:path";

/** Path of a file of a peer that install.sh unpacked beside the system. Throws where it is not. */
export function unpackedPeer(name: string, file: string): string {
  const path = join(process.env.MAILFERRY_INTEROP_PEERS ?? "/var/lib/mailferry-interop", name, file);
  if (!existsSync(path)) throw new Error(`${path} is missing: run test/interop/install.sh`);
  return path;
}
