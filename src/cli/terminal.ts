/** What commands print: aligned tables and figures for people, JSON for programs. */

/** Prints a line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a value as JSON. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

/** Rows under a heading, columns aligned; nothing is cut. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  return [heading, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const units = ["octets", "KB", "MB", "GB", "TB"];

/** 1536 → "1.5 KB" (1 KB is 1,024 octets). */
export function inOctets(octets: number): string {
  let value = octets;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A bar of a fixed width, "[#####.....] 50 %". */
export function bar(done: number, total: number, width = 24): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * width);
  return `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${Math.floor(share * 100)} %`;
}

/** Replaces the last line on a terminal; prints nothing elsewhere. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

/** All of standard input, its last line end taken off. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
