/** How the first administrator comes to be: by a link that the server prints while there is nobody yet. */
import { isSame } from "./secret.ts";

/** The secret of a link that is good once, as long as this process lives. */
export class SetUpLink {
  #secret: string | null;

  /** @param secret null: there is an administrator already */
  constructor(secret: string | null) {
    this.#secret = secret;
  }

  /** Null once it is used up. */
  get secret(): string | null {
    return this.#secret;
  }

  /** Whether it is the secret; it is used up then, so of two at once one is first. */
  use(secret: string): boolean {
    if (this.#secret === null || !isSame(secret, this.#secret)) return false;
    this.#secret = null;
    return true;
  }

  /** What it was used for did not come about: it is good again. */
  restore(secret: string): void {
    this.#secret = secret;
  }
}
