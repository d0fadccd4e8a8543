/**
 * Proving who somebody is. An admitted mailbox goes by the password here, and the old server is never asked.
 * Anybody else in a migrating domain is admitted on the old server's word. It relies on the directory for
 * who there is and on a migration for admission, and promises: a good password is never counted against
 * anybody, "cannot tell" is never called a wrong password, and the old server sees the same wrong password at
 * most once an hour, and few different ones.
 */
import type { DirectoryStore, KeptPassword } from "#directory/directory-store";
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { Admissions } from "#migration/admission/admissions";
import { otherEncoding } from "#net/password-octets";
import { EqualTime, type Stopwatch } from "./equal-time.ts";
import { type Guess, type GuessingLimitSettings, GuessingLimits } from "./guessing-limits.ts";
import type { Login, LoginAnswer, LoginAttempt } from "./login.ts";
import { type LoginAddress, loginAddress } from "./login-address.ts";
import type { PasswordHasher } from "./password-hash.ts";
import { type PairKey, pairKey, RememberedPairs } from "./remembered-pairs.ts";

const minute = 60_000;
/** Of a name that is nobody's, so much is kept. */
const longestName = 320;

export interface ProverServices {
  readonly directory: Pick<DirectoryStore, "domain" | "mailbox" | "keptPassword">;
  readonly admissions: Admissions;
  readonly hasher: PasswordHasher;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** So many random octets. */
  readonly random: (octets: number) => Uint8Array;
  /** By which refusals are made to take equally long; the system's, unless told. */
  readonly stopwatch?: Stopwatch;
}

export interface ProverSettings {
  /** For bare names; null: they are nobody's. */
  readonly defaultDomain: string | null;
  readonly limits: GuessingLimitSettings;
}

/** A login under examination. */
interface Claim {
  readonly attempt: LoginAttempt;
  readonly guess: Guess;
  /** Null: the name is nobody's here. */
  readonly whom: LoginAddress | null;
  /** The admitted mailbox, if there is one, and what proves its owner. */
  readonly mailbox: MailboxId | null;
  readonly kept: KeptPassword;
  /** Keyed hash of whom, of who judges (what is kept, or the old server of the day) and of the password shown. */
  readonly pair: string;
  /** When it began, for equal-time. */
  readonly began: number;
}

/** What is found out, before it is put into words: `too-much` is tried at the moment, for so many milliseconds. */
type Finding = LoginAnswer | { readonly answer: "too-much"; readonly milliseconds: number };

const refused: Finding = { answer: "refused" };
const noPassword: KeptPassword = { hash: null, unhashed: null };

/** Names what is kept, so that it is told from another password and from another hash of this one. */
function proofOf({ hash, unhashed }: KeptPassword): string | null {
  return hash ?? (unhashed && Buffer.from(unhashed).toString("base64"));
}

export class Prover implements Login {
  readonly #services: ProverServices;
  readonly #defaultDomain: string | null;
  readonly #limits: GuessingLimits;
  readonly #key: PairKey;
  /** Pairs that were right here. */
  readonly #verified: RememberedPairs;
  readonly #wrong: RememberedPairs;
  readonly #inFlight = new Map<string, Promise<Finding>>();
  readonly #equalTime: EqualTime;

  constructor(services: ProverServices, { defaultDomain, limits }: ProverSettings) {
    const { clock, random } = services;
    this.#services = services;
    this.#equalTime = new EqualTime(services.stopwatch);
    this.#defaultDomain = defaultDomain;
    this.#limits = new GuessingLimits(limits, clock);
    this.#key = pairKey(random(32));
    this.#verified = new RememberedPairs(
      { milliseconds: 10 * minute, capacity: 50_000, renews: true },
      clock,
    );
    this.#wrong = new RememberedPairs({ milliseconds: 60 * minute, capacity: 100_000, renews: false }, clock);
  }

  async prove(attempt: LoginAttempt): Promise<LoginAnswer> {
    const began = this.#equalTime.begin();
    const finding = await this.#find(attempt, began);
    if (finding.answer !== "refused" && finding.answer !== "too-much") return finding;
    await this.#equalTime.reached(began);
    return finding.answer === "refused" ? finding : tooMuch(finding.milliseconds);
  }

  async #find(attempt: LoginAttempt, began: number): Promise<Finding> {
    const whom = await loginAddress(attempt.name, this.#defaultDomain, this.#services.directory);
    const claim = await this.#claim(attempt, whom, began);
    const { pair, mailbox, guess } = claim;
    if (whom && mailbox !== null && this.#verified.has(pair)) return this.#welcomeHere(whom, mailbox, claim);
    if (this.#wrong.has(pair)) return refused;
    const blocked = this.#limits.blockedFor(guess);
    if (blocked > 0) return { answer: "too-much", milliseconds: blocked };
    const running = this.#inFlight.get(pair);
    if (running) return running;
    const judging = this.#judge(claim).finally(() => this.#inFlight.delete(pair));
    this.#inFlight.set(pair, judging);
    return judging;
  }

  async #claim(attempt: LoginAttempt, whom: LoginAddress | null, began: number): Promise<Claim> {
    const { directory, admissions } = this.#services;
    const known = whom ? await directory.mailbox(whom.address) : null;
    const admitted = known?.admitted ? known.id : null;
    let kept = admitted === null ? noPassword : await directory.keptPassword(admitted);
    let mailbox = admitted;
    if (admitted !== null && proofOf(kept) === null) {
      // Brought here without its owner: the old server judges them, as if they had come first.
      if (await admissions.awaitsOwner?.(admitted)) mailbox = null;
      // Perhaps they came between the two questions.
      else kept = await directory.keptPassword(admitted);
    }
    const address = whom?.address ?? attempt.name.slice(0, longestName);
    // Who judges is part of the pair: what was right or wrong before a new password, or before the move began,
    // says nothing after it.
    const judge = whom && mailbox === null ? await admissions.judge(whom.domain) : proofOf(kept);
    const pair = this.#key(address, judge ?? "", attempt.password);
    return {
      attempt,
      whom,
      mailbox,
      kept,
      pair,
      began,
      guess: { peerAddress: attempt.peerAddress, address },
    };
  }

  async #judge(claim: Claim): Promise<Finding> {
    const { whom, mailbox, guess } = claim;
    const isThere = whom !== null && mailbox === null;
    const finding = isThere ? await this.#admit(whom, claim) : await this.#checkHere(claim);
    if (finding === "lost") return await this.#judge(await this.#claim(claim.attempt, whom, claim.began));
    if (finding.answer !== "refused") return finding;
    this.#limits.wrong(guess);
    // Whoever has come is not told from those who have not: so many are refused, and more is too much.
    if (!isThere && whom && (await this.#services.admissions.judge(whom.domain)) !== null) {
      if (!this.#limits.mayBeRefused(guess)) return tooMuchOfOne;
    }
    this.#wrong.note(claim.pair);
    return finding;
  }

  /** Against the password here; for nobody, the same work. `lost`: it is no more, and somebody else judges. */
  async #checkHere(claim: Claim): Promise<Finding | "lost"> {
    const { whom, mailbox, attempt } = claim;
    if (!whom || mailbox === null || proofOf(claim.kept) === null)
      return notYes(await this.#services.hasher.verifyNothing(attempt.password));
    const verdict = await this.#isOf(whom, mailbox, claim.kept, attempt.password);
    if (verdict === "lost") return verdict;
    const other = verdict === false ? otherEncoding(attempt.password) : null;
    const isRight = other ? await this.#isOf(whom, mailbox, claim.kept, other) : verdict;
    if (isRight === "lost") return isRight;
    if (!isRight) return notYes(isRight);
    this.#verified.note(claim.pair);
    return this.#welcomeHere(whom, mailbox, claim);
  }

  /** Whether what is kept is of this password; null: too many wait. */
  async #isOf(
    { address, domain }: LoginAddress,
    mailbox: MailboxId,
    { hash, unhashed }: KeptPassword,
    password: Uint8Array,
  ): Promise<boolean | "lost" | null> {
    const { hasher, admissions } = this.#services;
    if (hash !== null || unhashed === null) return await hasher.verify(hash ?? "", password);
    const kept = { mailbox, address, domain, sealed: unhashed };
    return await admissions.isUnhashed(kept, password);
  }

  #welcomeHere(whom: LoginAddress, mailbox: MailboxId, { guess, attempt }: Claim): LoginAnswer {
    this.#limits.good(guess);
    this.#services.admissions.provedHere(mailbox, attempt.password);
    return welcomeTo(whom, mailbox);
  }

  /** On the old server's word. */
  async #admit(whom: LoginAddress, claim: Claim): Promise<Finding | "lost"> {
    const { attempt, guess, began } = claim;
    // Another login may have been admitted between the look at the directory and now; then the old server is
    // no more asked.
    const again = await this.#claim(attempt, whom, began);
    if (again.mailbox !== null) return this.#checkHere(again);
    if (!this.#limits.mayAsk(guess, whom.domain)) return tooMuchOfOne;
    const { password, peerAddress, protocol } = attempt;
    let wasWrong = false;
    try {
      const admission = await this.#services.admissions.admit({ ...whom, password, peerAddress, protocol });
      switch (admission.answer) {
        case "admitted":
          this.#limits.good(guess);
          return welcomeTo(whom, admission.mailbox);
        case "pending":
          this.#limits.good(guess);
          return welcome(whom, null, admission.ready);
        case "bad":
          wasWrong = true;
          this.#equalTime.learn(began);
          return refused;
        case "cannot-tell":
          return { answer: "try-later", text: admission.reason };
        case "not-migrating":
          return notYes(await this.#services.hasher.verifyNothing(password));
      }
    } finally {
      this.#limits.asked(guess, whom.domain, wasWrong);
    }
  }
}

const notPrepared: Outcome<MailboxId> = {
  ok: false,
  problem: { kind: "temporary", text: "Your mailbox could not be prepared. Try again later." },
};

function welcomeTo(whom: LoginAddress, mailbox: MailboxId): LoginAnswer {
  return welcome(whom, mailbox, Promise.resolve({ ok: true, value: mailbox }));
}

/** @param ready may reject, which is a defect; whoever waits for it hears of trouble instead */
function welcome(
  { address }: LoginAddress,
  mailbox: MailboxId | null,
  ready: Promise<Outcome<MailboxId>>,
): LoginAnswer {
  return { answer: "welcome", account: { address, mailbox, ready: ready.catch(() => notPrepared) } };
}

/** What it means that a check did not say yes: null is "too many wait". */
function notYes(verdict: false | null): Finding {
  return verdict === null
    ? { answer: "try-later", text: "Too many are logging in. Try again in a moment." }
    : refused;
}

/** Of one person, or of one domain. */
const tooMuchOfOne: Finding = { answer: "too-much", milliseconds: 15 * minute };

function tooMuch(milliseconds: number): LoginAnswer {
  const minutes = Math.max(1, Math.ceil(milliseconds / minute));
  return { answer: "try-later", text: `Too many wrong passwords. Try again in ${minutes} minutes.` };
}
