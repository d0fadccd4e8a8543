import { writeFileSync } from "node:fs";

/**
 * Keeps this process's memory out of core files: while a domain moves, old passwords pass through it. Linux writes
 * into a core file the kinds of memory that are named here (core(5)); none is, so that only registers are left. It
 * holds for whatever takes the core, a file or a program. Other systems have no such thing: there core files are to be
 * forbidden (docs/configuration.md).
 * @returns whether it is so now
 */
export function emptyCoreFiles(): boolean {
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
    return true;
  } catch {
    return false;
  }
}
