/**
 * An old server in this very process, behind the port: what a test makes of its maildrops is what is listed,
 * and hooks decide what goes wrong. It pipelines as a session does: so many octets are asked for ahead.
 */
import type {
  Credentials,
  FetchRequest,
  FetchTrouble,
  ListedMessage,
  Listing,
  OldServer,
  OldServerAddress,
  OldServerSession,
  Verdict,
} from "#migration/old-server/old-server";
import { OldServerTrouble } from "#migration/old-server/old-server";
import { ListingPacker } from "#migration/old-server/packed-listing";
import type { OldMailbox, OldMailboxes, OldMessage } from "./maildrop.ts";

/** What happens to one message that is asked for. A promise holds it back. */
export type Fate = "given" | "refused" | "empty" | "cut" | "drop" | Promise<void>;

export class FakeOldServer implements OldServer {
  readonly mailboxes: OldMailboxes;
  /** One session per maildrop, as mbox servers do. */
  exclusive = true;
  /** Octets asked for ahead, beyond the message under way. */
  pipeline = 256 * 1024;
  /** Milliseconds to state between logins. */
  loginDelay: number | undefined;
  /** No unique-ids at all. */
  withoutUidl = false;
  /** An answer to a login before the password is even looked at. */
  beforeLogin: (credentials: Credentials) => Promise<Verdict | null> = async () => null;
  beforeListing: () => Promise<void> = async () => undefined;
  fateOf: (message: OldMessage, number: number) => Fate = () => "given";

  readonly logins: string[] = [];
  badLogins = 0;
  /** Messages given in full, by unique-id, in order. */
  readonly retrieved: string[] = [];
  open = 0;
  mostOpen = 0;
  readonly #locked = new Set<OldMailbox>();

  constructor(mailboxes: OldMailboxes) {
    this.mailboxes = mailboxes;
  }

  async login(_server: OldServerAddress, credentials: Credentials, signal: AbortSignal): Promise<Verdict> {
    await Promise.resolve();
    const early = await this.beforeLogin(credentials);
    if (early) return early;
    if (signal.aborted) return { verdict: "cannot-tell", trouble: "timeout", reason: "it took too long" };
    const name = credentials.loginName ?? credentials.address;
    const mailbox = this.mailboxes.find(name);
    const password = Buffer.from(credentials.password).toString();
    if (!mailbox || password !== mailbox.password) {
      this.badLogins++;
      return { verdict: "bad", reply: "wrong name or password" };
    }
    if (this.exclusive && this.#locked.has(mailbox)) {
      return { verdict: "cannot-tell", trouble: "locked", reason: "the maildrop is locked" };
    }
    this.#locked.add(mailbox);
    this.logins.push(name);
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    const session = new FakeSession(this, mailbox, name, () => {
      this.open--;
      this.#locked.delete(mailbox);
    });
    return { verdict: "good", session };
  }
}

class FakeSession implements OldServerSession {
  readonly loginName: string;
  readonly stat: { readonly messages: number; readonly octets: number };
  readonly loginDelay?: number;
  isOpen = true;
  readonly #server: FakeOldServer;
  readonly #snapshot: readonly OldMessage[];
  readonly #closed: () => void;
  readonly #gone = Promise.withResolvers<void>();

  constructor(server: FakeOldServer, mailbox: OldMailbox, name: string, closed: () => void) {
    this.#server = server;
    this.loginName = name;
    this.#snapshot = [...mailbox.messages];
    this.#closed = closed;
    const octets = this.#snapshot.reduce((sum, message) => sum + message.octets.length, 0);
    this.stat = { messages: this.#snapshot.length, octets };
    if (server.loginDelay !== undefined) this.loginDelay = server.loginDelay;
  }

  async list(): Promise<Listing> {
    await Promise.race([this.#server.beforeListing(), this.#gone.promise]);
    if (!this.isOpen) throw new OldServerTrouble("dropped", "the connection broke");
    const packer = new ListingPacker();
    for (const [index, { uidl, octets }] of this.#snapshot.entries()) {
      packer.addSize(index + 1, octets.length);
      packer.addUidl(index + 1, this.#server.withoutUidl ? null : uidl);
    }
    return packer.pack(true);
  }

  async fetch(request: FetchRequest): Promise<void> {
    const asked: ListedMessage[] = [];
    const queue = [...request.messages];
    let ahead = 0;
    const askMore = (): void => {
      while (queue.length > 0 && (asked.length === 0 || ahead < this.#server.pipeline)) {
        if (!request.mayGoOn()) {
          queue.length = 0;
          return;
        }
        const next = queue.shift();
        if (!next) return;
        asked.push(next);
        ahead += next.size ?? 0;
      }
    };
    askMore();
    for (let message = asked[0]; message; message = asked[0]) {
      const trouble = await this.#give(message, request);
      if (trouble?.scope === "connection") {
        for (const lost of asked) await request.end(lost, trouble);
        return;
      }
      asked.shift();
      ahead -= message.size ?? 0;
      askMore();
      await request.end(message, trouble);
    }
  }

  abandon(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#gone.resolve();
    this.#closed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    this.abandon();
  }

  async #give(listed: ListedMessage, request: FetchRequest): Promise<FetchTrouble | null> {
    const broken: FetchTrouble = { scope: "connection", trouble: "dropped", reason: "the connection broke" };
    const message = this.#snapshot[listed.number - 1];
    if (!this.isOpen || !message) return broken;
    const fate = this.#server.fateOf(message, listed.number);
    if (fate instanceof Promise) await Promise.race([fate, this.#gone.promise]);
    if (!this.isOpen) return broken;
    if (fate === "refused") return { scope: "message", trouble: "refused", reason: "RETR: not today" };
    const sink = request.begin(listed);
    const whole = fate === "empty" ? new Uint8Array(0) : message.octets;
    const part = fate === "cut" ? Math.floor(whole.length / 2) : whole.length;
    for (let at = 0; at < part; at += 1000) await sink.write(whole.subarray(at, Math.min(at + 1000, part)));
    if (fate === "cut" || fate === "drop") {
      this.abandon();
      return broken;
    }
    this.#server.retrieved.push(message.uidl);
    return null;
  }
}
