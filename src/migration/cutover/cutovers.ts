/**
 * All cutovers of the house. Each goes on step by step until it is done, refused or undone; where it stands is in
 * the store before the next step begins, so that a new process goes on where the last one was.
 *
 * It promises that nothing is given up that was not named, and that a refusal leaves unknown users as they were.
 */
import { StoreUnavailable } from "#mailbox/content";
import { done, failed, type Outcome } from "#mailbox/problem";
import { blockersOf } from "./blockers.ts";
import { type Cutover, type CutoverStep, cutoverSteps } from "./cutover.ts";
import { perform, type StepResult } from "./steps.ts";
import type { CutoverTools } from "./tools.ts";
import { undoCutover } from "./undo.ts";

interface Run {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** After trouble of our own it goes on so much later. Milliseconds. */
const afterTrouble = 10_000;
const named = 20;
/** Steps that may wait as long as they like: one has its own time, before the other everything is over. */
const timeless: ReadonlySet<CutoverStep> = new Set(["quiet", "park"]);

export class Cutovers implements AsyncDisposable {
  readonly #tools: CutoverTools;
  readonly #runs = new Map<string, Run>();
  /** Domains whose cutover is being begun or undone at this moment. */
  readonly #busy = new Set<string>();

  constructor(tools: CutoverTools) {
    this.#tools = tools;
  }

  /** Goes on with what an earlier process had begun. */
  async start(): Promise<void> {
    for (const cutover of await this.#tools.store.unfinishedCutovers()) {
      if (cutover.state === "undoing") await this.#undo(cutover);
      else this.#run(cutover);
    }
  }

  /** The last cutover of a domain; null when there was none. */
  async state(domain: string): Promise<Cutover | null> {
    return await this.#tools.store.cutover(domain);
  }

  /**
   * Begins one. Refused as `in-use` with everything that is in the way by name.
   * @param giveUp addresses that are given up: their remaining old mail, or that they have not come at all
   */
  async begin(domain: string, giveUp: readonly string[]): Promise<Outcome<Cutover>> {
    return await this.#alone(domain, async () => {
      const { store, clock, log } = this.#tools;
      const last = await store.cutover(domain);
      if (last?.state === "running" || last?.state === "undoing") {
        return failed("in-use", `A cutover of ${domain} is ${last.state} already.`);
      }
      const before = await this.#before(domain);
      if (!before.ok) return before;
      const refused = refusal(await blockersOf(this.#tools, domain), giveUp);
      if (refused) return refused;
      const now = clock.now();
      const cutover: Cutover = {
        domain,
        state: "running",
        step: "defer",
        stepSince: now,
        startedAt: now,
        waitingFor: null,
        blockers: [],
        giveUp,
        certificate: null,
        before: before.value,
      };
      await store.setCutover(cutover);
      log.info({ domain, giveUp }, "the cutover begins");
      this.#run(cutover);
      return done(cutover);
    });
  }

  /** Brings back what the last cutover changed, while it runs or after it. */
  async undo(domain: string): Promise<Outcome<Cutover>> {
    return await this.#alone(domain, async () => {
      await this.#stop(domain);
      const last = await this.#tools.store.cutover(domain);
      if (!last) return failed("not-found", `There was no cutover of ${domain}.`);
      if (last.state === "refused" || last.state === "undone") {
        return failed("not-permitted", `The cutover of ${domain} is ${last.state}: nothing of it is left.`);
      }
      return await this.#undo(last);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#runs.keys()].map((domain) => this.#stop(domain)));
  }

  async #alone<T>(domain: string, act: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    if (this.#busy.has(domain)) return failed("in-use", "Another command is at it: try again in a moment.");
    this.#busy.add(domain);
    try {
      return await act();
    } finally {
      this.#busy.delete(domain);
    }
  }

  async #before(domain: string): Promise<Outcome<Cutover["before"]>> {
    const { ledger, domains } = this.#tools;
    const migration = await ledger.migration(domain);
    const unknownUsers = await domains.unknownUsers(domain);
    if (!migration || !unknownUsers) return failed("not-found", `${domain} is not migrating.`);
    const name = unknownUsers.rule === "pipe" ? unknownUsers.pipe.route : null;
    const deliver = name === null ? null : await domains.deliverOf(name);
    const route = name === null || deliver === null ? null : { name, deliver };
    return done({ unknownUsers, migration, route });
  }

  async #undo(cutover: Cutover): Promise<Outcome<Cutover>> {
    const { store, log } = this.#tools;
    const undoing: Cutover = { ...cutover, state: "undoing", waitingFor: null };
    await store.setCutover(undoing);
    const undone = await undoCutover(this.#tools, undoing);
    if (!undone.ok) {
      await store.setCutover({ ...undoing, waitingFor: undone.problem.text });
      log.warn({ domain: cutover.domain, reason: undone.problem.text }, "the cutover cannot be undone now");
      return undone;
    }
    const after: Cutover = { ...undoing, state: "undone" };
    await store.setCutover(after);
    log.info({ domain: cutover.domain, step: cutover.step }, "the cutover was undone");
    return done(after);
  }

  #run(cutover: Cutover): void {
    const stop = new AbortController();
    const ended = this.#goOn(cutover, stop.signal).finally(() => {
      if (this.#runs.get(cutover.domain)?.stop === stop) this.#runs.delete(cutover.domain);
    });
    this.#runs.set(cutover.domain, { stop, ended });
  }

  async #stop(domain: string): Promise<void> {
    const run = this.#runs.get(domain);
    run?.stop.abort();
    await run?.ended;
  }

  async #goOn(begun: Cutover, signal: AbortSignal): Promise<void> {
    const { clock, log, limits } = this.#tools;
    let cutover = begun;
    while (!signal.aborted && cutover.state === "running") {
      let until = 0;
      try {
        const result = await perform(this.#tools, cutover, signal);
        if (signal.aborted) return;
        if (result.kind === "wait") until = result.until ?? clock.now() + limits.look;
        cutover = await this.#after(cutover, result);
      } catch (error) {
        until = clock.now() + afterTrouble;
        const { domain, step } = cutover;
        if (error instanceof StoreUnavailable) log.warn({ err: error, domain }, "a cutover cannot go on now");
        else log.error({ err: error, domain, step }, "a cutover failed inside");
      }
      if (until > clock.now()) await clock.wait(until - clock.now(), signal);
    }
  }

  /** Keeps what a step came to. */
  async #after(cutover: Cutover, result: StepResult): Promise<Cutover> {
    const { store, clock, log, limits } = this.#tools;
    const now = clock.now();
    const { domain, step } = cutover;
    const isPatient = timeless.has(step) || now - cutover.stepSince < limits.patience;
    if (result.kind === "wait" && isPatient) return await this.#waits(cutover, result.reason);
    if (result.kind !== "done") {
      const blockers = result.kind === "wait" ? [result.reason] : result.blockers;
      const restored = await this.#tools.domains.setUnknownUsers(domain, cutover.before.unknownUsers, []);
      if (!restored.ok) return await this.#waits(cutover, restored.problem.text);
      log.warn({ domain, step, blockers: blockers.slice(0, named) }, "the cutover is refused");
      return await keep(store, { ...cutover, state: "refused", waitingFor: null, blockers });
    }
    const certificate = result.certificate ?? cutover.certificate;
    const next = result.next ?? cutoverSteps[cutoverSteps.indexOf(step) + 1];
    if (!next) {
      log.info({ domain }, "the cutover is done");
      return await keep(store, { ...cutover, state: "done", waitingFor: null });
    }
    log.info({ domain, step: next }, "the cutover goes on");
    return await keep(store, { ...cutover, step: next, stepSince: now, waitingFor: null, certificate });
  }

  async #waits(cutover: Cutover, reason: string): Promise<Cutover> {
    if (cutover.waitingFor === reason) return cutover;
    return await keep(this.#tools.store, { ...cutover, waitingFor: reason });
  }
}

async function keep(store: CutoverTools["store"], cutover: Cutover): Promise<Cutover> {
  await store.setCutover(cutover);
  return cutover;
}

/** Why it may not begin; null when everything in the way was given up by name. */
function refusal(
  blockers: Awaited<ReturnType<typeof blockersOf>>,
  giveUp: readonly string[],
): ReturnType<typeof failed> | null {
  const stranger = giveUp.find((address) => !blockers.some((blocker) => blocker.address === address));
  if (stranger !== undefined)
    return failed("not-found", `${stranger} is not in the way: nothing to give up.`);
  const left = blockers.filter(({ address }) => !giveUp.includes(address)).map(({ text }) => text);
  if (left.length === 0) return null;
  const more = left.length > named ? `; and ${left.length - named} more` : "";
  const list = `${left.slice(0, named).join("; ")}${more}`;
  return failed("in-use", `This would be lost: ${list}. Wait for it, or give people up by name.`);
}
