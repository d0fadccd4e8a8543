import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Person } from "../peers/old-company.ts";

/** Which files under `data` hold somebody's password as it is: "FILE: ADDRESS". There must never be one. */
export async function passwordsFound(data: string, people: readonly Person[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const octets = await readFile(join(entry.parentPath, entry.name));
    for (const { address, password } of people) {
      if (octets.includes(password)) found.push(`${entry.name}: ${address}`);
    }
  }
  return found;
}
