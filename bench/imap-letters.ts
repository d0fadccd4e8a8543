import type { ImapContestant } from "./imap-contestant.ts";
import { ImapReader } from "./imap-reader.ts";

/** A plain message of 1-3 KB; each has another subject. */
export function letter(n: number): string {
  const lines = Array.from(
    { length: 10 + (n % 40) },
    (_, line) => `Line ${line} of a message, as long as people write.`,
  );
  return [...headOf(n), "", ...lines, ""].join("\r\n");
}

/** One of 5 KB. */
export function longLetter(n: number): string {
  const head = [...headOf(n), ""].join("\r\n");
  const lines: string[] = [];
  for (let octets = head.length; octets < 5000; octets += 78)
    lines.push(`${lines.length} `.padEnd(76, "mail "));
  return [head, ...lines, ""].join("\r\n");
}

function headOf(n: number): string[] {
  return [
    "From: Office <office@example.net>",
    "To: Anna <anna@big-company.com>, Bob <bob@big-company.com>",
    `Subject: This is message number ${n}.`,
    `Date: ${new Date(1_700_000_000_000 + n * 60_000).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <large.${n}@example.net>`,
    `In-Reply-To: <large.${n - 1}@example.net>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
  ];
}

/**
 * Puts messages 1 to `count` into a folder that is there: many in one command where the server takes that
 * (MULTIAPPEND), else over many connections, in no particular order.
 */
export async function fill(
  server: ImapContestant,
  folder: string,
  count: number,
  make: (n: number) => string = letter,
): Promise<void> {
  using first = await ImapReader.connect(server.imap);
  const { text } = await first.command("CAPABILITY");
  const atOnce = text.includes("MULTIAPPEND") ? 500 : 1;
  const literal = (n: number): string => {
    const octets = make(n);
    return `{${octets.length}+}\r\n${octets}`;
  };
  let next = 1;
  const appending = async (): Promise<void> => {
    using one = await ImapReader.connect(server.imap);
    while (next <= count) {
      const from = next;
      next = Math.min(count + 1, from + atOnce);
      const letters = Array.from({ length: next - from }, (_, n) => literal(from + n));
      await one.command(`APPEND ${folder} ${letters.join(" ")}`);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce > 1 ? 1 : 40 }, appending));
  const rate = (count / (performance.now() - began)) * 1000;
  process.stderr.write(`  ${server.name}: ${count} messages put there, ${rate.toFixed(0)} a second\n`);
}
