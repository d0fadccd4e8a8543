/** Group A of the failure catalogue: messages that do not come as they are. */

import type { OldMailbox } from "../maildrop.ts";
import { type OldMessage, put } from "../maildrop.ts";
import { plainMail } from "./mail.ts";
import { choice, counted, number, scenario, timesOption } from "./scenario.ts";

/** The answer of RETR with its terminator as other servers write it; `answer` is a proper one. */
const endings: Readonly<Record<string, (answer: string, octets: string) => string>> = {
  "dot-lf": (answer) => `${answer.slice(0, -2)}\n`,
  lf: (answer) => `${answer.slice(0, -5)}\n.\n`,
  "no-newline": (answer) => `${answer.slice(0, -5)}.\r\n`,
  unstuffed: (answer, octets) => `${answer.slice(0, answer.indexOf("\r\n") + 2)}${octets}.\r\n`,
};

/** What a server does with TOP, given its proper answer and that of RETR. */
const tops: Readonly<Record<string, (octets: Buffer, whole: Buffer) => Buffer>> = {
  truncated: (octets) => octets.subarray(0, Math.floor(octets.length / 2)),
  full: (_octets, whole) => whole,
};

const removed = (mailbox: OldMailbox, gone: ReadonlySet<OldMessage>): void => {
  const kept = mailbox.messages.filter((message) => !gone.has(message));
  mailbox.messages.splice(0, mailbox.messages.length, ...kept);
};

export const messageScenarios = [
  scenario({
    id: "A15",
    protocols: ["pop3"],
    title: "The end of a message is written wrongly, or dots are not doubled.",
    does: "RETR of message `at` ends with `.` LF (form=dot-lf), with LF after the last line and after `.` (form=lf), has its terminator at the end of the last line (form=no-newline), or doubles no dot (form=unstuffed).",
    options: {
      form: choice(["dot-lf", "lf", "no-newline", "unstuffed"], "what is wrong"),
      at: number(0, "which message; 0: every one"),
    },
    make: ({ form, at }) => ({
      pop3: {
        wire: (answer, { number: shown, message }) => {
          if (at !== 0 && shown !== at) return answer;
          const octets = Buffer.from(message.octets).toString("latin1");
          return Buffer.from(endings[form]?.(answer.toString("latin1"), octets) ?? "", "latin1");
        },
      },
    }),
  }),
  scenario({
    id: "A16",
    protocols: ["mail"],
    title: "A message has a line that is longer than anybody expects.",
    does: "Each mailbox gets a message whose body is one line of `octets` octets.",
    options: { octets: number(10_000_000, "length of the line") },
    make: ({ octets }, { domain }) => ({
      mail: (mailbox) => {
        const whole = plainMail(`${mailbox.name}@${domain}`, "one long line");
        const head = whole.subarray(0, whole.indexOf("\r\n\r\n") + 4);
        put(mailbox, Buffer.concat([head, Buffer.alloc(octets, "x"), Buffer.from("\r\n")]), "long-line");
      },
    }),
  }),
  scenario({
    id: "A17",
    protocols: ["pop3"],
    title: "TOP does not do what it should.",
    does: "TOP is refused, gives half of what it should, the whole message, everything twice, or removes the message as if it had been deleted.",
    options: {
      form: choice(["refused", "truncated", "full", "twice", "deletes"], "what TOP does"),
      at: number(0, "which message; 0: every one"),
    },
    make: ({ form, at }) => {
      const isMeant = (shown: number): boolean => at === 0 || shown === at;
      return {
        pop3: {
          fault: ({ verb, argument }) =>
            verb === "TOP" && form === "refused" && isMeant(Number(argument.split(" ")[0]))
              ? { do: "reply", line: "-ERR TOP is not implemented" }
              : null,
          octets: (octets, shown, command) =>
            command === "TOP" && isMeant(shown.number)
              ? (tops[form]?.(octets, Buffer.from(shown.message.octets)) ?? octets)
              : octets,
          wire: (answer, shown, command) =>
            command === "TOP" && form === "twice" && isMeant(shown.number)
              ? Buffer.concat([answer, answer])
              : answer,
          answered: (verb, shown, { mailbox }) => {
            if (verb === "TOP" && form === "deletes" && shown && isMeant(shown.number))
              removed(mailbox, new Set([shown.message]));
          },
        },
      };
    },
  }),
  scenario({
    id: "A18",
    protocols: ["pop3"],
    title: "The server deletes or hides what was retrieved.",
    does: "A message that RETR gave is deleted when that session ends with QUIT (form=deletes), or is there and not shown to later sessions (form=hides).",
    options: { form: choice(["deletes", "hides"], "what becomes of it") },
    make: ({ form }) => {
      const retrieved = new Set<OldMessage>();
      return {
        pop3: {
          maildrop: (shown) =>
            form === "hides"
              ? shown
                  .filter(({ message }) => !retrieved.has(message))
                  .map((one, index) => ({ ...one, number: index + 1 }))
              : shown,
          answered: (verb, shown) => {
            if (verb === "RETR" && shown) retrieved.add(shown.message);
          },
          ended: (how, { mailbox }) => {
            if (how === "quit" && form === "deletes") removed(mailbox, retrieved);
          },
        },
      };
    },
  }),
  scenario({
    id: "A20",
    protocols: ["pop3"],
    title: "The connection drops inside a message.",
    does: "RETR of message `at` (0: any) ends after `octets` octets of it, and with it the connection; `times` times in all.",
    options: {
      at: number(1, "which message; 0: any"),
      octets: number(100, "octets before the end"),
      times: timesOption(1),
    },
    make: ({ at, octets, times }) => {
      const may = counted(times);
      return {
        pop3: {
          fault: ({ verb, argument }) =>
            verb === "RETR" && (at === 0 || Number(argument) === at) && may()
              ? { do: "drop-inside", octets }
              : null,
        },
      };
    },
  }),
  scenario({
    id: "A21",
    protocols: ["pop3"],
    title: "One message is listed and cannot be had.",
    does: "RETR of message `at` answers -ERR (form=error), or +OK and nothing (form=empty); `times` times in all.",
    options: {
      at: number(2, "which message"),
      form: choice(["error", "empty"], "the answer"),
      times: timesOption(0),
    },
    make: ({ at, form, times }) => {
      const may = counted(times);
      return {
        pop3: {
          fault: ({ verb, argument }) => {
            if (verb !== "RETR" || Number(argument) !== at || !may()) return null;
            return { do: "reply", line: form === "error" ? "-ERR no such message" : "+OK 0 octets\r\n." };
          },
        },
      };
    },
  }),
  scenario({
    id: "A23",
    protocols: ["mail"],
    title: "The first message is the mail store's own bookkeeping.",
    does: 'Each mailbox begins with the message "DON\'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA".',
    options: {},
    make: () => ({
      mail: (mailbox) => {
        put(mailbox, internalData, "internal-data");
        const message = mailbox.messages.pop();
        if (message) mailbox.messages.unshift(message);
      },
    }),
  }),
  scenario({
    id: "A25",
    protocols: ["pop3"],
    title: "POP3 gives other octets than the mail store holds.",
    does: "RETR puts Return-Path and X-UIDL before the header and Status after it; sizes are those of the mail store.",
    options: {},
    make: () => ({
      pop3: {
        octets: (octets, { uidl }) => {
          const text = octets.toString("latin1");
          const added = `Return-Path: <friend@example.net>\r\nX-UIDL: ${uidl}\r\n${text}`;
          return Buffer.from(added.replace("\r\n\r\n", "\r\nStatus: RO\r\n\r\n"), "latin1");
        },
      },
    }),
  }),
];

const internalData = [
  "From: Mail System Internal Data <MAILER-DAEMON@old.big-company.com>",
  "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA",
  "Message-ID: <1162000000@old.big-company.com>",
  "Date: Mon, 02 Nov 2026 08:00:00 +0000",
  "X-IMAP: 1162000000 0000000042",
  "Status: RO",
  "",
  "This text is part of the internal format of your mail folder, and is not",
  "a real message. It is created automatically by the mail system software.",
  "",
].join("\r\n");
