/**
 * The scripted old server as a program of its own: POP3 and SMTP on loopback, people with mail, and whatever it is
 * to do wrong. It prints one line of JSON when it is ready (ports, names, passwords) and runs until it is ended.
 *
 *   npm run old-server -- --user anna:secret --messages 200 --scenario A10,A20:at=3
 *   npm run old-server -- --list
 */
import { parseArgs } from "node:util";
import { OldMailboxes } from "./maildrop.ts";
import { type RunningOldServer, startOldServer } from "./old-server.ts";
import { type Person, readPeople, settle } from "./people.ts";
import { certificates } from "./scenarios/certificates.ts";
import { listing, SelectionError } from "./scenarios/select.ts";

const usage = `usage: npm run old-server -- [options]

  --list                 print all scenarios with their options, and end
  --scenario A10,A20     what it does wrong: ids, each with options as A20:at=3:octets=500
  --people anna:120,bob  people with so many generated messages each (default anna:120,bob:80,carol:60,dave:40)
  --user NAME:PASSWORD   one person with a password of its own; may be repeated, and replaces the default people
  --messages N           how many messages people have for whom nothing else is said (default 50)
  --maildrop FOLDER      the .eml files of a folder, in the order of their names, for everybody instead
  --domain NAME          the domain of the addresses (default big-company.com)
  --pop3 PORT --smtp PORT  ports of 127.0.0.1 (default: free ones, told in the first line)
  --connections N        more than so many at once are turned away (default 200)
  --stls                 offer STLS with a certificate that nobody signed
  --newest MILLISECONDS  date of the newest generated message, since 1970
  --attached             end with standard input
`;

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      options: {
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        scenario: { type: "string", default: "" },
        people: { type: "string" },
        user: { type: "string", multiple: true, default: [] },
        messages: { type: "string", default: "50" },
        maildrop: { type: "string" },
        domain: { type: "string", default: "big-company.com" },
        pop3: { type: "string", default: "0" },
        smtp: { type: "string", default: "0" },
        connections: { type: "string", default: "200" },
        stls: { type: "boolean", default: false },
        attached: { type: "boolean", default: false },
        newest: { type: "string", default: String(Date.now()) },
      },
    }).values;
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

const values = parse();
for (const name of ["messages", "pop3", "smtp", "connections", "newest"] as const) {
  if (!/^\d{1,15}$/.test(values[name])) fail(`--${name}: found "${values[name]}", expected a whole number`);
}
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (values.list) {
  process.stdout.write(`${listing()}\n`);
  process.exit(0);
}

const mailboxes = new OldMailboxes();
const domain = values.domain.toLowerCase();
let people: readonly Person[] = [];
let server: RunningOldServer | null = null;
try {
  people = readPeople({
    people: values.people,
    users: values.user,
    messages: Number(values.messages),
    folder: values.maildrop,
  });
  settle(mailboxes, people, { domain, newest: Number(values.newest) });
  const certificate = values.stls ? certificates["self-signed"]?.() : undefined;
  const mostConnections = Number(values.connections);
  server = await startOldServer({
    scenario: values.scenario,
    mailboxes,
    domain,
    pop3: { port: Number(values.pop3), mostConnections, ...(certificate ? { stls: certificate } : {}) },
    smtp: { port: Number(values.smtp), mostConnections },
  });
} catch (error) {
  // What a person wrote is told in one line; what went wrong otherwise, as it is.
  if (error instanceof SelectionError || error instanceof RangeError) fail(error.message);
  fail(`the old server cannot start: ${error instanceof Error ? error.message : error}`);
}

const told = people.map(({ name, password }) => ({
  address: `${name}@${domain}`,
  password,
  messages: mailboxes.find(name)?.messages.length ?? 0,
}));
process.stdout.write(`${JSON.stringify({ pop3: server.pop3.port, smtp: server.smtp.port, people: told })}\n`);

const end = (): void => process.exit(0);
process.once("SIGTERM", end);
process.once("SIGINT", end);
if (values.attached) process.stdin.on("end", end).resume();
