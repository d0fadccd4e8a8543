/** The old server of the model: the scripted one, with trouble that can be switched on and off by name. */
import { systemClock } from "#jobs/clock";
import type { Fault } from "../old-server/faults.ts";
import { type OldMailbox, OldMailboxes, put } from "../old-server/maildrop.ts";
import { type RunningPop3, startPop3 } from "../old-server/pop3.ts";
import { type RunningSmtp, startSmtp } from "../old-server/smtp.ts";
import type { SmtpFault } from "../old-server/smtp-faults.ts";
import { domain, type Letter, numberOf } from "./letters.ts";

/** What may be wrong there; none of it lies about which messages there are. */
export const troubles = [
  "shut",
  "in use",
  "cuts messages",
  "refuses a message",
  "holds messages",
  "holds listings",
  "defers mail",
  "takes mail without a word",
  "holds mail",
  "lands mail late",
] as const;
export type Trouble = (typeof troubles)[number];

interface Faults {
  readonly pop3?: Fault;
  readonly smtp?: SmtpFault;
}

const drop = { do: "drop" } as const;
const defers: SmtpFault = ({ verb }) =>
  verb === "RCPT" || verb === "MESSAGE" ? { do: "reply", line: "451 4.3.0 come back later" } : null;
const inUse: Fault = ({ verb }) =>
  verb === "PASS" ? { do: "reply", line: "-ERR [IN-USE] maildrop already locked" } : null;
const refuses: Fault = ({ verb, argument }) =>
  verb === "RETR" && Number(argument) % 3 === 2 ? { do: "reply", line: "-ERR it is damaged" } : null;

/** Cuts every second message off, some times. */
function cuts(): Fault {
  let left = 3;
  return ({ verb, argument }) =>
    verb === "RETR" && Number(argument) % 2 === 0 && left-- > 0 ? { do: "drop-inside", octets: 150 } : null;
}

/** Takes some mails and hangs up: the sender cannot know. */
function takesWithoutAWord(): SmtpFault {
  let left = 2;
  return ({ verb }) => (verb === "MESSAGE" && left-- > 0 ? { do: "take-and-drop" } : null);
}

function faultsOf(trouble: Trouble, until: Promise<void>): Faults {
  const waits = { do: "wait", until } as const;
  switch (trouble) {
    case "shut":
      return { pop3: () => drop, smtp: () => drop };
    case "in use":
      return { pop3: inUse };
    case "cuts messages":
      return { pop3: cuts() };
    case "refuses a message":
      return { pop3: refuses };
    case "holds messages":
      return { pop3: ({ verb, times }) => (verb === "RETR" && times > 1 ? waits : null) };
    case "holds listings":
      return { pop3: ({ verb }) => (verb === "UIDL" ? waits : null) };
    case "defers mail":
      return { smtp: defers };
    case "takes mail without a word":
      return { smtp: takesWithoutAWord() };
    case "holds mail":
      return { smtp: ({ verb }) => (verb === "MESSAGE" ? waits : null) };
    case "lands mail late":
      return {};
  }
}

/** How long mail that was taken may be on its way to its maildrop: less than a cutover waits. Milliseconds. */
const longestWay = 4 * 60_000;

export class OldHouse implements AsyncDisposable {
  readonly mailboxes: OldMailboxes;
  readonly pop3: RunningPop3;
  readonly smtp: RunningSmtp;
  trouble: Trouble | null = null;
  #gate = Promise.withResolvers<void>();
  /** What is there and not listed, by person. */
  readonly #hidden = new Map<string, OldMailbox["messages"]>();
  #landing: { readonly due: number; readonly land: () => void }[] = [];

  private constructor(mailboxes: OldMailboxes, pop3: RunningPop3, smtp: RunningSmtp) {
    this.mailboxes = mailboxes;
    this.pop3 = pop3;
    this.smtp = smtp;
    smtp.options.behaviours = [{ later: (land) => this.#later(land) }];
  }

  static async start(names: readonly string[]): Promise<OldHouse> {
    const mailboxes = new OldMailboxes();
    for (const name of names) mailboxes.add(name, "secret");
    const knows = (address: string): boolean =>
      address.toLowerCase().endsWith(`@${domain}`) && mailboxes.find(address) !== undefined;
    const pop3 = await startPop3({ mailboxes });
    return new OldHouse(mailboxes, pop3, await startSmtp({ mailboxes, knows }));
  }

  /** Whether it lets others wait until all is well again. */
  get isHolding(): boolean {
    return this.trouble?.startsWith("holds") === true;
  }

  mailbox(name: string): OldMailbox {
    const mailbox = this.mailboxes.find(name);
    if (!mailbox) throw new Error(`${name} is not on the old server`);
    return mailbox;
  }

  put(letter: Letter): void {
    put(this.mailbox(letter.to), letter.octets);
  }

  /** How often a letter is in its person's maildrop. */
  times({ to, number }: Letter): number {
    const all = [...this.mailbox(to).messages, ...(this.#hidden.get(to) ?? [])];
    return all.filter(({ octets }) => numberOf(latin1(octets)) === number).length;
  }

  begin(trouble: Trouble): void {
    this.calm();
    this.trouble = trouble;
    this.#gate = Promise.withResolvers();
    const { pop3, smtp } = faultsOf(trouble, this.#gate.promise);
    this.pop3.options.fault = pop3 ?? (() => null);
    this.smtp.options.fault = smtp ?? (() => null);
    if (trouble === "shut") this.smtp.disconnect();
  }

  /** Everything is well again, and what was held goes on. */
  calm(): void {
    this.trouble = null;
    this.pop3.options.fault = () => null;
    this.smtp.options.fault = () => null;
    this.#gate.resolve();
    this.land();
  }

  /** Lets nobody in and nothing out, as seen by a process that is no more. @returns what opens it again */
  cutOff(): () => void {
    const pop3 = this.pop3.options.fault;
    const smtp = this.smtp.options.fault;
    this.pop3.options.fault = () => drop;
    this.smtp.options.fault = () => drop;
    this.smtp.disconnect();
    return () => {
      this.pop3.options.fault = pop3 ?? (() => null);
      this.smtp.options.fault = smtp ?? (() => null);
    };
  }

  /** Puts mail into its maildrop that has been on its way for long enough, or all of it when all is well. */
  land(): void {
    const now = systemClock.now();
    const isAll = this.trouble !== "lands mail late";
    const due = this.#landing.filter((one) => isAll || one.due <= now);
    this.#landing = this.#landing.filter((one) => !due.includes(one));
    for (const one of due) one.land();
  }

  /** All messages of a maildrop get other unique-ids, as after a repair. */
  rename(name: string): void {
    const { messages } = this.mailbox(name);
    const renamed = messages.map(({ octets, uidl }) => ({ octets, uidl: `again-${uidl}` }));
    messages.splice(0, messages.length, ...renamed);
  }

  /** A maildrop lists empty, as one does that is locked, moved or not mounted. @returns what it does not list */
  hide(name: string): OldMailbox["messages"] {
    const { messages } = this.mailbox(name);
    const hidden = messages.splice(0);
    this.#hidden.set(name, [...(this.#hidden.get(name) ?? []), ...hidden]);
    return hidden;
  }

  /** It is all there again, before what came meanwhile, and every message has another unique-id. @returns how many */
  show(name: string): number {
    const hidden = this.#hidden.get(name) ?? [];
    this.#hidden.delete(name);
    this.mailbox(name).messages.unshift(...hidden);
    if (hidden.length > 0) this.rename(name);
    return hidden.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calm();
    await this.pop3[Symbol.asyncDispose]();
    await this.smtp[Symbol.asyncDispose]();
  }

  #later(land: () => void): boolean {
    if (this.trouble !== "lands mail late") return false;
    this.#landing.push({ due: systemClock.now() + longestWay, land });
    return true;
  }
}

export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
}
