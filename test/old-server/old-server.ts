/**
 * The scripted old server as a whole: mailboxes, POP3 and SMTP on loopback, and the scenarios that were selected.
 * It relies on nothing of Mailferry's, promises to misbehave in no other way than was asked for, and can be told
 * to behave otherwise while it runs.
 */
import { OldMailboxes } from "./maildrop.ts";
import { type Pop3Options, type RunningPop3, startPop3 } from "./pop3.ts";
import type { OldHouse } from "./scenarios/scenario.ts";
import { type Selection, select } from "./scenarios/select.ts";
import { sendMail } from "./send-mail.ts";
import { type RunningSmtp, type SmtpOptions, startSmtp } from "./smtp.ts";

export interface OldServerOptions {
  /** As on the command line: "A10,A20:at=3"; "" for a server that behaves. */
  readonly scenario?: string;
  readonly mailboxes?: OldMailboxes;
  readonly domain?: string;
  readonly pop3?: Omit<Pop3Options, "mailboxes" | "behaviours">;
  readonly smtp?: Omit<SmtpOptions, "mailboxes" | "behaviours">;
  /** Epoch milliseconds; the machine's clock if not told. */
  readonly now?: () => number;
}

export interface RunningOldServer extends AsyncDisposable {
  readonly mailboxes: OldMailboxes;
  readonly pop3: RunningPop3;
  readonly smtp: RunningSmtp;
  /** Selects other scenarios, for connections that begin from now on. Throws SelectionError. */
  select(scenario: string): void;
}

/** Starts both servers. Throws SelectionError. */
export async function startOldServer(options: OldServerOptions = {}): Promise<RunningOldServer> {
  const { mailboxes = new OldMailboxes(), domain = "big-company.com", now = Date.now } = options;
  const house: OldHouse = { mailboxes, domain, now, send: sendMail };
  const first = select(options.scenario ?? "", house);
  const knows = (address: string): boolean =>
    address.toLowerCase().endsWith(`@${domain}`) && mailboxes.find(address) !== undefined;
  const pop3 = await startPop3({ ...options.pop3, mailboxes });
  const smtp = await startSmtp({ knows, ...options.smtp, mailboxes });
  let timers: readonly NodeJS.Timeout[] = [];
  const apply = (selection: Selection): void => {
    for (const timer of timers) clearInterval(timer);
    selection.prepare(mailboxes);
    pop3.options.behaviours = selection.pop3;
    smtp.options.behaviours = selection.smtp;
    timers = selection.every.map((one) => setInterval(one.do, one.milliseconds).unref());
  };
  apply(first);
  return {
    mailboxes,
    pop3,
    smtp,
    select: (scenario) => apply(select(scenario, house)),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      await pop3[Symbol.asyncDispose]();
      await smtp[Symbol.asyncDispose]();
    },
  };
}
