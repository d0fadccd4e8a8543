/** `mailferry migration report | certify | verify` */
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { CertificateView, CertifyingLine, FindingLine, ReportView } from "#http/proof-views";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { bar, inOctets, progress, say } from "./terminal.ts";

const path = (domain: string): string => `/migrations/${encodeURIComponent(domain)}`;

interface ReportOptions extends CommonOptions {
  readonly format?: string;
  readonly mailbox?: string;
  readonly certificate?: string;
  readonly output?: string;
}

const report = command(
  "report <domain>",
  "tell what became of every message of the old server: by the certificate, or while the move goes on as it is now",
  "migration report big-company.com --format html --output report.html",
)
  .option("--format <format>", "text, html, json, csv (one row a message), lines (what is hashed)")
  .option("--mailbox <address>", "of this mailbox alone")
  .option("--certificate <number>", "by this certificate, or the latest; none: as it is now")
  .option("--output <file>", "write it there")
  .action(async (domain: string, options: ReportOptions) => {
    const query = new URLSearchParams({ format: options.format ?? (options.json ? "json" : "text") });
    if (options.mailbox !== undefined) query.set("mailbox", options.mailbox);
    if (options.certificate !== undefined) query.set("certificate", options.certificate);
    const pieces = serverOf(options).stream("GET", `${path(domain)}/report?${query}`);
    if (options.output === undefined) return await print(pieces);
    await write(pieces, options.output);
  });

const certify = command(
  "certify <domain>",
  "compare every mailbox with the old server, and keep what is found as a certificate; nothing is changed there",
  "migration certify big-company.com",
).action(async (domain: string, options: CommonOptions) => {
  for await (const line of serverOf(options).lines<CertifyingLine>(`${path(domain)}/certificates`)) {
    if (line.kind === "progress") {
      progress(`${bar(line.compared, line.mailboxes)} ${line.compared} of ${line.mailboxes} mailboxes`);
      continue;
    }
    progress("");
    if (line.kind === "problem") throw new CommandFailed(line.detail);
    const { certificate, blockers } = line;
    tell(options, line, certificateText(certificate, blockers));
    if (!certificate.closes)
      throw new CommandFailed(
        `the sum of ${domain} does not close: ${blockers.length} mailboxes are named above`,
      );
    return;
  }
  throw new CommandFailed("the server broke off: its log says why");
});

interface VerifyOptions extends CommonOptions {
  readonly certificate?: string;
  readonly mailbox?: string;
}

const verify = command(
  "verify <domain>",
  "make the certificate's hashes again, and read all content again",
  "migration verify big-company.com --certificate report.json",
)
  .option("--certificate <file>", "hold it against this certificate: a report in JSON, kept elsewhere")
  .option("--mailbox <address>", "this mailbox alone")
  .action(async (domain: string, options: VerifyOptions) => {
    const given = options.certificate === undefined ? null : certificateIn(options.certificate);
    const asked = {
      certificate: given === null ? "latest" : String(given.id),
      mailbox: options.mailbox ?? null,
    };
    const problems = new Problems();
    for await (const line of serverOf(options).lines<FindingLine>(`${path(domain)}/verify`, asked)) {
      if (given) problems.holdAgainst(given, line);
      problems.take(line);
      if (line.kind === "progress") progress(`${line.verified} messages verified, ${inOctets(line.octets)}`);
      else if (options.json) say(JSON.stringify(line));
      else sayText(findingText(line));
    }
    progress("");
    problems.tell();
  });

/** What a certificate that was kept elsewhere says. */
interface GivenCertificate {
  readonly id: number;
  readonly root: string;
  readonly mailboxes: ReadonlyMap<string, string | null>;
}

class Problems {
  #isEnded = false;
  #damaged = 0;
  #wrong = 0;
  readonly #differing: string[] = [];

  holdAgainst(given: GivenCertificate, line: FindingLine): void {
    if (line.kind === "mailbox") {
      const root = given.mailboxes.get(line.address);
      if (root !== undefined && root !== line.found) this.#differing.push(line.address);
    } else if (line.kind === "end" && line.roots && line.roots.found !== given.root) {
      this.#differing.push("the domain");
    }
  }

  take(line: FindingLine): void {
    if (line.kind !== "end") return;
    this.#isEnded = true;
    this.#damaged = line.damaged;
    this.#wrong = line.wrongRoots;
  }

  /** Throws CommandFailed when there are any. */
  tell(): void {
    if (!this.#isEnded) throw new CommandFailed("the server broke off: its log says why");
    const problems: string[] = [];
    if (this.#damaged > 0) problems.push(`${this.#damaged} messages are damaged or missing`);
    if (this.#wrong > 0) problems.push(`${this.#wrong} hashes are not those of the certificate`);
    if (this.#differing.length > 0) {
      problems.push(`the given certificate differs for ${this.#differing.slice(0, 20).join(", ")}`);
    }
    if (problems.length > 0) throw new CommandFailed(problems.join("; "));
  }
}

export const proofCommands = [report, certify, verify];

async function print(pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

/** The file is whole or not there. */
async function write(pieces: AsyncIterable<Buffer>, file: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  const stream = createWriteStream(unfinished);
  const ended = finished(stream);
  ended.catch(() => undefined);
  try {
    for await (const piece of pieces)
      if (!stream.write(piece)) await Promise.race([once(stream, "drain"), ended]);
    stream.end();
    await ended;
    await rename(unfinished, file);
  } catch (error) {
    stream.destroy();
    await rm(unfinished, { force: true });
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`--output: ${error instanceof Error ? error.message : error}`);
  }
}

function certificateText(
  { id, domain, mailboxes, totals, root, closes }: CertificateView,
  blockers: Extract<CertifyingLine, { kind: "certificate" }>["blockers"],
): string {
  const { listed, here, deletedAfterCopy, deletedBeforeCopy, skipped, unaccounted, vanished } = totals;
  const deleted = deletedAfterCopy.messages + deletedBeforeCopy.messages;
  const lines = [
    `Certificate ${id} of ${domain}: ${closes ? "the sum closes" : "the sum does not close"}.`,
    `${mailboxes} mailboxes, ${listed.messages} messages on the old server = ${here.messages} here + ${deleted} deleted here + ${skipped.messages} skipped + ${unaccounted.messages} unaccounted for`,
    ...(vanished > 0 ? [`${vanished} vanished from the old server before they were copied`] : []),
    `root ${root}`,
  ];
  for (const { address, messages, reasons } of blockers) {
    lines.push(`${address}: ${messages} messages`, ...reasons.map((reason) => `  ${reason}`));
  }
  return lines.join("\n");
}

function sayText(text: string | null): void {
  if (text !== null) say(text);
}

/** Null where there is nothing to say. */
function findingText(line: FindingLine): string | null {
  switch (line.kind) {
    case "begun":
      return `Certificate ${line.certificate.id} of ${line.certificate.endedAt}`;
    case "deleted-since":
      return `${line.address}: ${line.uidl} (${line.size} octets) was deleted here since`;
    case "damaged":
      return `${line.address}: ${line.uidl} (${line.size} octets) is damaged: ${line.problem}`;
    case "mailbox":
      return line.expected === line.found ? null : `${line.address}: its hash is ${line.found} now`;
    case "end":
      return `${line.verified} verified (${inOctets(line.octets)}), ${line.deletedSince} deleted here since, ${line.damaged} damaged or missing, in ${line.mailboxes} mailboxes`;
    case "progress":
      return null;
  }
}

/** A report in JSON (`mailboxes` with it), or a certificate alone. */
function certificateIn(file: string): GivenCertificate {
  const read = (): Partial<ReportView & CertificateView> => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as Partial<ReportView & CertificateView>;
    } catch (error) {
      throw new CommandFailed(`--certificate: ${error instanceof Error ? error.message : error}`);
    }
  };
  const given = read();
  const certificate = given.certificate ?? given;
  const { id, root } = certificate;
  if (typeof id !== "number" || typeof root !== "string")
    throw new CommandFailed(
      `--certificate: ${file} holds no certificate; "migration report --format json" does`,
    );
  const mailboxes = Array.isArray(given.mailboxes) ? given.mailboxes : [];
  return { id, root, mailboxes: new Map(mailboxes.map((mailbox) => [mailbox.address, mailbox.root])) };
}
