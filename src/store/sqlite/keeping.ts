import type { StagedContent } from "#mailbox/content";
import type { ContentFiles } from "../content/files.ts";
import type { KeptMessage } from "./delivery-rows.ts";
import { OutcomeUnknown } from "./failure.ts";

/** Makes names of large content durable for owners-to-be. */
export interface Keeper {
  /** Staged content, once for each owner. */
  keep(content: StagedContent, owners: number): Promise<readonly KeptMessage[]>;
  /** One more name of a content file. */
  copy(name: string): Promise<string>;
}

/**
 * One write that names content files. The names that it makes go again when the write fails or is refused;
 * when nobody knows whether it was committed they stay, and the next start collects them if no row has them.
 */
export async function keeping<T>(files: ContentFiles, write: (keeper: Keeper) => Promise<T>): Promise<T> {
  const made: string[] = [];
  const keeper: Keeper = {
    async keep({ facts, body }, owners) {
      if (owners === 0) return [];
      if (body.kind === "inline") return Array.from({ length: owners }, () => ({ facts, body }));
      const names = await files.adopt(body.path, owners);
      made.push(...names);
      return names.map((name) => ({ facts, body: { kind: "file", name } }));
    },
    async copy(name) {
      const copy = await files.copy(name);
      made.push(copy);
      return copy;
    },
  };
  try {
    const result = await write(keeper);
    if (isRefusal(result)) await files.remove(made);
    return result;
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) await files.remove(made);
    throw error;
  }
}

function isRefusal(result: unknown): boolean {
  return typeof result === "object" && result !== null && "ok" in result && result.ok === false;
}
