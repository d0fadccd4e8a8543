/**
 * The other side of the dialogue as commands see it: where responses go, and what it is asked for while a
 * command runs. Text is octets as code points 0-255 (latin1).
 */
export interface Client {
  /** Adds one untagged response, without its `* ` and its line end. It may hold literals. */
  tell(response: string): void;
  /** Adds a piece of a response that comes in pieces, as it is. */
  add(piece: string | Uint8Array): void;
  /**
   * To be awaited between one piece of work and the next: the other side takes what is waiting for it when that
   * is much, and other sessions have their turn.
   */
  breathe(): Promise<void>;
  /** Sends what is waiting. */
  flush(): Promise<void>;
  /** Waits for something that takes long, between responses: now and then the other side hears that it goes on. */
  patiently<T>(work: Promise<T>): Promise<T>;
  /** Whether the other side has said something already that nobody has read. */
  readonly hasSaidMore: boolean;
  /** Asks with a continuation request (RFC 3501 §7.5) and gives the line that comes, without its line end. */
  ask(prompt: string): Promise<Uint8Array>;
}
