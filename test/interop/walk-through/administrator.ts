// What the administrator of big-company.com does at the command line, and what has to come of it.
import { expect } from "vitest";
import type { Endpoint } from "../loopback.ts";
import type { Mailferry } from "../mailferry.ts";

/** The company's domain, and the remote domain that leads to its old server. */
export const COMPANY = "big-company.com";
export const ROUTE = "big-company.old";

interface Row {
  readonly address: string;
}

/** What `migration status` tells of one mailbox. */
export interface TransferRow extends Row {
  readonly state: string;
  readonly messages: number;
  readonly messagesHere: number;
  readonly octets: number;
  readonly octetsHere: number;
}

/** What `migration status` tells. */
export interface StatusAnswer {
  readonly transfers: readonly TransferRow[];
  readonly missing: readonly Row[];
}

interface CheckAnswer {
  readonly mailboxes: readonly (Row & { found: number; listed: number; problem: string | null })[];
}

/** A command that must be refused: exit 1 and one line that says why, which is the answer. */
export async function refused(mailferry: Mailferry, ...args: string[]): Promise<string> {
  const done = await mailferry.command(args);
  expect(done.exitCode, `${args.join(" ")}: ${done.stdout}`).toBe(1);
  expect(done.stderr.trim().split("\n"), done.stderr).toHaveLength(1);
  expect(done.stderr).not.toContain("failed inside");
  return done.stderr;
}

/** The domain, the way to its old server for people who have not come, and `migration on`. */
export async function beginMove(
  mailferry: Mailferry,
  old: { readonly pop3: Endpoint; readonly smtp: Endpoint },
  ...options: readonly string[]
): Promise<void> {
  await mailferry.must("domain", "add", COMPANY);
  await mailferry.must("domain", "add", ROUTE, "--remote", "--host", `${old.smtp.host}:${old.smtp.port}`);
  await mailferry.must("domain", "set", COMPANY, "--unknown-users", `*@${COMPANY}|${ROUTE}`);
  const url = `pop3://${old.pop3.host}:${old.pop3.port}`;
  await mailferry.must("migration", "on", COMPANY, "--from", url, "--tls", "none", ...options);
}

/** `migration status`. */
export function status(mailferry: Mailferry): Promise<StatusAnswer> {
  return mailferry.json<StatusAnswer>("migration", "status", COMPANY);
}

/** `migration check --wait`, which must reach everybody: how many new messages it found, by address. */
export async function check(mailferry: Mailferry): Promise<ReadonlyMap<string, number>> {
  const { mailboxes } = await mailferry.json<CheckAnswer>("migration", "check", COMPANY, "--wait");
  expect(mailboxes.filter(({ problem }) => problem !== null)).toEqual([]);
  return new Map(mailboxes.map(({ address, found }) => [address, found]));
}

/** `mailbox list`: the addresses, sorted. */
export async function mailboxes(mailferry: Mailferry): Promise<readonly string[]> {
  const rows = await mailferry.json<readonly Row[]>("mailbox", "list", COMPANY);
  return rows.map(({ address }) => address).sort();
}
