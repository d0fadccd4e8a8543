/** `mailferry migration people` and `migration add-users`: who still has no home here. */
import { readFileSync } from "node:fs";
import type { ExpectedView, PeopleView } from "#http/people";
import { CommandFailed } from "./connection.ts";
import { bringAll, peopleWithPasswords } from "./migration-bring.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { type PersonLine, personLine } from "./person-line.ts";
import { inOctets, readStandardInput, table } from "./terminal.ts";

const path = (domain: string): string => `/migrations/${encodeURIComponent(domain)}/people`;

/** Who has no mailbox and no alias here, and how we know. */
export const people = command(
  "people <domain>",
  "show who of the domain has no home here yet: people, aliases, lists and machines",
  "migration people big-company.com --headers",
)
  .option("--headers", "look at the headers of all mail that came over, too; this takes a while")
  .action(async (domain: string, options: CommonOptions & { headers?: boolean }) => {
    const asked = `${path(domain)}?headers=${options.headers ?? false}`;
    const answer = await serverOf(options).get<PeopleView>(asked);
    const rows = answer.people.map((person) => [
      person.address,
      person.likely,
      person.isExpected ? "yes" : "",
      person.oldOctets === null ? "?" : inOctets(person.oldOctets),
      person.lastMail?.slice(0, 10) ?? "?",
      person.accepted === null ? "" : `${person.accepted.messages}, last ${person.accepted.last}`,
      person.tried === null ? "" : `${person.tried.times}, last ${person.tried.last}`,
      person.named === null ? "?" : String(person.named),
    ]);
    const heading = [
      "ADDRESS",
      "PROBABLY",
      "EXPECTED",
      "OLD MAIL",
      "LAST MAIL",
      "MAIL PIPED",
      "LOGINS REFUSED",
      "NAMED IN",
    ];
    tell(options, answer, rows.length === 0 ? "Everybody known has a home here." : table(heading, rows));
  });

interface AddOptions extends CommonOptions {
  readonly file?: string;
  readonly remove?: boolean;
  readonly withPasswords?: boolean;
}

/** Names people who must have come before anything is switched off. */
export const addUsers = command(
  "add-users <domain> [addresses...]",
  "say who will come, so that nothing ends before they did, and what is known of their old mailboxes",
  "migration add-users big-company.com --file people.txt",
)
  .option(
    "--file <file>",
    "lines ADDRESS[, SIZE[, DATE OF LAST MAIL]], as in carol, 1.2 GB, 2024-05-01; - for standard input; # begins a comment",
  )
  .option("--remove", "they will not come after all")
  .option("--with-passwords", "lines ADDRESS,PASSWORD: each is brought over now, as if they logged in")
  .action(async (domain: string, given: readonly string[], options: AddOptions) => {
    if (options.withPasswords) {
      if (options.file === undefined || given.length > 0 || options.remove)
        throw new CommandFailed(
          "--with-passwords: passwords come from a --file (- for standard input) alone",
        );
      const persons = peopleWithPasswords(await textIn(options.file), domain);
      await bringAll(serverOf(options), domain, persons, null, options);
      return;
    }
    const lines = [...given, ...(options.file === undefined ? [] : await linesOf(options.file))];
    if (lines.length === 0) throw new CommandFailed("name somebody, or a --file");
    const add = lines.map((line) => personOf(line, domain));
    const change = options.remove ? { remove: add.map(({ address }) => address) } : { add };
    const answer = await serverOf(options).post<ExpectedView>(path(domain), change);
    tell(options, answer, `${answer.expected} people of ${domain} are expected who have not come yet.`);
  });

function personOf(line: string, domain: string): PersonLine {
  const person = personLine(line, domain);
  if (!person)
    throw new CommandFailed(`"${line}" is not ADDRESS, SIZE, DATE OF LAST MAIL (carol, 1.2 GB, 2024-05-01)`);
  return person;
}

async function linesOf(file: string): Promise<readonly string[]> {
  const text = await textIn(file);
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function textIn(file: string): Promise<string> {
  return file === "-" ? await readStandardInput() : textOf(file);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailed(`--file: ${error instanceof Error ? error.message : error}`);
  }
}
