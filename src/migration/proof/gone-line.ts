import { type Leaf, leafLine, parseLeafLine } from "./leaf-line.ts";

/** A message that is not listed any more: since when, and the line that a listed one would have. It is in no hash. */
export function goneLine(gone: Leaf & { readonly since: number }): string {
  return `${new Date(gone.since).toISOString()} ${leafLine(gone)}`;
}

/** Reads what `goneLine` has written; null when it is no such line. */
export function parseGoneLine(line: string): (Leaf & { readonly since: number }) | null {
  const space = line.indexOf(" ");
  const since = Date.parse(line.slice(0, Math.max(space, 0)));
  const leaf = parseLeafLine(line.slice(space + 1));
  return leaf && !Number.isNaN(since) ? { ...leaf, since } : null;
}
