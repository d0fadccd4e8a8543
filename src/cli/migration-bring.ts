/** `mailferry migration bring` and `add-users --with-passwords`: people who do not come by themselves. */
import type { BroughtView } from "#http/bringing";
import type { PeopleView } from "#http/people";
import { CommandFailed, type Connection } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { readPassword } from "./password-prompt.ts";
import { progress, readStandardInput, table } from "./terminal.ts";

interface BringOptions extends CommonOptions {
  readonly adminUser: string;
  readonly form: string;
  readonly allListed?: boolean;
}

/** Somebody to be brought; without a password by the administrator's login. */
interface Person {
  readonly address: string;
  readonly password?: string;
}

interface Admin {
  readonly name: string;
  readonly form: string;
  readonly password: string;
}

/** Of one request: its answer comes when the last of them is listed. */
const atOnce = 20;

/** Brings people with an administrator's login on the old server. */
export const bring = command(
  "bring <domain> [addresses...]",
  "bring people who do not come, with an administrator's login on the old server; its password is asked for, or read from standard input",
  "migration bring big-company.com info@big-company.com --admin-user master --form '{local}*{admin}'",
)
  .requiredOption("--admin-user <name>", "the administrator's name on the old server")
  .option(
    "--form <form>",
    "the login name for a person: {local} or {address}, and {admin}",
    "{local}*{admin}",
  )
  .option("--all-listed", "everybody on the list of add-users who has not come")
  .action(async (domain: string, given: readonly string[], options: BringOptions) => {
    const server = serverOf(options);
    const listed = options.allListed ? await expectedOf(server, domain) : [];
    const addresses = [...new Set([...given.map((one) => wholeAddress(one, domain)), ...listed])];
    if (addresses.length === 0) throw new CommandFailed("name somebody, or say --all-listed");
    const password = process.stdin.isTTY
      ? await readPassword(`Password of ${options.adminUser} on the old server: `)
      : await readStandardInput();
    if (password === "") throw new CommandFailed("the administrator's password is empty");
    const admin = { name: options.adminUser, form: options.form, password };
    await bringAll(
      server,
      domain,
      addresses.map((address) => ({ address })),
      admin,
      options,
    );
  });

/** Brings people in small requests, and prints what became of each. Exit code 1 unless all are here. */
export async function bringAll(
  server: Connection,
  domain: string,
  people: readonly Person[],
  admin: Admin | null,
  options: CommonOptions,
): Promise<void> {
  const brought: BroughtView["people"][number][] = [];
  for (let at = 0; at < people.length; at += atOnce) {
    progress(`${at} of ${people.length}`);
    const piece = { people: people.slice(at, at + atOnce), admin };
    const answer = await server.post<BroughtView>(`/migrations/${encodeURIComponent(domain)}/bring`, piece);
    brought.push(...answer.people);
    if (answer.people.some(({ result }) => result === "not-tried")) break;
  }
  progress("");
  const rows = brought.map(({ address, result, reason }) => [address, result, reason ?? ""]);
  tell(options, { domain, people: brought }, table(["ADDRESS", "RESULT", "WHY"], rows));
  const left = people.length - brought.filter(({ result }) => /^(brought|here-already)$/.test(result)).length;
  if (left > 0) throw new CommandFailed(`${left} of ${people.length} are not here; the list says why`);
}

/** People with their passwords: `address,password` in each line; a password may be quoted as in CSV (RFC 4180). */
export function peopleWithPasswords(text: string, domain: string): readonly Person[] {
  // A password may begin or end with a space.
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const comma = line.indexOf(",");
    const password = unquoted(line.slice(comma + 1));
    // The line is not repeated: a password stands in it.
    if (comma < 1 || password === "")
      throw new CommandFailed(`line ${index + 1}: expected "address,password"`);
    return [{ address: wholeAddress(line.slice(0, comma).trim(), domain), password }];
  });
}

function unquoted(text: string): string {
  return /^"(?:[^"]|"")*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** A bare name is one of the domain. */
export function wholeAddress(name: string, domain: string): string {
  return name.includes("@") ? name : `${name}@${domain}`;
}

async function expectedOf(server: Connection, domain: string): Promise<readonly string[]> {
  const { people } = await server.get<PeopleView>(`/migrations/${encodeURIComponent(domain)}/people`);
  return people.filter(({ isExpected }) => isExpected).map(({ address }) => address);
}
