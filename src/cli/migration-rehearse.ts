/** `mailferry migration rehearse`: a look at the real old server before anybody moves. */
import { InvalidArgumentError } from "commander";
import type { RehearsalView } from "#http/rehearsal";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { readPassword } from "./password-prompt.ts";
import { rehearsalPage } from "./rehearsal-page.ts";
import { readStandardInput } from "./terminal.ts";

interface RehearseOptions extends CommonOptions {
  readonly user?: readonly string[];
  readonly from?: string;
  readonly tls?: string;
  readonly loginAs?: string;
  readonly retr: boolean;
  readonly imapPort?: number;
}

const notice = `A few messages of each test login are read. Some old servers mark what POP3 reads as seen, and a few
delete it: one message is read alone first, and more only if it stays. --no-retr leaves reading out.`;

/** Ends with 1 where something stops the move. */
export const rehearse = command(
  "rehearse <domain>",
  "look at the old server with test logins, changing nothing there: go, go with these options, or stop",
  "migration rehearse big-company.com --user anna --from pop3://10.0.0.5 < passwords.txt",
)
  .option(
    "--user <name...>",
    "test logins; their passwords come from standard input, one a line, or are asked for",
  )
  .option(
    "--from <url>",
    "the old server: pop3://HOST[:PORT] or pop3s://HOST[:PORT]; without: that of the migration",
  )
  .option(
    "--tls <policy>",
    "verify, pin=SHA256, or none for clear text; with ,min=1.0 old versions of TLS too; verify,allow-expired",
  )
  .option(
    "--login-as <template>",
    "'{local}', '{address}', '{local}@old.example' …; without: the first two are tried",
  )
  .option("--no-retr", "retrieve no message: some old servers mark or delete what is retrieved")
  .option(
    "--imap-port <port>",
    "where IMAP on the old server shows what reading marks as seen; without: 143 beside 110, 993 beside 995",
    portOf,
  )
  .action(async (domain: string, options: RehearseOptions) => {
    const users = options.user ?? [];
    if (options.retr && users.length > 0) process.stderr.write(`${notice}\n`);
    const passwords = await passwordsOf(users);
    const logins = users.map((name, at) => ({
      address: name.includes("@") ? name : `${name}@${domain}`,
      password: passwords[at] ?? "",
    }));
    const report = await serverOf(options).post<RehearsalView>(
      `/migrations/${encodeURIComponent(domain)}/rehearsal`,
      {
        logins,
        from: options.from ?? null,
        tls: options.tls ?? null,
        loginAs: options.loginAs ?? null,
        retrieve: options.retr,
        imapPort: options.imapPort ?? null,
      },
    );
    tell(options, report, rehearsalPage(report));
    const stops = report.findings.filter(({ level }) => level === "stop").length;
    if (stops > 0) throw new CommandFailed(`stop: ${stops} of the findings must be mended first`);
  });

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new InvalidArgumentError("A port is a number from 1 to 65535.");
  return port;
}

/** One a line from standard input, or asked for on the terminal without showing them. */
async function passwordsOf(users: readonly string[]): Promise<readonly string[]> {
  if (users.length === 0) return [];
  if (process.stdin.isTTY) {
    const passwords: string[] = [];
    for (const user of users) passwords.push(await readPassword(`Password of ${user}: `));
    return passwords;
  }
  const lines = (await readStandardInput()).split(/\r?\n/);
  if (lines.length !== users.length)
    throw new CommandFailed(
      `${users.length} passwords were expected on standard input, one a line, and ${lines.length} came`,
    );
  return lines;
}
