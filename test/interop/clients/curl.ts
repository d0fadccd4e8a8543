import { type Finished, run } from "../program.ts";
import type { Account, Outgoing, Sending } from "./account.ts";

/** Octets curl printed for one POP3 or IMAP request; exit code 67 means that the login was refused. */
export interface CurlAnswer {
  readonly exitCode: number;
  readonly stderr: string;
  readonly octets: Buffer;
}

/** RETR of one message. */
export function curlRetrieve(account: Account, number: number): Promise<CurlAnswer> {
  return curlPop3(account, `/${number}`, []);
}

/** LIST. */
export function curlList(account: Account): Promise<CurlAnswer> {
  return curlPop3(account, "/", []);
}

/** Any multi-line command. */
export function curlCommand(account: Account, command: string): Promise<CurlAnswer> {
  return curlPop3(account, "/", ["--request", command]);
}

async function curlPop3(account: Account, path: string, more: readonly string[]): Promise<CurlAnswer> {
  const url = `pop3://${account.server.host}:${account.server.port}${path}`;
  const done = await curl([...more, "--user", `${account.login}:${account.password}`, url]);
  return { exitCode: done.exitCode, stderr: done.stderr, octets: done.stdout };
}

/** Anything over IMAP: the path is a folder, with `;UID=` and `;SECTION=` where one message is meant. */
export async function curlImap(account: Account, path: string, more: readonly string[]): Promise<CurlAnswer> {
  const url = `imap://${account.server.host}:${account.server.port}${path}`;
  const done = await curl([...more, "--user", `${account.login}:${account.password}`, url]);
  return { exitCode: done.exitCode, stderr: done.stderr, octets: done.stdout };
}

/** Sends by SMTP; with a login when `account` has one. Exit code 55 or 56: refused. */
export async function curlSend(
  account: Pick<Account, "server"> & Partial<Account>,
  mail: Outgoing,
): Promise<Sending> {
  const { host, port } = account.server;
  const login = account.login === undefined ? [] : ["--user", `${account.login}:${account.password ?? ""}`];
  const recipients = mail.to.flatMap((recipient) => ["--mail-rcpt", recipient]);
  const done = await curl(
    [...login, "--mail-from", mail.from, ...recipients, "--upload-file", "-", "-v", `smtp://${host}:${port}`],
    mail.message,
  );
  return { exitCode: done.exitCode, stderr: done.stderr, transcript: done.stderr };
}

function curl(args: readonly string[], input?: Buffer): Promise<Finished> {
  return run(["curl", "--silent", "--show-error", "--max-time", "60", ...args], { input: input ?? "" });
}
