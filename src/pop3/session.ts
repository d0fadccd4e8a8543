/**
 * A POP3 session (RFC 1939, and what CAPA lists): a state machine that takes lines and yields replies. It
 * knows no socket. It relies on `login` for who somebody is, on `mailbox` for the maildrop, and promises: a
 * listing is whole or not given at all; DELE takes effect at QUIT, and QUIT says +OK once that is durable; any
 * number of sessions have the same maildrop open, each with its own snapshot.
 */
import type { Account, Login } from "#login/login";
import type { MailboxId } from "#mailbox/ids";
import type { MailStore } from "#mailbox/mail-store";
import type { Maildrops } from "#mailbox/maildrops";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Reading } from "#mailbox/reading";
import type { RemoteContent } from "#mailbox/remote-content";
import type { SaslExchange, SaslStep } from "#net/sasl";
import type { Offer } from "./command.ts";
import { findCommand } from "./commands.ts";
import { commandLineLimit, parseCommandLine } from "./grammar.ts";
import { MarkedMaildrop } from "./marked-maildrop.ts";
import { challenge, mistake, ok, problemReply, type Reply, refused } from "./reply.ts";

export type State = "authorization" | "transaction";

/** What a session needs of the floor below. */
export interface SessionServices {
  readonly login: Login;
  readonly store: MailStore;
  readonly remote: RemoteContent;
  readonly maildrops: Maildrops;
  /** Told of a login mechanism that a program insists on and that is not offered. */
  readonly notOffered?: (mechanism: string) => void;
}

/** What holds for a connection from its start. */
export interface SessionSettings {
  readonly peerAddress: string;
  readonly isSecure: boolean;
  /** Whether STLS is offered. */
  readonly hasCertificate: boolean;
  /** Whether passwords may come without TLS. */
  readonly allowClearPasswords: boolean;
  /** How long a command may wait for a listing that is still being taken. */
  readonly patienceMilliseconds: number;
}

export class Session {
  /** What USER said last. */
  name: string | null = null;
  isUtf8 = false;
  /** QUIT was said: whatever comes of it, the connection is closed (RFC 1939 §6). */
  isQuitting = false;
  readonly #services: SessionServices;
  readonly #settings: SessionSettings;
  #isSecure: boolean;
  #exchange: SaslExchange | null = null;
  #account: Account | null = null;
  #mailbox: MailboxId | null = null;
  #maildrop: MarkedMaildrop | null = null;

  constructor(services: SessionServices, settings: SessionSettings) {
    this.#services = services;
    this.#settings = settings;
    this.#isSecure = settings.isSecure;
  }

  get state(): State {
    return this.#account ? "transaction" : "authorization";
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
  get reading(): Reading {
    return this.#services;
  }
  get offer(): Offer {
    return {
      mayLogIn: this.#isSecure || this.#settings.allowClearPasswords,
      mayStartTls: !this.#isSecure && this.#settings.hasCertificate,
    };
  }

  /** Answers one line, without its line end. Throws only what is a defect, or when the store is away. */
  async answer(line: Uint8Array): Promise<Reply> {
    const exchange = this.#exchange;
    if (exchange) return this.exchanged(exchange, exchange.respond(line));
    const parsed = parseCommandLine(line);
    const command = parsed && findCommand(parsed.keyword);
    if (!parsed || !command) return mistake("Unknown command.");
    if (line.length > commandLineLimit - 2 && !command.longLine) return mistake("The line is too long.");
    if (!command.states.includes(this.state)) {
      return mistake(this.#account ? "You are logged in already." : "Log in first.");
    }
    if (command.needsTls && !this.offer.mayLogIn) {
      return mistake("Passwords are taken under TLS only: use STLS, or the port for TLS.", "SYS/PERM");
    }
    return command.perform(this, parsed.argument);
  }

  /** TLS is on: what was said before could have been said by anybody (RFC 2595 §4). */
  secured(): void {
    this.#isSecure = true;
    this.name = null;
  }

  /** Goes one step on in a SASL exchange. */
  async exchanged(exchange: SaslExchange, step: SaslStep): Promise<Reply> {
    this.#exchange = step.step === "challenge" ? exchange : null;
    switch (step.step) {
      case "challenge":
        return challenge(step.challenge);
      case "credentials":
        return this.logIn(step.credentials.name, step.credentials.password);
      case "cancelled":
        return refused(null, "Cancelled.");
      case "invalid":
        return mistake(step.text);
    }
  }

  /** A program insists on a mechanism that is not offered. */
  misses(mechanism: string): void {
    this.#services.notOffered?.(mechanism);
  }

  /** Asks who it is. The maildrop's snapshot is taken now, if it can be. */
  async logIn(name: string, password: Uint8Array): Promise<Reply> {
    const { login } = this.#services;
    const { peerAddress } = this.#settings;
    const answer = await login.prove({ name, password, protocol: "pop3", peerAddress });
    if (answer.answer === "refused") return mistake("Wrong name or password.", "AUTH");
    if (answer.answer === "try-later") return refused("SYS/TEMP", answer.text);
    this.#account = answer.account;
    this.#mailbox = answer.account.mailbox;
    // Programs take any -ERR to PASS for a wrong password and may forget the right one. What is not ready yet,
    // or not to be had, is said to the commands that need it.
    if (this.#mailbox !== null) await this.#open(this.#mailbox).catch(() => undefined);
    return ok("Logged in.");
  }

  /** The snapshot; `temporary` while the listing of an old mailbox is still being taken. Never a part of it. */
  async maildrop(): Promise<Outcome<MarkedMaildrop>> {
    if (this.#maildrop) return done(this.#maildrop);
    if (!this.#account) throw new Error("there is no maildrop before the login");
    const mailbox = await this.#whenReady(this.#account);
    if (!mailbox.ok) return mailbox;
    this.#mailbox = mailbox.value;
    return this.#open(mailbox.value);
  }

  /** The UPDATE state (RFC 1939 §6). */
  async quit(): Promise<Reply> {
    this.isQuitting = true;
    const maildrop = this.#maildrop;
    const deleted = maildrop?.deleted ?? [];
    if (maildrop && deleted.length > 0) {
      const expunged = await this.#services.store.expunge(maildrop.folder, deleted);
      if (!expunged.ok) return problemReply(expunged.problem, "close");
    }
    return ok("Bye.", {}, "close");
  }

  async #open(mailbox: MailboxId): Promise<Outcome<MarkedMaildrop>> {
    const opened = await this.#services.maildrops.open(mailbox);
    if (!opened.ok) return opened;
    this.#maildrop = new MarkedMaildrop(opened.value);
    return done(this.#maildrop);
  }

  async #whenReady(account: Account): Promise<Outcome<MailboxId>> {
    if (account.mailbox !== null) return done(account.mailbox);
    let timer: NodeJS.Timeout | undefined;
    const notYet = new Promise<Outcome<MailboxId>>((resolve) => {
      const answer = failed("temporary", "Your old mailbox is still being listed. Try again in a moment.");
      timer = setTimeout(() => resolve(answer), this.#settings.patienceMilliseconds);
    });
    try {
      return await Promise.race([account.ready, notYet]);
    } finally {
      clearTimeout(timer);
    }
  }
}
