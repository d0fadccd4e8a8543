/**
 * Content on its way in. It is staged first (in memory while small, in a synced file once large), and
 * becomes part of a mailbox or of the queue by a commit that takes it over. What no commit took is
 * removed when the staged content is disposed of.
 */
import type { MessageFacts } from "#mail/facts";

/** The octets that wait for their commit. A file is synced; whoever takes it over gives it a lasting name. */
export type StagedBody =
  | { readonly kind: "inline"; readonly octets: Uint8Array }
  | { readonly kind: "file"; readonly path: string };

/** A whole message, digested and ready to be committed, any number of times (each taker gets a link). */
export interface StagedContent extends AsyncDisposable {
  readonly facts: MessageFacts;
  readonly body: StagedBody;
}

/** Takes the octets of one message as they arrive. */
export interface ContentWriter extends AsyncDisposable {
  /** Octets taken so far. */
  readonly size: number;
  /** Takes a chunk; resolves when more may come. The chunk is copied or written before it resolves. */
  write(chunk: Uint8Array): Promise<void>;
  /** The message is whole: resolves once a large one is durable on disk. Throws StoreUnavailable. */
  finish(): Promise<StagedContent>;
}

/** Where content is staged. Disposing of a writer that did not finish removes what it wrote. */
export interface ContentStage {
  begin(): ContentWriter;
}

/** Raised when the store cannot take or give anything now (disk full, closed): answer "try later". */
export class StoreUnavailable extends Error {
  constructor(text: string, options?: ErrorOptions) {
    super(text, options);
    this.name = "StoreUnavailable";
  }
}
