import type { StagedContent } from "#mailbox/content";
import type { ContentFiles } from "../content/files.ts";
import type { KeptMessage } from "./delivery-rows.ts";
import { OutcomeUnknown } from "./failure.ts";
import { isRefusal } from "./refusal.ts";

/** Makes octets ready for rows that will name them. */
export interface Keeper {
  /** Buffers that may be handed over to the writer. */
  readonly transfer: ArrayBuffer[];
  /** Staged content, once for each owner, so that each can go on its own. */
  keep(content: StagedContent, owners: number): Promise<readonly KeptMessage[]>;
  /** Octets as they are, many in one buffer; the caller's stay its own. */
  take(contents: readonly Uint8Array[]): readonly Uint8Array[];
  /** Staged files, each for one owner, with one sync. */
  adopt(paths: readonly string[]): Promise<readonly string[]>;
  /** Large octets in a content file each. */
  write(contents: readonly Uint8Array[]): Promise<readonly string[]>;
  /** One more name of a content file. */
  copy(name: string): Promise<string>;
}

/**
 * One write that names content files. The names that were made for it go again when it fails or is refused;
 * when nobody knows whether it was committed they stay, and the next start collects them if no row has them.
 */
export async function keeping<T>(files: ContentFiles, write: (keeper: Keeper) => Promise<T>): Promise<T> {
  const made: string[] = [];
  try {
    const result = await write(keeperOf(files, made));
    if (isRefusal(result)) await files.remove(made);
    return result;
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) await files.remove(made);
    throw error;
  }
}

function keeperOf(files: ContentFiles, made: string[]): Keeper {
  const note = (names: readonly string[]) => {
    made.push(...names);
    return names;
  };
  const keeper: Keeper = {
    transfer: [],
    async keep({ facts, body }, owners) {
      if (owners === 0) return [];
      if (body.kind === "inline") {
        const [octets = body.octets] = keeper.take([body.octets]);
        return Array.from({ length: owners }, () => ({ facts, body: { kind: "inline", octets } }));
      }
      const names = note(await files.adopt(body.path, owners));
      return names.map((name) => ({ facts, body: { kind: "file", name } }));
    },
    take(contents) {
      const all = new Uint8Array(contents.reduce((sum, { length }) => sum + length, 0));
      let end = 0;
      const own = contents.map((octets) => {
        all.set(octets, end);
        end += octets.length;
        return all.subarray(end - octets.length, end);
      });
      keeper.transfer.push(all.buffer);
      return own;
    },
    adopt: async (paths) => note(await files.adoptEach(paths)),
    write: async (contents) => note(await files.write(contents)),
    async copy(name) {
      const copy = await files.copy(name);
      note([copy]);
      return copy;
    },
  };
  return keeper;
}
