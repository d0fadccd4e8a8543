import type { Account } from "#login/login";
import type { Wire } from "#net/wire";
import type { SmtpService } from "./service.ts";

/** The entry of one connection among the sessions in progress, from its login to its end. */
export class Registration implements Disposable {
  readonly #service: SmtpService;
  readonly #wire: Wire;
  #account: Account | null = null;
  #entry: Disposable | null = null;
  #isOver = false;

  constructor(service: SmtpService, wire: Wire) {
    this.#service = service;
    this.#wire = wire;
  }

  /** Tells who is logged in now. Who has no mailbox yet is entered once there is one. */
  enter(account: Account | null): void {
    if (account === this.#account) return;
    this.#leave();
    this.#account = account;
    if (!account) return;
    if (account.mailbox !== null) {
      this.#begin(account.mailbox);
      return;
    }
    void account.ready.then(
      (outcome) => {
        if (outcome.ok && this.#account === account && !this.#isOver) this.#begin(outcome.value);
      },
      // Whoever waits for the mailbox hears of it; sending needs none.
      () => undefined,
    );
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#leave();
  }

  #begin(mailbox: NonNullable<Account["mailbox"]>): void {
    this.#entry = this.#service.sessions.begin({
      mailbox,
      protocol: "submission",
      peerAddress: this.#wire.peerAddress,
      since: this.#service.now(),
      // A message that is being stored still gets its answer.
      end: () => this.#wire.stopReading(),
    });
  }

  #leave(): void {
    this.#entry?.[Symbol.dispose]();
    this.#entry = null;
  }
}
