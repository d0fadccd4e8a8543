/** One person with two mail programs, one of each protocol, and what becomes of what they do. */
import { Pop3Program } from "../programs/pop3-program.ts";
import { domain, isWelcome, type Letter, numberOf } from "./letters.ts";
import type { Ports } from "./new-house.ts";
import { folders, ToldByImap } from "./told-by-imap.ts";
import { type Shown, ToldByPop3, type ToldMessage } from "./told-by-pop3.ts";

export type Protocol = "pop3" | "imap";
export const password = "secret";

/** What a person's programs need of the world. */
export interface Surroundings {
  readonly ports: Ports;
  /** The letters to this person. */
  letters(name: string): readonly Letter[];
  /** Which letter has this unique-id on the old server; null: none. */
  letterNamed(name: string, uidl: string): Letter | null;
  /** Whether a refusal of the password is right, because the person's mail never was here and nobody moves any more. */
  mayBeRefused(): boolean;
  /** Takes what hangs up when the house dies, until it is disposed of. */
  connected(hangUp: () => void): Disposable;
  /** Throws when the house died since this deed began: what was heard after that was said by nobody. */
  alive(): void;
}

/** Trouble that a program tells its person of, who tries again later. */
export class TryLater extends Error {}

const temporary =
  /^(?:-ERR \[(?:SYS\/TEMP|IN-USE)\]|(?:LOGIN .*: |CREATE .*: )?NO \[(?:UNAVAILABLE|INUSE)\])/;

export class Person {
  readonly name: string;
  /** away: gone back to the old server. */
  isHere: "no" | "perhaps" | "yes" | "away" = "no";
  /** Whether who is away may come again. */
  mayCome = false;
  /** Messages that were never read may vanish: others take them away on the old server, or it shows them twice. */
  mayVanish = false;
  /** A copy was made, and nobody knows whether the original was deleted after it: there may be two of something. */
  mayHaveTwo = false;
  /** What this person does comes one after the other. */
  lane: Promise<void> = Promise.resolve();
  readonly pop3: ToldByPop3;
  readonly imap: ToldByImap;

  constructor(name: string) {
    this.name = name;
    this.pop3 = new ToldByPop3(name);
    this.imap = new ToldByImap(name);
  }

  get address(): string {
    return `${this.name}@${domain}`;
  }

  /** Logs in and lists; reads all, one, or nothing. @returns how many messages were shown, and how many read */
  async look(by: Protocol, which: "all" | "none" | number, world: Surroundings): Promise<string> {
    return by === "pop3" ? await this.#lookByPop3(which, world) : await this.#lookByImap(which, world);
  }

  /** Deletes a message. @param isUnread without having looked at it, where that can be told */
  async delete(by: Protocol, which: number, isUnread: boolean, world: Surroundings): Promise<string> {
    return by === "pop3"
      ? await this.#deleteByPop3(which, isUnread, world)
      : await this.#deleteByImap(which, world);
  }

  /** Moves a message from the INBOX to another folder. */
  async keep(which: number, how: "move" | "copy", world: Surroundings): Promise<string> {
    await this.#connect(world);
    const inbox = await this.#asking(this.imap.list("INBOX", () => this.mayVanish));
    const entry = inbox[which % Math.max(inbox.length, 1)];
    if (!entry) return "there is nothing";
    const known = entry.text === null ? null : numberOf(entry.text);
    const before = this.mayHaveTwo;
    this.mayHaveTwo ||= how === "copy";
    for (const { excuses } of [this.pop3, this.imap]) excuses.add(known);
    await this.imap.keep(entry.uid, how);
    this.imap.excuses.take(known);
    this.mayHaveTwo = before;
    return `UID ${entry.uid} is kept`;
  }

  async #lookByPop3(which: "all" | "none" | number, world: Surroundings): Promise<string> {
    const program = await this.#login(world);
    using _hangUp = world.connected(() => program.hangUp());
    const shown = await this.#asking(this.pop3.list(program, () => this.mayVanish));
    let read = 0;
    const trouble = new Set<string>();
    for (const one of chosen(shown, which)) {
      try {
        await this.#readByPop3(program, one, world);
        read++;
      } catch (error) {
        if (!(error instanceof TryLater)) throw error;
        trouble.add(error.message);
      }
    }
    await program.quit();
    this.#once(shown.map(({ message }) => message.text));
    if (trouble.size > 0) throw new TryLater(`${read} of ${shown.length}, then: ${[...trouble].join()}`);
    return `${read} of ${shown.length}`;
  }

  async #readByPop3(program: Pop3Program, shown: Shown, world: Surroundings): Promise<void> {
    try {
      this.#check(await this.pop3.read(program, shown), world);
    } catch (error) {
      const words = error instanceof Error ? error.message : "";
      const isNoMore = words.startsWith("-ERR ") && shown.message.text === null && this.mayVanish;
      if (temporary.test(words) || isNoMore) throw new TryLater(words);
      throw error;
    }
  }

  async #lookByImap(which: "all" | "none" | number, world: Surroundings): Promise<string> {
    await this.#connect(world);
    const texts: (string | null)[] = [];
    let trouble: string | null = null;
    for (const folder of folders) {
      let entries = await this.#asking(this.imap.list(folder, () => this.mayVanish));
      if (folder === "INBOX" || which === "all") {
        const wanted = chosen(entries, which).map(({ uid }) => uid);
        trouble = (await this.imap.read(wanted)) ?? trouble;
        entries = await this.#asking(this.imap.list(folder, () => this.mayVanish));
      }
      for (const { text } of entries) if (text !== null) this.#check(text, world);
      texts.push(...entries.map(({ text }) => text));
    }
    this.#once(texts);
    if (trouble !== null && !temporary.test(trouble)) throw new Error(`${this.name}, by IMAP: ${trouble}`);
    const read = texts.filter((text) => text !== null).length;
    if (trouble !== null) throw new TryLater(`${read} of ${texts.length}, then: ${trouble}`);
    return `${read} of ${texts.length}`;
  }

  async #deleteByPop3(which: number, isUnread: boolean, world: Surroundings): Promise<string> {
    const program = await this.#login(world);
    using _hangUp = world.connected(() => program.hangUp());
    const shown = await this.#asking(this.pop3.list(program, () => this.mayVanish));
    const [one] = chosen(shown, which);
    if (!one) return "there is nothing";
    const { message, number } = one;
    let letter = message.text === null ? world.letterNamed(this.name, message.uidl) : null;
    if (!isUnread || letter === null) {
      await this.#readByPop3(program, one, world);
      letter = letterOf(message.text, world.letters(this.name));
    }
    return await this.#deleteOne(program, number, message, letter);
  }

  async #deleteOne(
    program: Pop3Program,
    number: number,
    message: ToldMessage,
    letter: Letter | null,
  ): Promise<string> {
    await this.#asking(program.delete(number));
    const known = message.text === null ? null : numberOf(message.text);
    this.imap.excuses.add(known);
    this.pop3.excuses.add(known);
    if (letter?.deleted === "no") letter.deleted = "perhaps";
    await this.#asking(program.quit());
    this.pop3.excuses.take(known);
    this.pop3.deleted(message);
    const how = message.text === null ? "unread" : "read";
    if (letter) letter.deleted = how;
    return `deleted ${how}: ${letter ? `letter ${letter.number}` : message.uidl}`;
  }

  async #deleteByImap(which: number, world: Surroundings): Promise<string> {
    await this.#connect(world);
    const before = await this.#asking(this.imap.list("INBOX", () => this.mayVanish));
    const [entry] = chosen(before, which);
    if (!entry) return "there is nothing";
    const trouble = await this.imap.read([entry.uid]);
    const after = await this.#asking(this.imap.list("INBOX", () => this.mayVanish));
    const text = after.find(({ uid }) => uid === entry.uid)?.text ?? null;
    if (text === null) throw new TryLater(trouble ?? "it is gone");
    this.#check(text, world);
    const letter = letterOf(text, world.letters(this.name));
    for (const { excuses } of [this.pop3, this.imap]) excuses.add(numberOf(text));
    if (letter?.deleted === "no") letter.deleted = "perhaps";
    await this.imap.delete("INBOX", entry.uid);
    this.imap.excuses.take(numberOf(text));
    if (letter) letter.deleted = "read";
    return `deleted read: ${letter ? `letter ${letter.number}` : `UID ${entry.uid}`}`;
  }

  /** A login begins: should nobody learn how it ended, its owner may have come by it. */
  #maySoonBeHere(): void {
    if (this.isHere === "no" || (this.isHere === "away" && this.mayCome)) this.isHere = "perhaps";
  }

  async #login(world: Surroundings): Promise<Pop3Program> {
    this.#maySoonBeHere();
    let program: Pop3Program;
    try {
      program = await Pop3Program.login(world.ports.pop3, this.address, password);
    } catch (error) {
      throw this.#refused(error, world);
    }
    this.#came(world, () => program.hangUp());
    return program;
  }

  async #connect(world: Surroundings): Promise<void> {
    if (this.imap.isConnected) return;
    this.#maySoonBeHere();
    try {
      await this.imap.connect(world.ports.imap, `${this.address} ${password}`);
    } catch (error) {
      throw this.#refused(error, world);
    }
    this.#came(world, () => this.imap.hangUp());
  }

  #came(world: Surroundings, hangUp: () => void): void {
    try {
      world.alive();
    } catch (error) {
      hangUp();
      throw error;
    }
    if (this.isHere === "away" && !this.mayCome)
      throw new Error(`${this.name} went back and was let in all the same`);
    this.isHere = "yes";
  }

  #refused(error: unknown, world: Surroundings): unknown {
    const words = error instanceof Error ? error.message : String(error);
    const isWrong = /\[(?:AUTH|AUTHENTICATIONFAILED)\]/.test(words);
    if (isWrong && this.isHere !== "yes" && world.mayBeRefused()) return new TryLater(words);
    return temporary.test(words) ? new TryLater(words) : error;
  }

  /** What a server says that has trouble for the moment is no surprise. */
  async #asking<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Error && temporary.test(error.message)) throw new TryLater(error.message);
      throw error;
    }
  }

  /** Whether it is a letter to this person, whole and as it was sent, or the welcome. */
  #check(text: string, world: Surroundings): void {
    const letter = letterOf(text, world.letters(this.name));
    if (letter ? text.endsWith(letter.octets.toString("latin1")) : isWelcome(text)) return;
    throw new Error(`${this.name} was shown what nobody sent: ${JSON.stringify(text.slice(0, 2000))}`);
  }

  #once(texts: readonly (string | null)[]): void {
    const numbers = texts.flatMap((text) => (text === null ? [] : (numberOf(text) ?? "the welcome")));
    const twice = numbers.find((number, index) => numbers.indexOf(number) < index);
    if (twice !== undefined && !this.mayHaveTwo)
      throw new Error(`${this.name} was shown letter ${twice} twice`);
  }
}

function chosen<T>(all: readonly T[], which: "all" | "none" | number): readonly T[] {
  if (which === "all") return all;
  return which === "none" || all.length === 0 ? [] : all.slice(which % all.length).slice(0, 1);
}

function letterOf(text: string | null, letters: readonly Letter[]): Letter | null {
  const number = text === null ? null : numberOf(text);
  return letters.find((letter) => letter.number === number) ?? null;
}
