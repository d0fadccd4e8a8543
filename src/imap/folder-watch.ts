import type { Changes } from "#mailbox/changes";
import type { FolderId, ModSeq } from "#mailbox/ids";

/** Hears that something happened in a folder, for whoever will look at it in good time. */
export class FolderWatch implements Disposable {
  readonly #subscription: Disposable;
  #announced: ModSeq | null = null;
  #wake: (() => void) | null = null;

  constructor(changes: Changes, folder: FolderId) {
    this.#subscription = changes.listen(folder, (_, modSeq) => {
      this.#announced = modSeq;
      this.#wake?.();
    });
  }

  /** The MODSEQ that the folder has reached; null when nothing happened since `taken`. */
  get announced(): ModSeq | null {
    return this.#announced;
  }

  /** The news up to a MODSEQ has been looked at. */
  taken(upTo: ModSeq): void {
    if (this.#announced !== null && this.#announced <= upTo) this.#announced = null;
  }

  /** Resolves when there is news, or when somebody calls `wake`. For one waiter at a time. */
  async arrives(): Promise<void> {
    if (this.#announced !== null) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }

  /** Ends the waiting without news. */
  wake(): void {
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
