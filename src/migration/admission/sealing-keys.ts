/**
 * The port to the keys that seal old passwords, kept apart from the database so that no backup of it opens
 * them. The same place keeps this server's own keys (its loop mark, its instance id), which are never destroyed.
 */
export interface SealingKeys {
  /**
   * Makes a key of 32 random octets; it is durable when this resolves. A key is never replaced: throws when
   * there is one of this name.
   * @param name lower-case letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 100
   */
  create(name: string): Promise<Uint8Array>;
  /** The key of this name; null when there is none, or no longer. */
  get(name: string): Promise<Uint8Array | null>;
  /** Ends a key, and with it everything it sealed, for good. Nothing happens when there is none. */
  destroy(name: string): Promise<void>;
}
