/**
 * Admission: a person whom this house does not know shows the password of the old server and comes in, with
 * everything that is there. It relies on the old server's word alone, and promises that nothing exists here
 * before that word and one commit, and that nobody waits long for either.
 */
import { timingSafeEqual } from "node:crypto";
import type { MailboxId } from "#mailbox/ids";
import type { AdmissionAnswer, AdmissionRequest, Admissions } from "./admissions.ts";
import { beginFirstLogin, type FirstLogin, type FirstLoginTools } from "./first-login.ts";
import type { LateHashes } from "./late-hashes.ts";
import type { ProvedHere } from "./proved-here.ts";
import type { UnhashedPassword } from "./unhashed-passwords.ts";

/** How long a person's program waits, milliseconds. */
export interface AdmissionPatience {
  /** For the old server's word, in all. */
  readonly word: number;
  /** For the listing after it; then the person is in, and what needs the listing fails for the moment. */
  readonly listing: number;
}

export const usualPatience: AdmissionPatience = { word: 20_000, listing: 5_000 };

interface Running {
  readonly request: AdmissionRequest;
  readonly login: FirstLogin;
}

export class OldServerAdmissions implements Admissions, AsyncDisposable {
  readonly #tools: FirstLoginTools;
  readonly #proved: ProvedHere;
  readonly #hashes: Pick<LateHashes, "isOf">;
  readonly #patience: AdmissionPatience;
  readonly #running = new Set<Running>();
  readonly #stop = new AbortController();

  constructor(
    tools: FirstLoginTools,
    proved: ProvedHere,
    hashes: Pick<LateHashes, "isOf">,
    patience: AdmissionPatience = usualPatience,
  ) {
    this.#tools = tools;
    this.#proved = proved;
    this.#hashes = hashes;
    this.#patience = patience;
  }

  async admit(request: AdmissionRequest): Promise<AdmissionAnswer> {
    const migration = await this.#tools.ledger.migration(request.domain);
    if (!migration || this.#stop.signal.aborted) return { answer: "not-migrating" };
    const login =
      this.#joined(request) ??
      this.#keep(request, beginFirstLogin(this.#tools, migration, request, this.#stop.signal));
    const { word, listing } = this.#patience;
    const began = this.#tools.clock.now();
    const verification = await this.#within(login.verified, word);
    if (!verification) {
      // It goes on without us: when the word is good after all, the next login finds the mailbox.
      return { answer: "cannot-tell", reason: "The old mail server takes too long. Try again in a minute." };
    }
    if (verification.verdict === "bad") return { answer: "bad" };
    if (verification.verdict === "cannot-tell") return { answer: "cannot-tell", reason: verification.reason };
    const left = Math.max(word - (this.#tools.clock.now() - began), 0);
    const admitted = await this.#within(login.admitted, Math.min(listing, left));
    if (!admitted) return { answer: "pending", ready: login.admitted };
    if (admitted.ok) return { answer: "admitted", mailbox: admitted.value };
    return { answer: "cannot-tell", reason: admitted.problem.text };
  }

  async judge(domain: string): Promise<string | null> {
    const migration = await this.#tools.ledger.migration(domain);
    return migration && JSON.stringify([migration.sealingKey, migration.oldServer]);
  }

  provedHere(mailbox: MailboxId, password: Uint8Array): void {
    this.#proved.note(mailbox, password);
  }

  async awaitsOwner(mailbox: MailboxId): Promise<boolean> {
    const transfer = await this.#tools.ledger.transfer(mailbox);
    if (transfer?.lacksPassword !== true) return false;
    return (await this.#tools.ledger.migration(transfer.domain)) !== null;
  }

  isUnhashed(kept: UnhashedPassword, password: Uint8Array): Promise<boolean | "lost"> {
    return this.#hashes.isOf(kept, password);
  }

  /** Whether somebody is coming in. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** First logins under way in a domain. */
  underWay(domain: string): number {
    return [...this.#running].filter(({ request }) => request.domain === domain).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#running].map(({ login }) => login.admitted));
  }

  /** The same person with the same password, asked about at this moment. */
  #joined({ address, password, brought }: AdmissionRequest): FirstLogin | undefined {
    for (const { request, login } of this.#running) {
      const isSame =
        request.address === address &&
        // An administrator's password says nothing about the person.
        request.brought?.loginName === brought?.loginName &&
        request.password.length === password.length &&
        timingSafeEqual(request.password, password);
      if (isSame) return login;
    }
    return undefined;
  }

  #keep(request: AdmissionRequest, login: FirstLogin): FirstLogin {
    const running: Running = { request: { ...request, password: Uint8Array.from(request.password) }, login };
    this.#running.add(running);
    void login.admitted.finally(() => this.#running.delete(running));
    return login;
  }

  async #within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
    const over = new AbortController();
    const late = this.#tools.clock.wait(milliseconds, over.signal).then(() => null);
    const first = await Promise.race([promise, late]);
    over.abort();
    return first;
  }
}
