import type { Address } from "./address.ts";
import { parseAddress } from "./address.ts";
import { composeField, composeMailbox, foldField } from "./compose-field.ts";
import { formatDate } from "./date.ts";
import { encodeText } from "./transfer-encoding.ts";

/** A name to show, if there is one, and an address. */
export interface Mailbox {
  readonly name: string | null;
  readonly address: Address;
}

/** A message as its author wrote it: fields of its own, then text. */
export interface MessageTemplate {
  readonly subject: string | null;
  readonly from: Mailbox | null;
  readonly replyTo: Mailbox | null;
  readonly text: string;
}

/** A line of a template that cannot be used, with what is wrong with it. */
export interface TemplateProblem {
  readonly line: number;
  readonly problem: string;
}

const templateField = /^([A-Za-z][A-Za-z-]*):[ \t]*(.*)$/;

/**
 * Reads the text an administrator wrote. Leading lines `Subject: …`, `From: …` and `Reply-To: …` followed by an
 * empty line are fields; a text that does not begin with a field is all text.
 */
export function parseMessageTemplate(source: string): MessageTemplate | TemplateProblem {
  const lines = source.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  const fields = new Map<string, { value: string; line: number }>();
  let at = 0;
  for (; at < lines.length && lines[at] !== ""; at++) {
    const [, name = "", value = ""] = templateField.exec(lines[at] ?? "") ?? [];
    if (!["subject", "from", "reply-to"].includes(name.toLowerCase())) break;
    fields.set(name.toLowerCase(), { value: value.trim(), line: at + 1 });
  }
  const isHeader = fields.size > 0;
  if (isHeader && lines[at] !== "") {
    return { line: at + 1, problem: "expected Subject:, From:, Reply-To: or an empty line before the text" };
  }
  const mailboxes: (Mailbox | null)[] = [];
  for (const name of ["from", "reply-to"]) {
    const field = fields.get(name);
    const mailbox = field === undefined ? null : parseMailbox(field.value);
    if (field !== undefined && mailbox === null) {
      return {
        line: field.line,
        problem: `"${field.value}" is no address; expected Name <name@example.com>`,
      };
    }
    mailboxes.push(mailbox);
  }
  const [from = null, replyTo = null] = mailboxes;
  const text = lines.slice(isHeader ? at + 1 : 0).join("\n");
  return { subject: fields.get("subject")?.value ?? null, from, replyTo, text };
}

/** `Anna Example <anna@big-company.com>` or the address alone, as people write it. */
export function parseMailbox(text: string): Mailbox | null {
  const [, name = "", inside = ""] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? ["", "", text];
  const address = parseAddress(inside.trim());
  const unquoted = name
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replace(/\\(.)/g, "$1");
  return address === null ? null : { name: unquoted === "" ? null : unquoted, address };
}

/** What a composed message needs besides its template. */
export interface MessageDetails {
  /** Used where the template says nothing. */
  readonly from: Mailbox;
  readonly subject: string;
  readonly to: Mailbox;
  readonly date: Date;
  /** With angle brackets. */
  readonly messageId: string;
}

/** The whole message: text/plain in UTF-8, lines and header fit for any server. */
export function composeMessage(template: MessageTemplate, details: MessageDetails): Uint8Array {
  const from = template.from ?? details.from;
  const { encoding, body } = encodeText(template.text);
  const header = [
    foldField("From", composeMailbox(from.name, from.address)),
    foldField("To", composeMailbox(details.to.name, details.to.address)),
    template.replyTo &&
      foldField("Reply-To", composeMailbox(template.replyTo.name, template.replyTo.address)),
    composeField("Subject", template.subject ?? details.subject),
    foldField("Date", formatDate(details.date)),
    foldField("Message-ID", details.messageId),
    foldField("MIME-Version", "1.0"),
    foldField("Content-Type", `text/plain; charset=${encoding === "7bit" ? "us-ascii" : "utf-8"}`),
    foldField("Content-Transfer-Encoding", encoding),
  ];
  return Buffer.from(`${header.filter((field) => field !== null).join("")}\r\n${body}`);
}
