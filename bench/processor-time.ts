import { readFile } from "node:fs/promises";

/** Seconds of processor that a process has used with all its threads: user and system. Linux counts hundredths. */
export async function processorSeconds(pid: number): Promise<readonly [user: number, system: number]> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1");
  // The name may hold anything, and ends with the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [Number(fields[11]) / 100, Number(fields[12]) / 100];
}

/** Says on the terminal what was used between two readings: less than seconds it depends on what else runs. */
export function tellProcessor(before: readonly [number, number], after: readonly [number, number]): void {
  const [user, system] = [after[0] - before[0], after[1] - before[1]];
  process.stderr.write(`    processor: ${user.toFixed(2)} s and ${system.toFixed(2)} s in the system\n`);
}
