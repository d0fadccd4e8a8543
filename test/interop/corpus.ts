import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CORPUS = fileURLToPath(new URL("../../../shared/corpus/messages", import.meta.url));

/** Every message of the shared corpus, in name order. Where it is absent: none and a word, a failure under CI=true. */
export function corpusMessages(): readonly Buffer[] {
  if (!isThere()) return [];
  const names = readdirSync(CORPUS, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".eml"),
  );
  return names.sort().map((name) => readFileSync(join(CORPUS, name)));
}

/** Messages of the corpus by their path in it; none where it is absent, as above. */
export function corpusMessagesNamed(...paths: readonly string[]): readonly Buffer[] {
  return isThere() ? paths.map((path) => readFileSync(join(CORPUS, path))) : [];
}

function isThere(): boolean {
  if (existsSync(CORPUS)) return true;
  if (process.env.CI === "true") throw new Error(`${CORPUS} is missing`);
  console.warn(`no corpus at ${CORPUS}: the test goes on without its messages`);
  return false;
}
