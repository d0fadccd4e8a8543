/**
 * The second step of an administrator's sign-in: a code of a program on another device, or one of ten recovery codes.
 * It promises that no code is good twice, and that neither the database nor a backup of it holds a secret that opens.
 */
import { done, failed, type Outcome } from "#mailbox/problem";
import { openPassword, sealPassword } from "#migration/admission/sealing";
import { FailureCounter } from "#net/limits";
import { type Random, secretHash } from "./secret.ts";
import { base32, newTotpSecret, otpauthUrl, stepOf } from "./totp.ts";

/** What is kept of a second step. */
export interface KeptFactor {
  readonly sealed: Uint8Array;
  /** It is asked for only once a first code was shown. */
  readonly isConfirmed: boolean;
  /** That were not used yet. */
  readonly recoveryCodes: number;
}

/** The port through which second steps are kept. */
export interface SecondFactorStore {
  factor(administrator: string): Promise<KeptFactor | null>;
  /** Replaces one that was never confirmed; refused as `exists` when one is. */
  begin(administrator: string, sealed: Uint8Array): Promise<Outcome<void>>;
  /** @param recovery SHA-256 of each recovery code */
  confirm(administrator: string, step: number, recovery: readonly Uint8Array[]): Promise<Outcome<void>>;
  /** False when this time step, or a later one, was used before. */
  spendStep(administrator: string, step: number): Promise<boolean>;
  /** False when there is none (any more). */
  spendRecoveryCode(administrator: string, hash: Uint8Array): Promise<boolean>;
  /** Whether there was one. */
  remove(administrator: string): Promise<boolean>;
}

interface SecondFactorParts {
  readonly store: SecondFactorStore;
  /** 32 octets; lies outside the database. */
  readonly key: Uint8Array;
  /** For people to tell one server from another in their program. */
  readonly hostname: string;
  readonly random: Random;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const recoveryCodes = 10;
/** Wrong codes for one administrator, from wherever they come. */
const mostWrong = { failures: 20, windowMilliseconds: 15 * 60_000 };

export class SecondFactors {
  readonly #parts: SecondFactorParts;
  readonly #failures: FailureCounter;

  constructor(parts: SecondFactorParts) {
    this.#parts = parts;
    this.#failures = new FailureCounter({ ...mostWrong, capacity: 10_000 }, parts.now);
  }

  /** Whether a code is asked for, and how many recovery codes are left. */
  async state(name: string): Promise<{ readonly isOn: boolean; readonly recoveryCodes: number }> {
    const kept = await this.#parts.store.factor(name);
    return { isOn: kept?.isConfirmed === true, recoveryCodes: kept?.isConfirmed ? kept.recoveryCodes : 0 };
  }

  /** Makes a secret, to be shown once and to be confirmed by a code made with it. */
  async begin(name: string): Promise<Outcome<{ readonly secret: string; readonly url: string }>> {
    const { store, key, hostname, random } = this.#parts;
    const secret = newTotpSecret(random);
    const begun = await store.begin(name, sealPassword(key, sealedFor(name), secret));
    return begun.ok ? done({ secret: base32(secret), url: otpauthUrl(secret, name, hostname) }) : begun;
  }

  /** From now on a code is asked for. Resolves with the recovery codes, which are told only here. */
  async confirm(name: string, code: string): Promise<Outcome<readonly string[]>> {
    const { store, random } = this.#parts;
    const step = await this.#stepOf(name, code);
    if (step === null)
      return failed("not-permitted", "This is not the code of the moment: try the next one.");
    const codes = Array.from({ length: recoveryCodes }, () => newRecoveryCode(random));
    const confirmed = await store.confirm(name, step, codes.map(secretHash));
    return confirmed.ok ? done(codes) : confirmed;
  }

  /**
   * Whether a code proves that the person has the device, or a recovery code; it is used up. After a few wrong ones
   * none is looked at for a while: who guesses has the password, or a session, already.
   */
  async prove(name: string, code: string): Promise<"good" | "wrong" | "too-many"> {
    if (this.#failures.isBlocked(name)) return "too-many";
    // Counted before the check, so that many at once do not slip through together.
    this.#failures.fail(name);
    if (!(await this.#isGood(name, code))) return "wrong";
    this.#failures.forget(name);
    return "good";
  }

  async #isGood(name: string, code: string): Promise<boolean> {
    const { store } = this.#parts;
    const plain = code.replace(/[\s-]/g, "").toUpperCase();
    if (/^\d{6}$/.test(plain)) {
      const step = await this.#stepOf(name, plain);
      return step !== null && (await store.spendStep(name, step));
    }
    return await store.spendRecoveryCode(name, secretHash(plain));
  }

  /** No code is asked for any more. Whether there was one. */
  async remove(name: string): Promise<boolean> {
    return await this.#parts.store.remove(name);
  }

  async #stepOf(name: string, code: string): Promise<number | null> {
    const { store, key, now } = this.#parts;
    const kept = await store.factor(name);
    const secret = kept && openPassword(key, sealedFor(name), kept.sealed);
    return secret && stepOf(secret, code.replace(/\s/g, ""), now());
  }
}

/** Bound into the seal: no secret opens in another's row. */
function sealedFor(name: string): string {
  return `second factor of ${name}`;
}

/** 80 random bits. */
function newRecoveryCode(random: Random): string {
  return base32(random(10));
}
