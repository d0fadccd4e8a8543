/** Group E of the failure catalogue: what mail programs feel of an old server. */
import { put } from "../maildrop.ts";
import { plainMail } from "./mail.ts";
import { number, scenario } from "./scenario.ts";

export const clientScenarios = [
  scenario({
    id: "E12",
    protocols: ["pop3"],
    title: "Only a Status field tells what was read.",
    does: "RETR shows `Status: RO` in the header of the first `read` messages and `Status: O` in the others.",
    options: { read: number(2, "messages that were read") },
    make: ({ read }) => ({
      pop3: {
        octets: (octets, shown) => {
          const status = shown.number <= read ? "Status: RO" : "Status: O";
          return Buffer.from(
            octets.toString("latin1").replace("\r\n\r\n", `\r\n${status}\r\n\r\n`),
            "latin1",
          );
        },
      },
    }),
  }),
  scenario({
    id: "E17",
    protocols: ["mail"],
    title: "Messages have what some programs cannot bear.",
    does: "Each mailbox gets a message with NUL in its body, one with a header and no empty line after it, and one whose empty line is the first.",
    options: {},
    make: (_values, { domain }) => ({
      mail: (mailbox) => {
        const to = `${mailbox.name}@${domain}`;
        put(mailbox, `${plainMail(to, "with NUL").toString("latin1")}one\0two\r\n`, "nul");
        put(mailbox, `From: friend@example.net\r\nTo: ${to}\r\nSubject: header alone\r\n`, "header-alone");
        put(mailbox, "\r\nThere is no header here.\r\n", "no-header");
      },
    }),
  }),
];
