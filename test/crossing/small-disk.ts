/** A file system of its own that is soon full: a tmpfs, which only root can mount. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class SmallDisk implements Disposable {
  readonly path: string;

  /** @param megabytes its size */
  constructor(megabytes: number) {
    this.path = mkdtempSync(join(tmpdir(), "mailferry-disk-"));
    run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0755`, "mailferry-test", this.path]);
  }

  /** Octets that can be written. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Takes all room but so many octets away. */
  fill(left: number): void {
    const ballast = openSync(join(this.path, "ballast"), "a");
    const octets = Buffer.alloc(4096);
    while (this.free > left) writeSync(ballast, octets);
    closeSync(ballast);
  }

  /** Gives the room back that `fill` took. */
  clear(): void {
    rmSync(join(this.path, "ballast"), { force: true });
  }

  [Symbol.dispose](): void {
    run("umount", ["--lazy", this.path]);
    rmSync(this.path, { recursive: true });
  }
}

/** Why no small disk can be had here; null when one can. In CI it must be had: a test is not left out there. */
export function noSmallDisk(): string | null {
  if (process.env.CI === "true") return null;
  if (process.platform !== "linux") return "only Linux has tmpfs";
  return process.getuid?.() === 0 ? null : "only root can mount a small file system";
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
