/**
 * A company in the middle of its move: the old server, the new house, people, senders and an administrator. Deeds may
 * go on while others begin; what each came to is written into the letters, which know where they must be in the end.
 */
import { setTimeout as wait } from "node:timers/promises";
import { CommandFailed } from "#cli/connection";
import type { CutoverView } from "#http/cutover";
import type { MailboxView } from "#http/mailboxes";
import type { CheckView } from "#http/migrations";
import type { ReturnView } from "#http/returns";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { domain, type Letter, makeLetter, numberOf } from "./letters.ts";
import { NewHouse } from "./new-house.ts";
import { latin1, OldHouse } from "./old-house.ts";
import { showThere } from "./old-maildrops.ts";
import { Person, type Surroundings, TryLater } from "./person.ts";

export const route = "big-company.old";
const minutes = 60_000;
const cutoverPath = `/migrations/${domain}/cutover`;

/** The house died while something was done: what became of it is not known. */
class Died extends Error {}

export class World implements AsyncDisposable {
  readonly old: OldHouse;
  readonly house: NewHouse;
  readonly people: readonly Person[];
  /** Whether the administrator has told who will come: then nobody is ever turned away. */
  readonly isListGiven: boolean;
  readonly letters: Letter[] = [];
  /** What happened, in the order in which it ended. */
  readonly story: string[] = [];
  /** Mail may be on the old server twice: an answer for it was lost. */
  hadLostAnswers = false;
  /** What is known of the last cutover. */
  cutover: CutoverView["state"] | "none" = "none";
  #numbers = 0;
  /** How often somebody began to go back, and had gone. One goes at a time: administrators wait for it. */
  #returns = 0;
  #failure: unknown = null;
  readonly #underWay = new Set<Promise<void>>();
  readonly #hangUps = new Set<() => void>();

  private constructor(old: OldHouse, house: NewHouse, people: readonly Person[], isListGiven: boolean) {
    this.isListGiven = isListGiven;
    this.old = old;
    this.house = house;
    this.people = people;
  }

  /** People with so many old letters each; the migration is on. */
  static async start(first: readonly number[], isListGiven: boolean): Promise<World> {
    const people = ["anna", "bob", "carol"].slice(0, first.length).map((name) => new Person(name));
    const old = await OldHouse.start(people.map(({ name }) => name));
    const world = new World(old, await NewHouse.start(), people, isListGiven);
    try {
      for (const [index, count] of first.entries()) {
        for (let n = 0; n < count; n++) world.arriveThere(index, n);
      }
      const { command } = world.house;
      await command.post("/domains", { kind: "local", name: domain });
      const hosts = [{ host: "127.0.0.1", port: old.smtp.port }];
      await command.post("/domains", { kind: "remote", name: route, hosts });
      await command.patch(`/domains/${domain}`, { unknownUsers: `*@${domain}|${route}` });
      await command.put(`/migrations/${domain}`, { from: `pop3://127.0.0.1:${old.pop3.port}`, tls: "none" });
      const add = isListGiven ? people.map(({ address }) => address) : [];
      await command.post(`/migrations/${domain}/people`, { add });
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Whether the domain moves, as far as the model knows. */
  get isMigrating(): boolean {
    return this.cutover !== "done" && this.cutover !== "undoing";
  }

  person(index: number): Person {
    const person = this.people[index % this.people.length];
    if (!person) throw new Error("there is nobody");
    return person;
  }

  /** Straight into a maildrop of the old server. */
  arriveThere(index: number, filling: number): void {
    const letter = makeLetter(++this.#numbers, this.person(index).name, "old", filling);
    letter.isLate = this.cutover === "running" || !this.isMigrating;
    this.letters.push(letter);
    this.old.put(letter);
    this.story.push(`letter ${letter.number} is on the old server for ${letter.to}`);
  }

  /** A mail from outside, one letter for each of its recipients. */
  compose(indexes: readonly number[], filling: number): readonly Letter[] {
    const number = ++this.#numbers;
    const letters = indexes.map((index) => makeLetter(number, this.person(index).name, "outside", filling));
    this.letters.push(...letters);
    return letters;
  }

  /** Sends it to all who have not got it yet. */
  async send(letters: readonly Letter[]): Promise<string> {
    const [first] = letters;
    if (!first) return "nothing to send";
    const alive = this.#life();
    using program = await SmtpProgram.connect(this.house.ports.smtp);
    using _hangUp = this.#connected(() => program[Symbol.dispose]());
    alive();
    const wereHere = letters.map(({ to }) => this.#named(to).isHere === "yes");
    // Odd while somebody is going back at this moment.
    const returns = this.#returns % 2 === 0 ? this.#returns : -1;
    for (const letter of letters) letter.isAccepted = "unknown";
    const addresses = letters.map(({ to }) => `${to}@${domain}`);
    const { recipients, data } = await program.send("friend@example.net", addresses, first.octets);
    const said = letters.map((letter, index) => {
      const reply = recipients[index]?.code === 250 ? data : recipients[index];
      letter.isAccepted = reply?.code === 250 ? "yes" : "no";
      // Who goes back between RCPT and the end of the data makes the whole message come again.
      const mustBeTaken =
        wereHere[index] === true && (recipients[index]?.code !== 250 || this.#returns === returns);
      if (reply?.code !== 250) this.#mayBeRefused(letter, mustBeTaken, reply?.code ?? 0);
      return `${letter.to} ${reply?.code} ${reply?.text}`;
    });
    return said.join("; ");
  }

  #mayBeRefused({ to, number }: Letter, mustBeTaken: boolean, code: number): void {
    if (mustBeTaken) throw new Error(`letter ${number} for ${to}, who is here, was answered with ${code}`);
    if (code >= 500 && !this.#mayTurnAway)
      throw new Error(`letter ${number} for ${to}, who is on the old server, was refused with ${code}`);
  }

  /** All is well again on the old server. */
  calm(): void {
    this.old.calm();
    for (const index of this.people.keys()) showThere(this, index);
  }

  /** An administrator looks why moves are paused, and lets them go on: somebody had changed their old maildrops. */
  async resume(): Promise<void> {
    if (!this.people.some(({ mayVanish }) => mayVanish)) throw new Error("paused for nothing");
    await this.house.command.post(`/migrations/${domain}/transfers`, { act: "resume" });
  }

  /** What a person does, after what that person does already. @param isAwaited whether others wait for it */
  async act(person: Person, what: string, isAwaited: boolean, deed: () => Promise<string>): Promise<void> {
    const acting = person.lane.then(() => this.#tell(`${person.name} ${what}`, deed));
    person.lane = acting;
    await this.#keepUp(acting, isAwaited);
  }

  /** What anybody else does. */
  async happen(what: string, isAwaited: boolean, deed: () => Promise<string>): Promise<void> {
    await this.#keepUp(this.#tell(what, deed), isAwaited);
  }

  /** What a person's programs need, for one deed. */
  surroundings(): Surroundings {
    const alive = this.#life();
    return {
      ports: this.house.ports,
      letters: (name) => this.letters.filter(({ to }) => to === name),
      letterNamed: (name, uidl) => {
        const message = this.old.mailbox(name).messages.find((one) => one.uidl === uidl);
        const number = message ? numberOf(latin1(message.octets)) : null;
        return this.letters.find((letter) => letter.to === name && letter.number === number) ?? null;
      },
      mayBeRefused: () => this.#mayTurnAway,
      connected: (hangUp) => this.#connected(hangUp),
      alive,
    };
  }

  /** Everything that goes on has come to its end. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    this.complain();
  }

  /** Throws what failed in a deed that nobody waited for. */
  complain(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** From now on mail may be on the old server twice, and what is listed twice is one message in the end. */
  loseAnswers(): void {
    this.hadLostAnswers = true;
    for (const person of this.people) person.mayVanish = true;
  }

  async crash(): Promise<void> {
    this.loseAnswers();
    await this.house.crash(() => {
      for (const hangUp of this.#hangUps) hangUp();
      for (const { imap } of this.people) imap.hangUp();
      return this.old.cutOff();
    });
    this.story.push("--- the house died and came back");
  }

  async restart(): Promise<void> {
    this.loseAnswers();
    await this.house.restart(() => {
      for (const { imap } of this.people) imap.hangUp();
    });
    this.story.push("--- the house was started again");
  }

  /** Time passes; mail that was on its way lands. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 2 * minutes) {
      this.house.forward(Math.min(left, 2 * minutes));
      this.old.land();
      await wait(2);
    }
  }

  /** Asks where the cutover stands, and who is here. */
  async refresh(): Promise<void> {
    const { command } = this.house;
    if (this.cutover !== "none") {
      const { state } = await command.get<CutoverView>(cutoverPath);
      this.#stands(state);
    }
    for (const person of this.people) {
      // A first login that was told to come later may have come to its good end since.
      if (person.isHere === "yes" || person.isHere === "away") continue;
      const mailbox = await found(command.get<MailboxView>(`/mailboxes/${person.address}`));
      if (mailbox?.admitted) person.isHere = "yes";
      else person.isHere = (await this.wayBack(person)) ? "away" : "no";
    }
  }

  /** Somebody goes back to the old server, with all mail. @returns what stands in the way, null when it begins */
  async giveBack(person: Person): Promise<string | null> {
    const alive = this.#life();
    const before = person.isHere;
    this.#returns++;
    person.imap.hangUp();
    person.mayVanish = true;
    person.isHere = "perhaps";
    try {
      await this.house.command.post<ReturnView>(`/returns/${person.address}`, { allFolders: true });
      alive();
      person.isHere = "away";
      person.mayCome = false;
      return null;
    } catch (error) {
      alive();
      if (!(error instanceof CommandFailed)) throw error;
      person.isHere = before;
      return error.message;
    } finally {
      this.#returns++;
    }
  }

  /** Somebody who went back may come again. */
  async permit(person: Person): Promise<string> {
    person.mayCome = true;
    await this.house.command.post(`/returns/${person.address}/undo`, {});
    return "may come";
  }

  /** Where somebody's way back stands; null when there is none. */
  async wayBack(person: Person): Promise<ReturnView | null> {
    return await found(this.house.command.get<ReturnView>(`/returns/${person.address}`));
  }

  /** Check mailboxes. @param isAwaited whether it is over when this resolves */
  async check(isAwaited: boolean): Promise<string> {
    const path = `/migrations/${domain}/check`;
    const checked = await found(this.house.command.post<CheckView>(path, { wait: isAwaited }));
    if (checked === null && this.isMigrating && this.cutover !== "running")
      throw new Error("nothing to check");
    return (checked?.mailboxes ?? []).map(({ found, problem }) => problem ?? `${found} found`).join(", ");
  }

  /** @returns what stands in the way, null when it begins */
  async beginCutover(): Promise<string | null> {
    try {
      const { state } = await this.house.command.post<CutoverView>(cutoverPath, {});
      this.#stands(state);
      return null;
    } catch (error) {
      if (error instanceof CommandFailed) return error.message;
      throw error;
    }
  }

  async undoCutover(): Promise<void> {
    const { state } = await this.house.command.post<CutoverView>(`${cutoverPath}/undo`, {});
    this.#stands(state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.old.calm();
    for (const { imap } of this.people) imap.hangUp();
    for (const hangUp of this.#hangUps) hangUp();
    await Promise.allSettled(this.#underWay);
    await this.house[Symbol.asyncDispose]();
    await this.old[Symbol.asyncDispose]();
  }

  /** Whether people who have not come may be unknown: nobody knew of them when the migration ended. */
  get #mayTurnAway(): boolean {
    return !this.isListGiven && (this.cutover === "running" || this.cutover === "done");
  }

  #stands(state: CutoverView["state"]): void {
    this.cutover = state;
    // Everything goes on as before: what came meanwhile is fetched after all.
    if (state === "undone" || state === "refused") for (const letter of this.letters) letter.isLate = false;
  }

  #named(name: string): Person {
    const person = this.people.find((one) => one.name === name);
    if (!person) throw new Error(`nobody is called ${name}`);
    return person;
  }

  /** To be called when something was heard: throws when who said it was dead by then. */
  #life(): () => void {
    const { life } = this.house;
    return () => {
      if (this.house.life !== life) throw new Died();
    };
  }

  #connected(hangUp: () => void): Disposable {
    this.#hangUps.add(hangUp);
    return { [Symbol.dispose]: () => void this.#hangUps.delete(hangUp) };
  }

  async #tell(what: string, deed: () => Promise<string>): Promise<void> {
    await this.house.isUp;
    const { life } = this.house;
    try {
      this.story.push(`${what}: ${await deed()}`);
    } catch (error) {
      if (this.house.life !== life) this.story.push(`${what}: nobody knows what became of it`);
      else if (error instanceof TryLater) this.story.push(`${what}: later (${error.message})`);
      else {
        this.story.push(`${what}: WRONG`);
        throw error;
      }
    }
  }

  async #keepUp(doing: Promise<void>, isAwaited: boolean): Promise<void> {
    const ended = doing.catch((error: unknown) => {
      this.#failure ??= error;
    });
    this.#underWay.add(ended);
    void ended.finally(() => this.#underWay.delete(ended));
    // What the old server holds is waited for by those whom it concerns.
    if (isAwaited) await (this.old.isHolding ? Promise.race([ended, wait(100)]) : ended);
    this.complain();
  }
}

async function found<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CommandFailed) return null;
    throw error;
  }
}
