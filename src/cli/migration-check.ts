/** `mailferry migration check` */
import { setTimeout as wait } from "node:timers/promises";
import type { CheckProgressView, CheckView } from "#http/migrations";
import { CommandFailed, type Connection } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { bar, progress, table } from "./terminal.ts";

const path = (domain: string): string => `/migrations/${encodeURIComponent(domain)}/check`;
/** Of one answer. */
const mostRows = 1000;

export const check = command(
  "check <domain>",
  "Check mailboxes: bring over what has landed on the old server",
  "migration check big-company.com --wait",
)
  .option("--wait", "wait until every mailbox was checked, and tell what each had")
  .option("--show", "begin none: tell how far the last one is, and what it found in each mailbox")
  .action(async (domain: string, options: CommonOptions & { wait?: boolean; show?: boolean }) => {
    const server = serverOf(options);
    if (options.show) return await show(server, domain, options);
    const checked = server.post<CheckView>(path(domain), { wait: options.wait ?? false });
    if (options.wait && !options.json) await showProgress(server, domain, checked);
    const report = await checked;
    const text = options.wait
      ? findingsTable(report.mailboxes)
      : `${report.total} mailboxes are being checked.`;
    tell(options, report, text);
    const troubled = report.mailboxes.filter(({ problem }) => problem !== null).length;
    if (troubled > 0)
      throw new CommandFailed(`${troubled} mailboxes could not be checked: see "migration status ${domain}"`);
  });

async function show(server: Connection, domain: string, options: CommonOptions): Promise<void> {
  const last = await everyPage(server, domain);
  const { began, ended, total, done, found, problems, mailboxes } = last;
  if (began === null) return tell(options, last, "No check has begun since the server started.");
  const state = ended === null ? `began ${began} and goes on` : `began ${began} and ended ${ended}`;
  const lines = [
    `The last check ${state}: ${done} of ${total} mailboxes, ${found} new messages, ${problems} with a problem`,
    findingsTable(mailboxes),
  ];
  tell(options, last, lines.join("\n"));
}

/** The figures as they were at first, and every mailbox once. */
async function everyPage(server: Connection, domain: string): Promise<CheckProgressView> {
  const page = async (cursor: string) =>
    await server.get<CheckProgressView>(
      `${path(domain)}?limit=${mostRows}&cursor=${encodeURIComponent(cursor)}`,
    );
  const first = await page("");
  const mailboxes = new Map(first.mailboxes.map((one) => [one.address, one]));
  for (let { next } = first; next !== null; ) {
    const more = await page(next);
    // Another one has begun: what this one found is no more.
    if (more.began !== first.began) break;
    for (const one of more.mailboxes) mailboxes.set(one.address, one);
    next = more.next;
  }
  return { ...first, mailboxes: [...mailboxes.values()], next: null };
}

function findingsTable(mailboxes: readonly (CheckView["mailboxes"][number] & { done?: boolean })[]): string {
  const rows = mailboxes.map(({ address, listed, found, problem, done }) =>
    done === false
      ? [address, "", "", "not done yet"]
      : [address, String(listed), String(found), problem ?? ""],
  );
  return table(["ADDRESS", "ON OLD SERVER", "NEW", "PROBLEM"], rows);
}

async function showProgress(server: Connection, domain: string, checked: Promise<unknown>): Promise<void> {
  const over = checked.then(
    () => true,
    () => true,
  );
  for (;;) {
    if (await Promise.race([over, wait(500, false)])) break;
    const { done, total } = await server.get<CheckProgressView>(`${path(domain)}?limit=1`);
    progress(`${bar(done, total)} ${done} of ${total} mailboxes`);
  }
  progress("");
}
