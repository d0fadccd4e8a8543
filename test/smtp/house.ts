import type { Account, LoginAnswer, LoginAttempt } from "#login/login";
import { Sessions } from "#login/sessions";
import { type Address, addressKey, formatAddress, splitSubAddress } from "#mail/address";
import type { MailboxId } from "#mailbox/ids";
import { done } from "#mailbox/problem";
import { silentLog } from "#observe/log";
import type { Intake } from "#queue/queue-store";
import type { AcceptanceAnswer, AcceptanceRequest } from "#routing/acceptance";
import type { Destination, Refusal } from "#routing/destination";
import type { DeliveredHere, SmtpService, SmtpSettings } from "../../src/smtp/service.ts";
import { MemoryStage } from "./memory-stage.ts";

/** A message that was taken, with its octets. */
export interface Taken extends Omit<Intake, "content"> {
  /** In latin1. */
  readonly octets: string;
}

const settings: SmtpSettings = {
  hostname: "mail.big-company.com",
  instance: "4f1c",
  defaultDomain: "big-company.com",
  maxMessage: 100_000,
  giveUpAfter: 5 * 24 * 60 * 60 * 1000,
  normaliseBareLineEndings: false,
};

const refuse = (code: number, enhanced: string, text: string): AcceptanceAnswer => ({
  kind: "refused",
  refusal: { code, enhanced, text } satisfies Refusal,
});

/**
 * A small company for SMTP sessions to be tested with. Here: anna and bob (postmaster leads to anna, team to both,
 * `crowd` to a thousand places). On the old server: carol. `full` has no room, `later` cannot be asked about,
 * `broken` is a defect. Everybody's password is "secret"; `locked` cannot log in now.
 */
export class House {
  readonly stage = new MemoryStage();
  readonly sessions = new Sessions();
  readonly taken: Taken[] = [];
  readonly asked: AcceptanceRequest[] = [];
  readonly logins: LoginAttempt[] = [];
  readonly reported: DeliveredHere[] = [];
  readonly markKey = Buffer.alloc(32, 1);
  settings: SmtpSettings = settings;
  clock = Date.UTC(2026, 0, 2, 3, 4, 5);
  /** Thrown by the next intakes. */
  trouble: Error | null = null;
  /** Thrown by the next reports. */
  reportTrouble: Error | null = null;
  /** What an intake waits for. */
  storing: Promise<void> = Promise.resolve();
  /** What the recipient `slow` waits for. */
  answering: Promise<void> = Promise.resolve();
  readonly #beginsToStore = Promise.withResolvers<void>();
  #ids = 0;

  /** Resolves with the first intake. */
  get hasBegunToStore(): Promise<void> {
    return this.#beginsToStore.promise;
  }

  get service(): SmtpService {
    return {
      settings: this.settings,
      login: { prove: (attempt) => this.#prove(attempt) },
      sessions: this.sessions,
      acceptRecipient: (request) => this.#accept(request),
      maySendAs: async (account, address) => this.#maySendAs(account, address),
      stage: this.stage,
      queue: { intake: (intake) => this.#intake(intake) },
      reportDelivered: async (delivered) => {
        if (this.reportTrouble) throw this.reportTrouble;
        this.reported.push(delivered);
      },
      markKey: this.markKey,
      now: () => this.clock,
      newId: () => `q${++this.#ids}`,
      log: silentLog,
    };
  }

  async #prove({ name, password, ...rest }: LoginAttempt): Promise<LoginAnswer> {
    this.logins.push({ name, password: Uint8Array.from(password), ...rest });
    const address = name.includes("@") ? name : `${name}@big-company.com`;
    if (address.startsWith("locked@")) return { answer: "try-later", text: "The old server is busy" };
    if (Buffer.from(password).toString() !== "secret") return { answer: "refused" };
    const mailbox = mailboxes.get(address) ?? null;
    return {
      answer: "welcome",
      account: { address, mailbox, ready: Promise.resolve(done(1 as MailboxId)) },
    };
  }

  async #accept(request: AcceptanceRequest): Promise<AcceptanceAnswer> {
    this.asked.push(request);
    const key = addressKey(splitSubAddress(request.address) ?? request.address);
    const { domain } = request.address;
    if (domain !== "big-company.com") {
      if (!request.authenticated) return refuse(550, "5.7.1", "We do not relay to this domain");
      return accepted({ kind: "relay", domain, address: formatAddress(request.address) });
    }
    if (key === "slow@big-company.com") await this.answering;
    if (key === "carol@big-company.com")
      return accepted({ kind: "pipe", route: "big-company.old", address: formatAddress(request.address) });
    if (key === "crowd@big-company.com") return accepted(...crowd);
    if (key === "full@big-company.com") return refuse(452, "4.2.2", "The mailbox is full");
    if (key === "later@big-company.com")
      return refuse(451, "4.4.1", "The recipient cannot be checked\r\n250 now");
    if (key === "broken@big-company.com") throw new Error("a defect");
    const members = key === "team@big-company.com" ? ["anna@big-company.com", "bob@big-company.com"] : [key];
    const here = members.flatMap((address) => {
      const mailbox = mailboxes.get(address);
      return mailbox === undefined ? [] : [{ kind: "mailbox", mailbox, address } as const];
    });
    return here.length > 0 ? accepted(...here) : refuse(550, "5.1.1", "No such mailbox here");
  }

  #maySendAs(account: Account, address: Address): boolean {
    const base = splitSubAddress(address) ?? address;
    return addressKey(base) === account.address;
  }

  async #intake({ content, ...rest }: Intake): Promise<void> {
    this.#beginsToStore.resolve();
    await this.storing;
    if (this.trouble) throw this.trouble;
    const { body } = content;
    if (body.kind !== "inline") throw new Error("the memory stage gives octets");
    this.taken.push({ ...rest, octets: Buffer.from(body.octets).toString("latin1") });
  }
}

const mailboxes: ReadonlyMap<string, MailboxId> = new Map([
  ["anna@big-company.com", 1 as MailboxId],
  ["postmaster@big-company.com", 1 as MailboxId],
  ["bob@big-company.com", 2 as MailboxId],
]);

const crowd: readonly Destination[] = Array.from({ length: 1000 }, (_, index) => ({
  kind: "relay",
  domain: "example.net",
  address: `member${index}@example.net`,
}));

function accepted(...destinations: readonly Destination[]): AcceptanceAnswer {
  return { kind: "accepted", destinations };
}
