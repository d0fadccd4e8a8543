/**
 * An example old server as a program of its own: POP3 and SMTP on loopback, people with sample mail. It prints
 * one line of JSON when it is ready (ports, names, passwords) and runs until it is ended.
 *
 *   npm run old-server -- --domain big-company.com --people anna:120,bob:80 --pop3 2110 --smtp 2525
 */
import { parseArgs } from "node:util";
import { OldMailboxes, put } from "./maildrop.ts";
import { startPop3 } from "./pop3.ts";
import { sampleMail } from "./sample-mail.ts";
import { startSmtp } from "./smtp.ts";

const { values } = parseArgs({
  options: {
    domain: { type: "string", default: "big-company.com" },
    people: { type: "string", default: "anna:120,bob:80,carol:60,dave:40" },
    pop3: { type: "string", default: "0" },
    smtp: { type: "string", default: "0" },
    /** End with standard input: whoever started it is gone then. */
    attached: { type: "boolean", default: false },
    /** Epoch milliseconds of the newest sample message. */
    newest: { type: "string", default: String(Date.now()) },
  },
});

const mailboxes = new OldMailboxes();
const people = values.people.split(",").map((person, index) => {
  const [name = "", count = "50"] = person.split(":");
  const address = `${name}@${values.domain}`;
  const password = `${name}'s old password`;
  const mailbox = mailboxes.add(name, password);
  const sample = sampleMail({
    to: address,
    count: Number(count),
    seed: index + 1,
    newest: Number(values.newest),
  });
  for (const octets of sample) put(mailbox, octets);
  return { address, password, messages: sample.length };
});

const pop3 = await startPop3({ mailboxes, port: Number(values.pop3) });
const smtp = await startSmtp({
  mailboxes,
  port: Number(values.smtp),
  knows: (address) =>
    address.toLowerCase().endsWith(`@${values.domain}`) && mailboxes.find(address) !== undefined,
});
process.stdout.write(`${JSON.stringify({ pop3: pop3.port, smtp: smtp.port, people })}\n`);

const end = (): void => process.exit(0);
process.once("SIGTERM", end);
process.once("SIGINT", end);
if (values.attached) process.stdin.on("end", end).resume();
