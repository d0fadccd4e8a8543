/** Tells the demo aloud: steps, commands, progress, and checks that either hold or do not. */

const bold = (text: string): string => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);

export class Narrator {
  #step = 0;
  #held = 0;
  readonly #broken: string[] = [];
  readonly #started = performance.now();

  say(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  step(title: string): void {
    this.say(`\n${bold(`${++this.#step}. ${title}`)}`);
  }

  /** A command as an administrator types it. */
  command(args: readonly string[]): void {
    this.say(`   $ mailferry ${args.map((arg) => (/[\s*|{}]/.test(arg) ? `'${arg}'` : arg)).join(" ")}`);
  }

  /** What a command printed. */
  output(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.say(`     ${line}`);
  }

  check(claim: string, holds: boolean, detail = ""): void {
    if (holds) this.#held++;
    else this.#broken.push(claim);
    this.say(`   ${holds ? "✓" : "✗"} ${claim}${holds || detail === "" ? "" : `: ${detail}`}`);
  }

  /** A line that is drawn over itself on a terminal. */
  progress(line: string): void {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K   ${line}`);
  }

  progressEnds(line: string): void {
    if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
    this.say(`   ${line}`);
  }

  /** @returns whether everything held */
  finish(): boolean {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    if (this.#broken.length === 0) {
      this.say(
        `\n${bold(`All ${this.#held} checks held`)}, in ${seconds} s: the company has moved and nobody noticed.`,
      );
      return true;
    }
    this.say(`\n${bold(`${this.#broken.length} checks did not hold`)} (${this.#held} did):`);
    for (const claim of this.#broken) this.say(`   ✗ ${claim}`);
    return false;
  }
}
