import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Installs the real peers before any test runs. A missing peer fails the whole run: nothing is skipped. */
export function setup(): void {
  const script = fileURLToPath(new URL("install.sh", import.meta.url));
  const done = spawnSync("sh", [script], { stdio: ["ignore", "inherit", "inherit"] });
  if (done.status !== 0) throw new Error(`${script} failed: the real peers are not all installed`);
}
