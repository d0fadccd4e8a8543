/**
 * The news from the store: "folder F reached modseq M", told after the commit. Listeners only note it;
 * a session reads what changed when its protocol lets it tell. No message data travels here.
 */
import type { FolderId, ModSeq } from "./ids.ts";

export type ChangeListener = (folder: FolderId, modSeq: ModSeq) => void;

export class Changes {
  readonly #listeners = new Map<FolderId, Set<ChangeListener>>();

  /** Hears of a folder until the returned subscription is disposed of. */
  listen(folder: FolderId, listener: ChangeListener): Disposable {
    const listeners = this.#listeners.get(folder) ?? new Set();
    this.#listeners.set(folder, listeners);
    listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(folder);
      },
    };
  }

  /** Called by the store's engine once a commit is durable. */
  announce(folder: FolderId, modSeq: ModSeq): void {
    for (const listener of this.#listeners.get(folder) ?? []) listener(folder, modSeq);
  }
}
