/** A report as one HTML page that needs nothing else: no script, no picture, no font, nothing from elsewhere. */
import type { MessageHeading } from "#mail/message-heading";
import type { MailboxProof } from "./certificate.ts";
import { noCounts, plus } from "./counts.ts";
import type { Report } from "./report.ts";
import { style } from "./report-html-style.ts";
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

/** The page, piece by piece. */
export async function* reportHtml(report: Report): AsyncGenerator<string> {
  const { head } = report;
  const title = `Mail of ${head.domain}, from its old server to here`;
  const result = resultOf(head);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${html(title)}</h1>
<p class="result ${result.kind}">${html(result.text)}</p>
<dl>
${factsOf(head)
  .map(([name, value]) => `<dt>${html(name)}</dt><dd>${html(value)}</dd>`)
  .join("\n")}
</dl>
`;
  const headings = columns.map(({ title: name }) => `<th scope="col" class="n">${html(name)}</th>`).join("");
  yield `<h2>Mailboxes</h2>
<table class="wide">
<thead><tr><th scope="col">Mailbox</th>${headings}<th scope="col">Result</th></tr></thead>
<tbody>
`;
  let totals = noCounts;
  let mailboxes = 0;
  const telling = new Set<string>();
  for await (const proof of report.mailboxes()) {
    mailboxes++;
    totals = plus(totals, proof.counts);
    const state = cell("Result", stateOf(proof, head));
    yield `<tr><th scope="row">${html(proof.address)}${detailsOf(proof)}</th>${figures(proof.counts)}${state}</tr>\n`;
    if (mayHaveNames(proof.counts)) telling.add(proof.address);
  }
  yield `</tbody>
<tfoot><tr><th scope="row">${mailboxes} mailboxes</th>${figures(totals)}<td></td></tr></tfoot>
</table>
${explanations.map((text) => `<p><small>${html(text)}</small></p>`).join("\n")}
`;
  yield* names(report, telling);
  if (head.givenUp.length > 0) {
    const rows = head.givenUp.map(
      ({ address, by, what }) =>
        `<tr><th scope="row">${html(address)}</th>${cell("What", what)}${cell("Said by", by)}</tr>`,
    );
    yield `<h2>Given up by name</h2>\n<table class="wide"><tbody>\n${rows.join("\n")}\n</tbody></table>\n`;
  }
  if (totals.unaccounted.messages + totals.vanished > 0) {
    yield `<h2>What to do</h2>\n<p>${html(adviceFor(head.domain))}</p>\n`;
  }
  const stays = whatStays.map(({ what, todo }) => `<dt>${html(what)}</dt><dd>${html(todo)}</dd>`);
  yield `<h2>${html(whatStaysTitle)}</h2>\n<p>${html(whatStaysMeans)}</p>\n<dl>\n${stays.join("\n")}\n</dl>\n`;
  yield "</body>\n</html>\n";
}

async function* names(report: Report, telling: ReadonlySet<string>): AsyncGenerator<string> {
  if (telling.size === 0) return;
  yield "<h2>Not taken, unaccounted for, or gone from the old server</h2>\n";
  for await (const proof of report.mailboxes()) {
    if (!telling.has(proof.address)) continue;
    const { named, leftOut } = await namedOf(report, proof);
    if (named.length === 0) continue;
    yield `<h3>${html(proof.address)}</h3>
<table class="wide">
<thead><tr><th scope="col">Unique-id</th><th scope="col">Message</th><th scope="col">What</th><th scope="col" class="n">Octets</th><th scope="col">Why</th></tr></thead>
<tbody>
`;
    for (const { what, uidl, size, reason, heading } of named) {
      const kind = what === "unaccounted" ? ' class="trouble"' : "";
      const octets = `<td data-title="Octets" class="n">${size}</td>`;
      yield `<tr><th scope="row"><code>${html(uidl)}</code></th>${headingCell(heading)}<td data-title="What"${kind}>${what}</td>${octets}${cell("Why", reason)}</tr>\n`;
    }
    yield "</tbody>\n</table>\n";
    if (leftOut > 0)
      yield `<p>… and ${leftOut} more than these ${mostNamed}: <code>--format csv</code> names them all.</p>\n`;
  }
}

function figures(counts: MailboxProof["counts"]): string {
  return columns
    .map(({ title, of }) => `<td data-title="${html(title)}" class="n">${html(of(counts))}</td>`)
    .join("");
}

function cell(title: string, text: string): string {
  return `<td data-title="${html(title)}">${html(text)}</td>`;
}

/** Subject, sender and date one under the other. */
function headingCell(heading: MessageHeading | null): string {
  if (!heading) return cell("Message", "not known");
  const { subject, from, date } = heading;
  const lines = [from, date === null ? null : timeOf(date)].flatMap((line) =>
    line === null ? [] : [`<small>${html(line)}</small>`],
  );
  return `<td data-title="Message">${html(subject ?? "(no subject)")}${lines.join("")}</td>`;
}

function detailsOf({ loginName, listedAt, root, problem, closes, reasons }: MailboxProof): string {
  const listed = listedAt === null ? "not listed" : `listed ${timeOf(listedAt)}`;
  const lines = [`<small>${html(listed)} as ${html(loginName)}</small>`];
  if (root !== null) lines.push(`<small>root <code>${html(root)}</code></small>`);
  if (problem !== null) lines.push(`<small class="trouble">${html(problem)}</small>`);
  if (!closes) lines.push(...reasons.map((reason) => `<small class="trouble">${html(reason)}</small>`));
  return lines.join("");
}

/** Text as it stands between tags and in quoted attributes, whoever wrote it. */
function html(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
