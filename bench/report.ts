/** Where figures end up: on the terminal, and between two marks in docs/performance.md. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const document = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

/** A table as Markdown writes it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The machine, as the figures must name it. `load` is what `loadNow` gave before the measurement. */
export function machine(load: number): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const processors = `${cpus().length} × ${(first?.model ?? "unknown processor").trim()}`;
  const share = `${Math.round(load * 100)} % of the processors`;
  const busy = load > 0.1 ? `, busy with other work (${share} before it began)` : "";
  return `${processors}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}${busy}`;
}

/**
 * What other work takes of the processors, 0 to 1, seen over two seconds. The system's load average would tell of
 * the measurement before this one for minutes.
 */
export function loadNow(): number {
  const before = processorTimes();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** Milliseconds of all processors together since the machine started. */
function processorTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((one) => one.times);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    idle: sum(times.map((one) => one.idle)),
    all: sum(times.flatMap((one) => Object.values(one))),
  };
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
