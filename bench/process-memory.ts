import { readdir, readFile } from "node:fs/promises";

/** Proportional memory of a process and its children, in octets: what processes share counts once. */
export async function sharedOut(master: number): Promise<number> {
  let octets = 0;
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/status`, "latin1").catch(() => "");
    if (Number(entry) !== master && Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== master) continue;
    const rollup = await readFile(`/proc/${entry}/smaps_rollup`, "latin1").catch(() => "");
    octets += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  }
  return octets;
}
