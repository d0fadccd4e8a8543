/** Group F of the failure catalogue: messages as old servers keep them. */
import { type OldMailbox, put } from "../maildrop.ts";
import { plainMail } from "./mail.ts";
import { choice, number, scenario } from "./scenario.ts";

const ordinary = (to: string, subject: string): string => plainMail(to, subject).toString("latin1");

/** What an mbox server does to messages that were listed. */
function writeStoreFields({ messages }: OldMailbox): void {
  for (const [index, message] of messages.entries()) {
    const text = Buffer.from(message.octets).toString("latin1");
    if (text.startsWith("X-UIDL: ")) continue;
    const octets = Buffer.from(`X-UIDL: ${message.uidl}\r\nStatus: O\r\n${text}`, "latin1");
    messages[index] = { ...message, octets };
  }
}

/** Messages that each mailbox gets, by what is particular about them: unique-id and octets (latin1). */
const kinds = {
  octets: (to: string) => ({
    "8-bit-header": ordinary(to, "Gr\xfc\xdfe, \xe4\xf6\xfc unencoded"),
    "8-bit-body": `${ordinary(to, "8 bit")}\xff\xfe\x00\x80 raw\r\n`,
    "from-line": `${ordinary(to, "from")}From the beginning\r\n>From the quoted\r\n`,
  }),
  ends: (to: string) => ({
    "bare-lf": ordinary(to, "bare LF").replaceAll("\r\n", "\n"),
    "bare-cr": `${ordinary(to, "bare CR")}one\rtwo\r\n`,
    "lone-dots": `${ordinary(to, "lone dots")}.\r\n..\r\nmiddle\n.\nend\r\n`,
  }),
  lines: (to: string) => ({
    "line-1000": `${ordinary(to, "1,000")}${"x".repeat(1000)}\r\n`,
    "line-20000": `${ordinary(to, "20,000")}${"y".repeat(20_000)}\r\n`,
    "no-newline": `${ordinary(to, "no newline")}the end`,
  }),
  mbox: (to: string) => ({
    "mbox-line": `From friend@example.net Mon Nov  2 08:00:00 2026\r\n${ordinary(to, "out of an mbox")}>From quoted\r\n`,
  }),
  twins: (to: string) => ({
    "same-id-1": `${ordinary(to, "same id")}one body\r\n`,
    "same-id-2": `${ordinary(to, "same id")}another body\r\n`,
    "identical-1": ordinary(to, "identical"),
    "identical-2": ordinary(to, "identical"),
    "identical-3": ordinary(to, "identical"),
    "no-id": `From: friend@example.net\r\nTo: ${to}\r\nSubject: no Message-ID\r\n\r\nbody\r\n`,
  }),
  dates: (to: string) => ({
    "date-zero": `Date: 00 Jan 0000 00:00:00 +0000\r\nFrom: a@example.net\r\nTo: ${to}\r\n\r\nzero\r\n`,
    "date-future": `Date: Sat, 01 Jan 2335 00:00:00 +0000\r\nFrom: a@example.net\r\n\r\nfuture\r\n`,
    "date-words": `Date: yesterday, around noon\r\nFrom: a@example.net\r\n\r\nwords\r\n`,
    "date-none": "From: a@example.net\r\n\r\nnone\r\n",
  }),
  scraps: (_to: string) => ({
    "no-header": "\r\nbody without a header\r\n",
    "one-line": "Subject: one header line\r\n",
    "crlf-only": "\r\n",
    empty: "",
  }),
  signed: (to: string) => ({
    signed: ordinary(to, "signed").replace(
      "\r\n\r\n",
      '\r\nContent-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary=s\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\ntrailing space \r\n\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n--s--\r\n',
    ),
  }),
} as const;

type Kind = keyof typeof kinds;

/** A scenario that puts messages of one kind into each mailbox. */
function mailOf(id: string, kind: Kind, title: string, does: string) {
  return scenario({
    id,
    protocols: ["mail"],
    title,
    does: `Each mailbox gets ${does}.`,
    options: {},
    make: (_values, { domain }) => ({
      mail: (mailbox) => {
        const messages = kinds[kind](`${mailbox.name}@${domain}`);
        for (const [uidl, octets] of Object.entries(messages)) put(mailbox, octets, uidl);
      },
    }),
  });
}

export const fidelityScenarios = [
  mailOf(
    "F1",
    "octets",
    "Octets that are easily changed.",
    "messages with 8-bit octets in header and body, NUL, and lines that begin with From",
  ),
  mailOf(
    "F2",
    "ends",
    "Bare CR, bare LF and lone dots.",
    "a message with LF for every CRLF, one with a CR in a line, and one with dots alone on lines",
  ),
  mailOf(
    "F3",
    "lines",
    "Long lines, and no line end at the end.",
    "messages with a line of 1,000 and of 20,000 octets, and one that does not end with CRLF",
  ),
  mailOf(
    "F4",
    "mbox",
    "The envelope line of an mbox file is the first line.",
    "a message that begins with `From friend@example.net` and a date, and has `>From` in its body",
  ),
  scenario({
    id: "F5",
    protocols: ["pop3"],
    title: "The header is another one in each session.",
    does: "RETR adds an X-Session field that counts the connections (form=session); or the mail store writes X-UIDL and Status into messages at QUIT, and shows the new sizes (form=store).",
    options: { form: choice(["session", "store"], "what is written") },
    make: ({ form }) => {
      if (form === "store") {
        return { pop3: { ended: (how, { mailbox }) => how === "quit" && writeStoreFields(mailbox) } };
      }
      let connection = 0;
      return {
        pop3: {
          maildrop: (shown, view) => {
            connection = view.connection;
            return shown;
          },
          octets: (octets) => Buffer.concat([Buffer.from(`X-Session: ${connection}\r\n`), octets]),
        },
      };
    },
  }),
  mailOf(
    "F6",
    "twins",
    "Message-IDs tell nothing.",
    "two messages with one Message-ID and different bodies, three identical ones, and one without Message-ID",
  ),
  mailOf(
    "F8",
    "dates",
    "Dates are wrong.",
    "messages dated in the year 0, in 2335, in words, and not at all, without Received",
  ),
  mailOf(
    "F9",
    "scraps",
    "Messages are scraps.",
    "a message without a header, one of one header line, one of CRLF alone, and one of nothing",
  ),
  scenario({
    id: "F10",
    protocols: ["pop3"],
    title: "Messages are cut short, and their end is written properly.",
    does: "RETR of message `at` gives its first `octets` octets and the terminator.",
    options: { at: number(2, "which message; 0: every one"), octets: number(150, "octets that come") },
    make: ({ at, octets: most }) => ({
      pop3: {
        octets: (octets, shown) => (at === 0 || shown.number === at ? octets.subarray(0, most) : octets),
      },
    }),
  }),
  scenario({
    id: "F11",
    protocols: ["mail"],
    title: "A message is larger than others take.",
    does: "Each mailbox gets a message of `octets` octets, in lines of 76.",
    options: { octets: number(50_000_000, "its size") },
    make: ({ octets }, { domain }) => ({
      mail: (mailbox) => {
        const head = plainMail(`${mailbox.name}@${domain}`, "large");
        const lines = Math.ceil(Math.max(octets - head.length, 0) / 78);
        const body = Buffer.alloc(lines * 78, `${"z".repeat(76)}\r\n`);
        put(mailbox, Buffer.concat([head, body]).subarray(0, octets), "large");
      },
    }),
  }),
  mailOf("F12", "signed", "Signed mail.", "a multipart/signed message with a space at the end of a line"),
  scenario({
    id: "F13",
    protocols: ["pop3"],
    title: "Fields that tell the envelope are gone.",
    does: "RETR leaves out the first Received (form=received) or all of Received, Return-Path and Delivered-To (form=all).",
    options: { form: choice(["received", "all"], "which fields") },
    make: ({ form }) => ({
      pop3: {
        octets: (octets) => {
          const pattern =
            form === "all"
              ? /^(?:Received|Return-Path|Delivered-To):.*\r\n(?:[ \t].*\r\n)*/gim
              : /^Received:.*\r\n(?:[ \t].*\r\n)*/im;
          const text = octets.toString("latin1");
          const end = text.indexOf("\r\n\r\n") + 2;
          return Buffer.from(text.slice(0, end).replace(pattern, "") + text.slice(end), "latin1");
        },
      },
    }),
  }),
];
