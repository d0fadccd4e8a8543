/** A report as a table, one row a message (RFC 4180), and as the lines of which the roots are made. */
import { escaped, leafLine, mailboxLine } from "./leaf-line.ts";
import type { Report, ReportMessage } from "./report.ts";
import { printable } from "./report-words.ts";

const heading = [
  "mailbox",
  "position",
  "unique_id",
  "listed_octets",
  "occurrence",
  "class",
  "octets",
  "sha256",
  "reason",
  "gone_since",
  "subject",
  "from",
  "date",
];
/** So many characters are handed on at once. */
const atOnce = 64 * 1024;

/** One row for each message of each mailbox. */
export async function* reportCsv(report: Report): AsyncGenerator<string> {
  yield* gathered(
    (async function* () {
      yield csvRow(heading);
      for await (const { address } of report.mailboxes()) {
        for await (const message of report.messages(address)) yield csvRow(fieldsOf(address, message));
      }
    })(),
  );
}

/**
 * The lines that are hashed, mailbox by mailbox, each mailbox under a line with "# " and the line that stands for it
 * in the tree of its domain.
 */
export async function* reportLines(report: Report): AsyncGenerator<string> {
  yield* gathered(
    (async function* () {
      for await (const { address, root } of report.mailboxes()) {
        yield `# ${mailboxLine(address, root ?? "-")}\n`;
        for await (const { leaf, position } of report.messages(address)) {
          if (position !== null) yield `${leafLine(leaf)}\n`;
        }
      }
    })(),
  );
}

function fieldsOf(address: string, { position, goneSince, leaf, heading }: ReportMessage): readonly string[] {
  const { class: kind, octets, sha256, reason } = leaf.verdict;
  return [
    address,
    position === null ? "" : String(position),
    escaped(leaf.uidl, "latin1"),
    String(leaf.size),
    String(leaf.occurrence),
    kind,
    octets === null ? "" : String(octets),
    sha256 ?? "",
    printable(reason ?? ""),
    timeField(goneSince),
    printable(heading?.subject ?? ""),
    printable(heading?.from ?? ""),
    timeField(heading?.date ?? null),
  ];
}

function timeField(time: number | null): string {
  return time === null ? "" : new Date(time).toISOString();
}

/** One record, its end of line with it. Nothing in it is taken for a formula. */
export function csvRow(fields: readonly string[]): string {
  return `${fields.map(field).join(",")}\r\n`;
}

/** RFC 4180 §2. A spreadsheet takes what begins like a formula for one: an apostrophe before it keeps it a text. */
function field(text: string): string {
  const plain = /^\s*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < atOnce) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
