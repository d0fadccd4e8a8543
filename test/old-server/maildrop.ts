/** The mailboxes of the scripted old server: what both its POP3 and its SMTP side look at. */
import { createHash, randomBytes } from "node:crypto";

export interface OldMessage {
  readonly uidl: string;
  readonly octets: Uint8Array;
}

export interface OldMailbox {
  readonly name: string;
  /** Changes where somebody changes it on the old server. */
  password: string;
  /** In listing order; a test may add, replace and take away at any time. */
  readonly messages: OldMessage[];
}

/** All the people of an old server, by login name in lower case. */
export class OldMailboxes {
  readonly #byName = new Map<string, OldMailbox>();

  add(name: string, password: string): OldMailbox {
    const mailbox: OldMailbox = { name, password, messages: [] };
    this.#byName.set(name.toLowerCase(), mailbox);
    return mailbox;
  }

  /** Finds by login name; an address finds the mailbox of its local part where no mailbox has the address. */
  find(name: string): OldMailbox | undefined {
    const key = name.toLowerCase();
    return this.#byName.get(key) ?? this.#byName.get(key.replace(/@.*$/, ""));
  }

  get all(): readonly OldMailbox[] {
    return [...this.#byName.values()];
  }
}

/** Puts a message at the end of a mailbox, with a unique-id of its own unless one is given. */
export function put(mailbox: OldMailbox, octets: Uint8Array | string, uidl?: string): OldMessage {
  const message = {
    octets: typeof octets === "string" ? Buffer.from(octets, "latin1") : octets,
    uidl: uidl ?? randomBytes(12).toString("hex"),
  };
  mailbox.messages.push(message);
  return message;
}

/** SHA-256 in hex, for comparing mailboxes. */
export function hashOf(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}
