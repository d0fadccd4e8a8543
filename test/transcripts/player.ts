import { Peer } from "./peer.ts";
import { matches, type Names, needsNames, octetsOf } from "./text.ts";
import type { Step, Transcript } from "./transcript.ts";
import type { World } from "./world.ts";

/**
 * How the lines are sent: `whole` line by line as the dialogue goes, `octets` one octet at a time,
 * `pipelined` everything at once that one connection says in a row, its answers read after.
 */
export type Manner = "whole" | "octets" | "pipelined";

type Expectation = Extract<Step, { readonly does: "expect" }>;

/** Replays one transcript in a world of its own. Throws at the first line that is not as written. */
export async function play(transcript: Transcript, world: World, manner: Manner): Promise<void> {
  const player = new Player(transcript, world, manner);
  try {
    await player.run();
  } finally {
    player.dropAll();
  }
}

class Player {
  readonly #transcript: Transcript;
  readonly #world: World;
  readonly #manner: Manner;
  readonly #peers = new Map<string, Peer>();
  readonly #names: Names = new Map();
  /** Lines that must not come before the connection sends again. */
  readonly #forbidden = new Map<string, string[]>();

  constructor(transcript: Transcript, world: World, manner: Manner) {
    this.#transcript = transcript;
    this.#world = world;
    this.#manner = manner;
  }

  async run(): Promise<void> {
    const steps = this.#manner === "pipelined" ? this.#sendsFirst() : this.#transcript.steps;
    for (let at = 0; at < steps.length; ) {
      const step = steps[at];
      if (!step) break;
      const run = step.does === "expect" ? expectations(steps, at) : [];
      if (run.length > 0) await this.#expect(run);
      else await this.#do(step);
      at += Math.max(1, run.length);
    }
    for (const [name, peer] of this.#peers) {
      // Whatever else the server has to say, it says before it closes in its turn.
      peer.shut();
      if (!(await peer.isClosed())) this.#fail(steps.at(-1), `connection ${name} is not closed in return`);
      if (peer.unread.length > 0)
        this.#fail(steps.at(-1), `connection ${name} also said ${show(peer.unread)}`);
    }
  }

  dropAll(): void {
    for (const peer of this.#peers.values()) peer.drop();
  }

  /** Within each stretch of one connection's lines, what is sent comes first. */
  #sendsFirst(): readonly Step[] {
    const ordered: Step[] = [];
    let sends: Extract<Step, { readonly does: "send" }>[] = [];
    let answers: Step[] = [];
    const flush = (): void => {
      const [first] = sends;
      const text = sends.map((send) => send.text + (send.withLineEnd ? "\\r\\n" : "")).join("");
      if (first) ordered.push({ ...first, text, withLineEnd: false });
      ordered.push(...answers);
      sends = [];
      answers = [];
    };
    let current = "";
    for (const step of this.#transcript.steps) {
      const isTalk = step.does === "send" || step.does === "expect" || step.does === "forbid";
      if (!isTalk || step.peer !== current) flush();
      if (!isTalk) {
        ordered.push(step);
        continue;
      }
      current = step.peer;
      if (step.does === "send" && needsNames(step.text, this.#names)) flush();
      if (step.does === "send") sends.push(step);
      else answers.push(step);
    }
    flush();
    return ordered;
  }

  async #do(step: Step): Promise<void> {
    switch (step.does) {
      case "event":
        return this.#world.event(step.text);
      case "connect":
        this.#peers.set(step.peer, new Peer(await this.#world.connect(step.listener)));
        return;
      case "forbid":
        this.#forbidden.set(step.peer, [...(this.#forbidden.get(step.peer) ?? []), step.text]);
        return;
      case "send": {
        this.#forbidden.delete(step.peer);
        const octets = octetsOf(step.text, this.#names) + (step.withLineEnd ? "\r\n" : "");
        return (await this.#peer(step.peer)).send(octets, this.#manner === "octets");
      }
      case "tls":
        return (await this.#peer(step.peer)).startTls();
      case "shut":
        return (await this.#peer(step.peer)).shut();
      case "drop":
        return (await this.#peer(step.peer)).drop();
      case "closed": {
        const peer = await this.#peer(step.peer);
        if (!(await peer.isClosed())) this.#fail(step, "the connection is still open");
        if (peer.unread.length > 0) this.#fail(step, `before closing came ${show(peer.unread)}`);
        return;
      }
    }
  }

  async #peer(name: string): Promise<Peer> {
    const known = this.#peers.get(name);
    if (known) return known;
    const peer = new Peer(await this.#world.connect(""));
    this.#peers.set(name, peer);
    return peer;
  }

  /** Lines in their order; or a group of lines that may come in any order, all of them. */
  async #expect(run: readonly Expectation[]): Promise<void> {
    let open = [...run];
    const first = run[0];
    if (!first) return;
    const peer = await this.#peer(first.peer);
    while (open.length > 0) {
      const line = await peer.line();
      if (line === null) this.#fail(open[0], "nothing came");
      const wrong = this.#forbidden.get(first.peer)?.find((text) => matches(text, line, this.#names));
      if (wrong !== undefined) this.#fail(open[0], `came ${show([line])}, which must not`);
      open = this.#without(open, line);
    }
  }

  /** What is still expected after this line came. A line of `...` alone stands for any lines before the next one. */
  #without(open: readonly Expectation[], line: string): Expectation[] {
    const [next, after] = open;
    if (next?.anyOrder) {
      const found = open.find(({ text }) => matches(text, line, this.#names));
      return found ? open.filter((one) => one !== found) : this.#fail(next, `came ${show([line])}`);
    }
    if (next?.text === "..." && after) {
      return matches(after.text, line, this.#names) ? open.slice(2) : [...open];
    }
    if (next && matches(next.text, line, this.#names)) return open.slice(1);
    return this.#fail(next, `came ${show([line])}`);
  }

  #fail(step: Step | undefined, what: string): never {
    const { name, steps } = this.#transcript;
    const wanted = step && "text" in step ? ` (line: ${step.text})` : "";
    throw new Error(`${name}:${(step ?? steps.at(-1))?.line ?? 0} ${this.#manner}: ${what}${wanted}`);
  }
}

/** The run of expectations of one connection and one kind that begins at a step. */
function expectations(steps: readonly Step[], at: number): readonly Expectation[] {
  const run: Expectation[] = [];
  for (const step of steps.slice(at)) {
    const first = run[0] ?? step;
    if (step.does !== "expect" || first.does !== "expect") break;
    if (step.peer !== first.peer || step.anyOrder !== first.anyOrder) break;
    run.push(step);
  }
  return run;
}

function show(lines: readonly string[]): string {
  return JSON.stringify(lines.length > 5 ? [...lines.slice(0, 5), `… ${lines.length - 5} more`] : lines);
}
