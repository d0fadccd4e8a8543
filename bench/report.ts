/** Where figures end up: on the terminal, and between two marks in docs/performance.md. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const document = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

/** A table as Markdown writes it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The machine, as the figures must name it. `load` is that of the minute before the measurement. */
export function machine(load: number): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const processors = `${cpus().length} × ${(first?.model ?? "unknown processor").trim()}`;
  const busy = load > 0.5 ? `, busy with other work (load ${load.toFixed(1)} before it began)` : "";
  return `${processors}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}${busy}`;
}

/** Load of the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/**
 * Prints the text and, with `--write`, puts it between `<!-- NAME -->` and `<!-- /NAME -->`. Without it nothing is
 * changed: trying the harness leaves no figures.
 */
export async function publish(name: string, text: string): Promise<void> {
  process.stdout.write(`\n${text}\n`);
  if (!process.argv.includes("--write")) return;
  const before = await readFile(document, "utf8");
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [before.indexOf(open), before.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`docs/performance.md has no place for ${name}`);
  await writeFile(document, `${before.slice(0, start + open.length)}\n${text}\n${before.slice(end)}`);
}
