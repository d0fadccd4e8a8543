/** Group C of the failure catalogue: what the old server's SMTP does to mail that is routed around it. */
import { put } from "../maildrop.ts";
import type { SmtpReaction } from "../smtp-faults.ts";
import { answers, greylists, takesAndDrops } from "../smtp-faults.ts";
import { plainMail } from "./mail.ts";
import { choice, counted, number, scenario, text, timesOption } from "./scenario.ts";

const port = number(2525, "SMTP port of loopback that it sends to");

/** Refusals of a distrustful server, by reason. */
const refusals = {
  policy: ["RCPT", "550 5.7.1 message refused by local policy"],
  spf: ["MAIL", "550 5.7.23 SPF validation failed"],
  listed: ["CONNECT", "554 5.7.1 your address is listed"],
  rate: ["MAIL", "421 4.7.0 too many messages from your address, slow down"],
} as const;

const addressIn = (argument: string): string => /<([^>]*)>/.exec(argument)?.[1] ?? "";

export const routingScenarios = [
  scenario({
    id: "C1",
    protocols: ["smtp"],
    title: "It sends mail for unknown users to the MX, which is the new server.",
    does: "RCPT takes every address of the domain; what is for nobody here is sent on to `port`, with one more Received, and what that answers is not told to anybody.",
    options: { port },
    make: ({ port: to }, { mailboxes, domain, send }) => ({
      smtp: {
        takes: (address) => address.toLowerCase().endsWith(`@${domain}`),
        taken: ({ reversePath, recipients, octets }) => {
          for (const recipient of recipients.filter((one) => mailboxes.find(one) === undefined)) {
            const trace = `Received: by old.${domain} with ESMTP; Mon, 02 Nov 2026 08:00:00 +0000\r\n`;
            void send(to, {
              from: reversePath,
              to: recipient,
              octets: Buffer.concat([Buffer.from(trace), octets]),
            });
          }
        },
      },
    }),
  }),
  scenario({
    id: "C2",
    protocols: ["smtp", "pop3"],
    title: "Behind the old server's name there is the new server itself.",
    does: "Both greetings hold the text `greeting`: give it what the new server greets with.",
    options: { greeting: text("mail.big-company.com", "the text") },
    make: ({ greeting }) => ({
      smtp: { greeting: () => `${greeting} ESMTP` },
      pop3: { greeting: () => greeting },
    }),
  }),
  scenario({
    id: "C3",
    protocols: ["smtp"],
    title: "It takes mail for unknown users and bounces it afterwards.",
    does: "RCPT takes every address; for each that nobody has a bounce with the null reverse-path is sent to the reverse-path, through `port`.",
    options: { port },
    make: ({ port: to }, { mailboxes, domain, send }) => ({
      smtp: {
        takes: () => true,
        taken: ({ reversePath, recipients }) => {
          if (reversePath === "") return;
          for (const recipient of recipients.filter((one) => mailboxes.find(one) === undefined)) {
            const octets = plainMail(reversePath, `Undelivered Mail for ${recipient}`, [
              `Auto-Submitted: auto-replied (mailer-daemon@${domain})`,
            ]);
            void send(to, { from: "", to: reversePath, octets });
          }
        },
      },
    }),
  }),
  scenario({
    id: "C4",
    protocols: ["smtp"],
    title: "It takes mail for every address.",
    does: "RCPT takes every address, and what is for nobody goes into the mailbox `owner` (or nowhere, if there is none of that name).",
    options: { owner: text("postmaster", "login name of the catch-all") },
    make: ({ owner }, { mailboxes }) => ({
      smtp: {
        takes: () => true,
        owners: (address) => {
          if (mailboxes.find(address)) return null;
          const all = mailboxes.find(owner);
          return all ? [all] : [];
        },
      },
    }),
  }),
  scenario({
    id: "C5",
    protocols: ["smtp"],
    title: "It cannot say now whether it knows a recipient.",
    does: "RCPT is answered with 451 (form=later), never (form=hang), or by the end of the connection (form=drop); `times` times in all.",
    options: { form: choice(["later", "hang", "drop"], "the answer"), times: timesOption(0) },
    make: ({ form, times }) => {
      const may = counted(times);
      const reactions: Readonly<Record<string, SmtpReaction>> = {
        later: { do: "reply", line: "451 4.3.0 user database not available" },
        hang: { do: "hang" },
        drop: { do: "drop" },
      };
      return { smtp: { fault: ({ verb }) => (verb === "RCPT" && may() ? (reactions[form] ?? null) : null) } };
    },
  }),
  scenario({
    id: "C7",
    protocols: ["smtp"],
    title: "It fails after the message was sent.",
    does: "The end of the data is answered with 451 (form=later) or 554 (form=refused), or the message is kept and the connection ends without an answer (form=taken); `times` times in all.",
    options: { form: choice(["later", "refused", "taken"], "what happens"), times: timesOption(1) },
    make: ({ form, times }) => {
      const often = times === 0 ? Number.POSITIVE_INFINITY : times;
      const line = form === "later" ? "451 4.3.0 could not queue it" : "554 5.6.0 could not queue it";
      return { smtp: { fault: form === "taken" ? takesAndDrops(often) : answers("MESSAGE", line, often) } };
    },
  }),
  scenario({
    id: "C8",
    protocols: ["smtp"],
    title: "It distrusts the new server: greylist, policy, SPF, blocklist, rate.",
    does: "Each recipient is told 451 the first `times` times (form=greylist); or RCPT, MAIL or the connection is refused for a reason of policy, always.",
    options: {
      form: choice(["greylist", ...Object.keys(refusals)], "the reason"),
      times: timesOption(1),
    },
    make: ({ form, times }) => {
      if (form === "greylist") {
        return { smtp: { fault: greylists(times === 0 ? Number.POSITIVE_INFINITY : times) } };
      }
      const [verb, line] = refusals[form as keyof typeof refusals];
      return { smtp: { fault: answers(verb, line) } };
    },
  }),
  scenario({
    id: "C9",
    protocols: ["smtp"],
    title: "It refuses the name given in EHLO.",
    does: "EHLO and HELO with a name that has no dot or is no public name (form=unqualified), or with any name (form=any), are answered with 550.",
    options: { form: choice(["unqualified", "any"], "which names") },
    make: ({ form }) => ({
      smtp: {
        fault: ({ verb, argument }) => {
          if (verb !== "EHLO" && verb !== "HELO") return null;
          const isPublic =
            /\.[a-z]{2,}$/i.test(argument) && !/\.(?:local|localdomain|lan|internal)$/i.test(argument);
          return form === "any" || !isPublic ? { do: "reply", line: "550 5.7.1 Invalid EHLO domain" } : null;
        },
      },
    }),
  }),
  scenario({
    id: "C10",
    protocols: ["smtp"],
    title: "It knows no 8BITMIME, or not even EHLO.",
    does: "EHLO offers nothing at all (form=bare), or is an unknown command (form=helo).",
    options: { form: choice(["bare", "helo"], "what it knows") },
    make: ({ form }) => ({ smtp: { offers: () => (form === "helo" ? null : []) } }),
  }),
  scenario({
    id: "C11",
    protocols: ["smtp"],
    title: "It refuses reverse-paths of other domains from the new server.",
    does: "MAIL with a reverse-path outside the domain is answered with 550 5.7.23.",
    options: {},
    make: (_values, { domain }) => ({
      smtp: {
        fault: ({ verb, argument }) => {
          const from = addressIn(argument).toLowerCase();
          if (verb !== "MAIL" || from === "" || from.endsWith(`@${domain}`)) return null;
          return { do: "reply", line: "550 5.7.23 SPF validation failed" };
        },
      },
    }),
  }),
  scenario({
    id: "C12",
    protocols: ["smtp"],
    title: "It scores what it takes as spam and marks it.",
    does: "What lands in a mailbox by SMTP has the mark before its Subject, and X-Spam-Flag: YES.",
    options: { mark: text("***SPAM***", "the mark") },
    make: ({ mark }) => ({
      smtp: {
        stored: (octets) => {
          const text = octets.toString("latin1").replace(/^Subject: /m, `Subject: ${mark} `);
          return Buffer.from(`X-Spam-Flag: YES\r\n${text}`, "latin1");
        },
      },
    }),
  }),
  scenario({
    id: "C13",
    protocols: ["mail"],
    title: "It goes on to deliver to its own mailboxes.",
    does: "Every `seconds` seconds a message of a colleague lands in each mailbox; the first at once.",
    options: { seconds: number(60, "between two messages") },
    make: ({ seconds }, { mailboxes, domain }) => {
      let count = 0;
      const deliver = (): void => {
        count++;
        for (const mailbox of mailboxes.all)
          put(mailbox, plainMail(`${mailbox.name}@${domain}`, `from a colleague ${count}`));
      };
      deliver();
      return { every: { milliseconds: seconds * 1000, do: deliver } };
    },
  }),
  scenario({
    id: "C16",
    protocols: ["smtp"],
    title: "What it has accepted lands late.",
    does: "A message that was answered with 250 lands in the mailbox `seconds` seconds later.",
    options: { seconds: number(30, "until it lands") },
    make: ({ seconds }) => ({
      smtp: {
        later: (land) => {
          setTimeout(land, seconds * 1000).unref();
          return true;
        },
      },
    }),
  }),
  scenario({
    id: "C19",
    protocols: ["smtp"],
    title: "Its people have a forward to the new server, and keep a copy.",
    does: "What it takes for its people lands in their mailboxes and is sent on to `port`, with the same recipient.",
    options: { port },
    make: ({ port: to }, { mailboxes, send }) => ({
      smtp: {
        taken: ({ reversePath, recipients, octets }) => {
          for (const recipient of recipients.filter((one) => mailboxes.find(one) !== undefined))
            void send(to, { from: reversePath, to: recipient, octets });
        },
      },
    }),
  }),
  scenario({
    id: "C20",
    protocols: ["smtp"],
    title: "It knows addresses that are nobody's login: lists, groups, tagged ones.",
    does: "`list`@domain is taken and lands in every mailbox; NAME+anything is taken for NAME.",
    options: { list: text("everybody", "local part of the list") },
    make: ({ list }, { mailboxes, domain }) => {
      const owners = (address: string) => {
        const [local = "", home = ""] = address.toLowerCase().split("@");
        if (home !== domain) return null;
        if (local === list) return mailboxes.all;
        const [name = "", tag] = local.split("+");
        const tagged = tag === undefined ? undefined : mailboxes.find(name);
        return tagged ? [tagged] : null;
      };
      return { smtp: { takes: (address) => owners(address) !== null, owners } };
    },
  }),
  scenario({
    id: "C21",
    protocols: ["smtp"],
    title: "It knows an alias of somebody.",
    does: "`alias`@domain is taken and lands in the mailbox `to`.",
    options: { alias: text("info", "local part of the alias"), to: text("anna", "login name") },
    make: ({ alias, to }, { mailboxes, domain }) => {
      const owners = (address: string) => {
        const mailbox = mailboxes.find(to);
        return address.toLowerCase() === `${alias}@${domain}` && mailbox ? [mailbox] : null;
      };
      return { smtp: { takes: (address) => owners(address) !== null, owners } };
    },
  }),
  scenario({
    id: "C22",
    protocols: ["smtp"],
    title: "It wants its own people to log in before they send.",
    does: "MAIL with a reverse-path of its own domain is answered with 530.",
    options: {},
    make: (_values, { domain }) => ({
      smtp: {
        fault: ({ verb, argument }) =>
          verb === "MAIL" && addressIn(argument).toLowerCase().endsWith(`@${domain}`)
            ? { do: "reply", line: "530 5.7.0 Authentication required" }
            : null,
      },
    }),
  }),
  scenario({
    id: "C24",
    protocols: ["smtp"],
    title: "It answers for people who are away.",
    does: "For each recipient of a message that has a reverse-path, a reply with the null reverse-path is sent to that, through `port`.",
    options: { port },
    make: ({ port: to }, { send }) => ({
      smtp: {
        taken: ({ reversePath, recipients }) => {
          if (reversePath === "") return;
          for (const recipient of recipients) {
            const octets = plainMail(reversePath, `${recipient} is away`, ["Auto-Submitted: auto-replied"]);
            void send(to, { from: "", to: reversePath, octets });
          }
        },
      },
    }),
  }),
];
