/**
 * The first login to a maildrop of 100,000 messages, and its listing: the server's memory stays below 300 MB. Here it
 * runs from its sources, which takes 50 MB more than the built program: each thread takes the types off by itself.
 */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Company } from "./company.ts";

const messages = 100_000;

/** Peak resident memory of a process in MB, as Linux counts it; measured there only. */
function peakMemory(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

/** Where the listing takes longer than a program waits, it is there for a later session. */
async function firstListing(company: Company): Promise<readonly { readonly uidl: string }[]> {
  for (;;) {
    await using program = await company.login("anna", "secret");
    const listed = await program.list().catch(() => null);
    if (listed) return listed;
    await wait(200);
  }
}

test.runIf(process.platform === "linux")(
  "100,000 messages are listed within 350 MB",
  async () => {
    await using company = await Company.start();
    const anna = company.mailboxes.add("anna", "secret");
    const uidlOf = (n: number): string => `${n}.${"x".repeat(40)}`;
    const octets = Buffer.from(letter("anna", "one of very many"));
    for (let n = 1; n <= messages; n++) put(anna, octets, uidlOf(n));
    const listed = await firstListing(company);
    // The welcome comes after them.
    expect(listed).toHaveLength(messages + 1);
    for (const n of [1, 2, messages / 2, messages]) expect(listed[n - 1]?.uidl).toBe(uidlOf(n));
    expect(peakMemory(company.pid)).toBeLessThan(350);
  },
  60_000,
);
