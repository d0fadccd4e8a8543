/**
 * An IMAP session (RFC 3501 and what CAPABILITY lists): a state machine that performs commands and answers them.
 * It knows no socket. It relies on `login` for who somebody is and on `mailbox` for folders and messages, and
 * promises: message numbers mean what was told last, EXPUNGE is told only where it may be, a listing is whole or
 * not given at all, nothing provisional is told of remote content, and OK to a change means that it is durable.
 */
import type { Account, Login } from "#login/login";
import type { Changes } from "#mailbox/changes";
import type { ContentStage } from "#mailbox/content";
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { FolderSnapshot, MailStore } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";
import type { Client } from "./client.ts";
import type { Offer } from "./command.ts";
import type { FolderWatch } from "./folder-watch.ts";
import { tellNews } from "./news.ts";
import { bad, no, ok, type Reply } from "./reply.ts";
import type { Request } from "./request.ts";
import { Selected } from "./selected.ts";

export type State = "not authenticated" | "authenticated" | "selected";

/** What a session needs of the floor below. */
export interface SessionServices {
  readonly login: Login;
  readonly store: MailStore;
  readonly remote: RemoteContent;
  readonly stage: ContentStage;
  readonly changes: Changes;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Told of a login mechanism that a program insists on and that is not offered. */
  readonly notOffered?: (mechanism: string) => void;
}

/** What holds for a connection from its start. */
export interface SessionSettings {
  readonly peerAddress: string;
  readonly isSecure: boolean;
  /** Whether STARTTLS is offered. */
  readonly hasCertificate: boolean;
  /** Whether passwords may come without TLS. */
  readonly allowClearPasswords: boolean;
  /** Most octets of a message that is appended. */
  readonly maxMessage: number;
  /** How long a command may wait for a listing that is still being taken. */
  readonly patienceMilliseconds: number;
}

/** The selected folder: what the session was told of it, and word of what happens in it. */
export interface OpenFolder {
  readonly view: Selected;
  readonly watch: FolderWatch;
}

export class Session implements Disposable {
  readonly services: SessionServices;
  readonly settings: SessionSettings;
  /** Whether MODSEQs are told (RFC 7162 §3.1): from the first command on that shows that the client knows them. */
  knowsModSeq = false;
  #isSecure: boolean;
  #account: Account | null = null;
  #mailbox: MailboxId | null = null;
  #open: OpenFolder | null = null;

  constructor(services: SessionServices, settings: SessionSettings) {
    this.services = services;
    this.settings = settings;
    this.#isSecure = settings.isSecure;
  }

  get state(): State {
    if (this.#open) return "selected";
    return this.#account ? "authenticated" : "not authenticated";
  }
  get isSecure(): boolean {
    return this.#isSecure;
  }
  /** Whose session it is; null before the login. */
  get address(): string | null {
    return this.#account?.address ?? null;
  }
  /** Its mailbox, as soon as there is one. */
  get mailbox(): MailboxId | null {
    return this.#mailbox;
  }
  get offer(): Offer {
    const mayLogIn = this.#isSecure || this.settings.allowClearPasswords;
    const mayStartTls = !this.#isSecure && !this.#account && this.settings.hasCertificate;
    const { maxMessage } = this.settings;
    return { isLoggedIn: this.#account !== null, mayLogIn, mayStartTls, maxMessage };
  }
  /** The selected folder; null in another state. */
  get open(): OpenFolder | null {
    return this.#open;
  }
  /** What the client was told of the selected folder. To be asked for in that state only. */
  get view(): Selected {
    if (!this.#open) throw new Error("no folder is selected");
    return this.#open.view;
  }

  /** Why a command is refused before anybody looks at its arguments; null if it is not. */
  refusal({ command }: Request): Reply | null {
    if (!command) return bad("Unknown command.");
    if (!command.states.includes(this.state)) return bad(outOfPlace(this.state, command.states));
    if (!command.needsTls || this.offer.mayLogIn) return null;
    const text = "Passwords are taken under TLS only: use STARTTLS, or the port for TLS.";
    return { ...no("PRIVACYREQUIRED", text), isMistake: true };
  }

  /** Performs a command and tells what is new. Throws what is a defect, StoreUnavailable, SyntaxProblem. */
  async execute(request: Request, client: Client): Promise<Reply> {
    const { tag, command, cursor } = request;
    const refusal = this.refusal(request);
    if (refusal || !command) return refusal ?? bad("Unknown command.");
    const reply = await command.perform(this, cursor, client, tag ?? "");
    if (command.news === "nothing" || (await this.tellNews(client, command.news === "all"))) {
      if (command.looksForNews) this.#open?.view.heardOfArrivals();
      return reply;
    }
    client.tell("BYE The folder was deleted.");
    return { ...reply, next: "close" };
  }

  /** Tells what is new in the selected folder. @returns false when it is gone */
  async tellNews(client: Client, mayExpunge: boolean): Promise<boolean> {
    if (!this.#open) return true;
    const settings = { mayExpunge, withModSeq: this.knowsModSeq };
    try {
      return await tellNews(this.services.store, this.#open, client, settings);
    } catch (error) {
      // It stays news until it can be read.
      if (error instanceof StoreUnavailable) return true;
      throw error;
    }
  }

  /** TLS is on. */
  secured(): void {
    this.#isSecure = true;
  }

  /** Asks who it is. */
  async logIn(name: string, password: Uint8Array): Promise<Reply> {
    const { peerAddress } = this.settings;
    const answer = await this.services.login.prove({ name, password, protocol: "imap", peerAddress });
    if (answer.answer === "refused") {
      return { ...no("AUTHENTICATIONFAILED", "Wrong name or password."), isMistake: true };
    }
    if (answer.answer === "try-later") return no("UNAVAILABLE", answer.text);
    this.#account = answer.account;
    this.#mailbox = answer.account.mailbox;
    return ok("Logged in.");
  }

  /** The mailbox; `temporary` while the listing of an old one is still being taken. Never a part of it. */
  async whenReady(): Promise<Outcome<MailboxId>> {
    if (this.#mailbox !== null) return done(this.#mailbox);
    if (!this.#account) throw new Error("there is no mailbox before the login");
    const ready = await this.#ready(this.#account);
    if (ready.ok) this.#mailbox = ready.value;
    return ready;
  }

  /** Has a folder selected from now on, and no other. `watch` must have heard since before the snapshot. */
  select(snapshot: FolderSnapshot, watch: FolderWatch, isReadOnly: boolean): void {
    this.unselect();
    this.#open = { view: new Selected(snapshot, isReadOnly), watch };
  }

  /** Has no folder selected. */
  unselect(): void {
    this.#open?.watch[Symbol.dispose]();
    this.#open = null;
  }

  [Symbol.dispose](): void {
    this.unselect();
  }

  async #ready(account: Account): Promise<Outcome<MailboxId>> {
    let timer: NodeJS.Timeout | undefined;
    const notYet = new Promise<Outcome<MailboxId>>((resolve) => {
      const answer = failed("temporary", "Your old mailbox is still being listed. Try again in a moment.");
      timer = setTimeout(() => resolve(answer), this.settings.patienceMilliseconds);
    });
    try {
      return await Promise.race([account.ready, notYet]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function outOfPlace(state: State, states: readonly State[]): string {
  if (state === "not authenticated") return "Log in first.";
  return states.includes("selected") ? "Select a folder first." : "You are logged in already.";
}
