import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { removeLeftUsers } from "./peers/system-user.ts";
import { removeLeftScratch } from "./scratch.ts";

/**
 * Installs the real peers before any test runs, and removes what killed runs have left. A missing peer fails the
 * whole run: nothing is skipped.
 */
export async function setup(): Promise<void> {
  const script = fileURLToPath(new URL("install.sh", import.meta.url));
  const done = spawnSync("sh", [script], { stdio: ["ignore", "inherit", "inherit"] });
  if (done.status !== 0) throw new Error(`${script} failed: the real peers are not all installed`);
  await removeLeftUsers();
  await removeLeftScratch();
}
