/** A report as a page that an administrator reads in a terminal. */
import { headingLine } from "#mail/message-heading";
import type { MailboxProof } from "./certificate.ts";
import { noCounts, plus } from "./counts.ts";
import type { Report } from "./report.ts";
import {
  adviceFor,
  columns,
  explanations,
  factsOf,
  mayHaveNames,
  mostNamed,
  namedOf,
  printable,
  resultOf,
  stateOf,
  timeOf,
} from "./report-words.ts";
import { whatStays, whatStaysMeans, whatStaysTitle } from "./what-stays.ts";

const addressWidth = 36;

/** The page, piece by piece. */
export async function* reportText(report: Report): AsyncGenerator<string> {
  const { head } = report;
  yield `Mail of ${head.domain}, from its old server to here\n\n`;
  yield `${resultOf(head).text}\n\n`;
  for (const [name, value] of factsOf(head)) yield `${name.padEnd(26)} ${value}\n`;
  yield "\n";
  yield tableLine(
    "MAILBOX",
    columns.map(({ title }) => title.toUpperCase()),
    "RESULT",
  );
  let totals = noCounts;
  let mailboxes = 0;
  const telling: string[] = [];
  for await (const proof of report.mailboxes()) {
    mailboxes++;
    totals = plus(totals, proof.counts);
    const figures = columns.map(({ of }) => of(proof.counts));
    yield tableLine(proof.address, figures, stateOf(proof, head)) + detailsOf(proof);
    if (mayHaveNames(proof.counts)) telling.push(proof.address);
  }
  const all = `${mailboxes} mailboxes`;
  yield tableLine(
    all,
    columns.map(({ of }) => of(totals)),
    "",
  );
  yield `\n${explanations.join("\n")}\n`;
  yield* names(report, new Set(telling));
  if (head.givenUp.length > 0) yield "\nGiven up by name\n";
  for (const { address, by, what } of head.givenUp) {
    yield `  ${printable(address)}: ${printable(what)} (said by ${printable(by)})\n`;
  }
  if (totals.unaccounted.messages + totals.vanished > 0) yield `\n${adviceFor(head.domain)}\n`;
  yield `\n${whatStaysTitle}\n  ${whatStaysMeans}\n`;
  for (const { what, todo } of whatStays) yield `  ${what}: ${todo}\n`;
}

async function* names(report: Report, telling: ReadonlySet<string>): AsyncGenerator<string> {
  if (telling.size === 0) return;
  yield "\nNot taken, unaccounted for, or gone from the old server\n";
  for await (const proof of report.mailboxes()) {
    if (!telling.has(proof.address)) continue;
    const { named, leftOut } = await namedOf(report, proof);
    if (named.length === 0) continue;
    yield `\n  ${printable(proof.address)}\n`;
    for (const { what, uidl, size, reason, heading } of named) {
      yield `    ${what}  ${uidl}  ${size} octets  ${reason}\n`;
      yield `      ${heading ? printable(headingLine(heading)) : "subject and sender are not known"}\n`;
    }
    if (leftOut > 0)
      yield `    … and ${leftOut} more than these ${mostNamed}: the table (CSV) names them all\n`;
  }
}

function detailsOf({ loginName, listedAt, root, problem, closes, reasons }: MailboxProof): string {
  const listed = listedAt === null ? "not listed" : `listed ${timeOf(listedAt)}`;
  const lines = [`${listed} as ${printable(loginName)}${root === null ? "" : `, root ${root}`}`];
  if (problem !== null) lines.push(printable(problem));
  if (!closes) lines.push(...reasons.map(printable));
  return lines.map((line) => `    ${line}\n`).join("");
}

function tableLine(first: string, figures: readonly string[], last: string): string {
  const cells = figures.map((figure, index) => figure.padStart(columns[index]?.title.length ?? 0));
  return `${printable(first).padEnd(addressWidth)}  ${cells.join("  ")}  ${last}`.trimEnd().concat("\n");
}
