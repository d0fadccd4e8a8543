/** A company proves its move: comparison, certificate, report and verify, from the command line to the disk. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import type { CertificateView, CertifyingLine, ReportedMailbox, ReportView } from "#http/proof-views";
import { anyOf, type Fault, refuses } from "../old-server/faults.ts";
import { hashOf, type OldMailbox, put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Company, domain } from "./company.ts";
import { runMailferry } from "./mailferry.ts";

const scratch = mkdtempSync(join(tmpdir(), "mailferry-certificate-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const internal =
  "From: Mail System Internal Data <MAILER-DAEMON@old>\r\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r\n\r\nThis text is part of the internal format.\r\n";

async function run(company: Company, ...args: string[]) {
  return await runMailferry(["migration", ...args, "--data", company.data]);
}

async function certified(company: Company): Promise<Extract<CertifyingLine, { kind: "certificate" }>> {
  for await (const line of company.command.lines<CertifyingLine>(`/migrations/${domain}/certificates`)) {
    if (line.kind === "certificate") return line;
  }
  throw new Error("no certificate");
}

async function reported(company: Company): Promise<ReportView> {
  const { stdout } = await run(company, "report", domain, "--format", "json", "--certificate", "latest");
  return JSON.parse(stdout) as ReportView;
}

async function linesOf(company: Company, name: string): Promise<string[]> {
  const args = ["--format", "lines", "--certificate", "latest", "--mailbox", `${name}@${domain}`];
  const { stdout } = await run(company, "report", domain, ...args);
  return stdout.trimEnd().split("\n").slice(1);
}

const lineOf = ({ messages }: OldMailbox, index: number) => {
  const { uidl, octets } = messages[index] ?? { uidl: "", octets: Buffer.alloc(0) };
  return { uidl, size: octets.length, sha256: hashOf(octets) };
};

/** Nothing of a maildrop is given from a message on, until it is released. */
function heldFrom(name: string, first: number): { readonly fault: Fault; readonly release: () => void } {
  let isHeld = true;
  return {
    fault: ({ verb, argument, name: who }) =>
      isHeld && verb === "RETR" && who.startsWith(name) && Number(argument) >= first
        ? { do: "reply", line: "-ERR not now" }
        : null,
    release: () => {
      isHeld = false;
    },
  };
}

test("every message is told apart, the sum closes, and what is damaged is found", async () => {
  const hold = heldFrom("anna", 7);
  let isCompared = false;
  const arrival: Fault = ({ verb, name }) => {
    if (isCompared && verb === "LIST" && name.startsWith("anna")) {
      isCompared = false;
      put(anna, letter("anna", "arrived while it was listed"));
    }
    return null;
  };
  await using company = await Company.start({ pop3: { fault: anyOf(hold.fault, arrival) } });
  const anna = company.mailboxes.add("anna", "secret");
  put(anna, internal, "internal");
  put(anna, letter("anna", "twice"), "twin");
  put(anna, letter("anna", "twice"), "twin");
  put(anna, letter("anna", "deleted after copying"));
  put(anna, letter("anna", "will be damaged"));
  put(anna, `${letter("anna", "stays")}${"A long line.\r\n".repeat(20_000)}`);
  put(anna, letter("anna", "deleted before copying"));
  put(anna, letter("anna", "gone there before copying"));
  put(anna, letter("anna", "late to be copied"));
  const bob = company.mailboxes.add("bob", "secret");
  put(bob, letter("bob", "only one"));
  const program = await company.login("anna", "secret");
  await (await company.login("bob", "secret")).quit();
  // The first six come; the others are not given.
  const listing = await program.list();
  await program.retrieve(4);
  await program.delete(4);
  await program.delete(7);
  await program.quit();
  expect(listing).toHaveLength(10);
  await company.check();

  // In the middle of it: the report says so, a certificate says what is missing, and nothing is "closed".
  const unfinished = await run(company, "report", domain);
  expect(unfinished.stdout).toContain("Not finished.");
  const refused = await run(company, "certify", domain);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("does not close");
  expect(refused.stdout).toMatch(/message \S+ \(\d+ octets\): .*not now/);

  // One is removed there before it was copied: it blocks until it is certain, and is then told as gone there. The
  // other was put off and is asked for now.
  const [gone] = anna.messages.splice(7, 1);
  hold.release();
  await company.check();
  const blocked = await certified(company);
  expect(blocked.certificate).toMatchObject({ closes: false, totals: { vanished: 1 } });
  expect(blocked.blockers).toMatchObject([{ address: `anna@${domain}`, messages: 1 }]);
  await passFifteenMinutes(company);
  // Mail arrives there before it is compared, and while it is listed: that one is none of this listing.
  put(anna, letter("anna", "arrived before the comparison"));
  isCompared = true;
  const { certificate, blockers } = await certified(company);
  expect(blockers).toEqual([]);
  expect(certificate).toMatchObject({
    closes: true,
    mailboxes: 2,
    totals: {
      listed: { messages: 10 },
      here: { messages: 7 },
      deletedAfterCopy: { messages: 1 },
      deletedBeforeCopy: { messages: 1 },
      skipped: { messages: 1 },
      unaccounted: { messages: 0 },
      goneBeforeCopy: 1,
      vanished: 0,
    },
    oldServer: { greeting: "old server ready", tls: "none" },
  });
  expect(anna.messages).toHaveLength(10);
  const at = (index: number) => lineOf(anna, index);
  const here = (index: number, occurrence = 0) => {
    const { uidl, size, sha256 } = at(index);
    return `here ${uidl} ${size} ${occurrence} ${size} ${sha256}`;
  };
  expect(await linesOf(company, "anna")).toEqual([
    `skipped internal ${at(0).size} 0 - - internal data of the old server`,
    here(1),
    here(2, 1),
    `deleted ${at(3).uidl} ${at(3).size} 0 - ${at(3).sha256}`,
    here(4),
    here(5),
    `deleted ${at(6).uidl} ${at(6).size} 0 - -`,
    here(7),
    here(8),
  ]);

  // The forms of the report.
  const text = (await run(company, "report", domain, "--certificate", "latest")).stdout;
  expect(text).toContain("The sum closes");
  expect(text).toContain(gone?.uidl);
  const file = join(scratch, "report.html");
  expect((await run(company, "report", domain, "--format", "html", "--output", file)).code).toBe(0);
  expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  const csv = (await run(company, "report", domain, "--format", "csv")).stdout;
  expect(csv.trimEnd().split("\r\n")).toHaveLength(1 + 10 + 1);
  const json = await reported(company);
  expect(json).toMatchObject({ finished: true, certificate, totals: certificate.totals });

  // Verified at once, and after the migration is off and the server was killed.
  const kept = join(scratch, "certificate.json");
  writeFileSync(kept, JSON.stringify(json));
  const first = await run(company, "verify", domain, "--certificate", kept);
  expect(first.stdout).toContain("7 verified");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  await company.command.post(`/migrations/${domain}/off`, {});
  await company.kill();
  await company.startServer();
  const later = await company.login("anna", "secret");
  await later.delete(1);
  await later.quit();
  expect(await reported(company)).toEqual(json);
  expect((await run(company, "report", domain)).stdout).toBe(text);
  const second = await run(company, "verify", domain);
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("6 verified") });
  expect(second.stdout).toContain("anna@big-company.com: twin");
  expect(second.stdout).toContain("1 deleted here since, 0 damaged or missing, in 2 mailboxes");

  // An octet of a small content and one of a large one change on the disk.
  await company.kill();
  damage(company.data, "will be damaged");
  await company.startServer();
  const third = await run(company, "verify", domain, "--mailbox", `anna@${domain}`);
  expect(third.code).toBe(1);
  expect(third.stderr).toContain("2 messages are damaged or missing");
  expect(third.stdout).toContain(`${at(4).uidl} (${at(4).size} octets) is damaged`);
  expect(third.stdout).toContain(`${at(5).uidl} (${at(5).size} octets) is damaged`);

  // A certificate that somebody has changed is found out.
  const forged = json.mailboxes.map((mailbox): ReportedMailbox => ({ ...mailbox, root: "0".repeat(64) }));
  writeFileSync(kept, JSON.stringify({ ...json, mailboxes: forged }));
  const fourth = await run(company, "verify", domain, "--certificate", kept);
  expect(fourth.code).toBe(1);
  expect(fourth.stderr).toContain(`differs for anna@${domain}, bob@${domain}`);
}, 240_000);

test("a message that is never given blocks the sum; a mailbox that cannot be listed does too", async () => {
  const closed: Fault = ({ verb, name }) =>
    isClosed && verb === "PASS" && name.startsWith("bob")
      ? { do: "reply", line: "-ERR [SYS/TEMP] later" }
      : null;
  let isClosed = false;
  await using company = await Company.start({ pop3: { fault: anyOf(refuses(2), closed) } });
  for (const name of ["anna", "bob"]) {
    const mailbox = company.mailboxes.add(name, "secret");
    put(mailbox, letter(name, "one"));
    if (name === "anna") put(mailbox, letter(name, "never given"));
    await (await company.login(name, "secret")).quit();
  }
  await company.check();
  isClosed = true;
  const { certificate, blockers } = await certified(company);
  expect(certificate.closes).toBe(false);
  expect(blockers).toMatchObject([
    { address: `anna@${domain}`, messages: 1, reasons: [expect.stringContaining("no such message")] },
    { address: `bob@${domain}`, messages: 0, reasons: [expect.stringContaining("could not be listed")] },
  ]);
  const views = await company.command.get<readonly CertificateView[]>(`/migrations/${domain}/certificates`);
  expect(views).toEqual([certificate]);
}, 120_000);

test("what is refused says why", async () => {
  await using company = await Company.start();
  const failures: readonly (readonly [string[], RegExp])[] = [
    [["report", "other.example"], /other.example is not a local domain/],
    [["verify", domain], /has no certificate yet/],
    [["verify", domain, "--certificate", join(scratch, "nothing")], /--certificate: ENOENT/],
    [["report", domain, "--output", join(scratch, "no", "where")], /--output: ENOENT/],
  ];
  const { paths } = await company.command.get<{ readonly paths: object }>("/openapi.json");
  for (const name of ["report", "certificates", "verify"]) {
    expect(Object.keys(paths)).toContain(`/api/migrations/{domain}/${name}`);
  }
  for (const [args, words] of failures) {
    const ended = await run(company, ...args);
    expect([args.join(" "), ended.code]).toEqual([args.join(" "), 1]);
    expect(ended.stderr).toMatch(words);
  }
}, 120_000);

/** As if the old server had not listed for a quarter of an hour what it does not list now. */
async function passFifteenMinutes(company: Company): Promise<void> {
  await company.kill();
  const database = new DatabaseSync(join(company.data, "mailferry.db"));
  database.exec("UPDATE ledger SET missing_since = missing_since - 900000");
  database.close();
  await company.startServer();
}

/** Changes an octet of the message with this subject, and adds one to every content that is a file. */
function damage(data: string, subject: string): void {
  const database = new DatabaseSync(join(data, "mailferry.db"));
  const row = database
    .prepare("SELECT content, octets FROM body WHERE instr(octets, ?) > 0")
    .get(Buffer.from(`Subject: ${subject}`)) as { content: number; octets: Uint8Array };
  const octets = Buffer.from(row.octets);
  octets.writeUInt8(octets.readUInt8(octets.length - 3) ^ 1, octets.length - 3);
  database.prepare("UPDATE body SET octets = ? WHERE content = ?").run(octets, row.content);
  database.close();
  const root = join(data, "content");
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) appendFileSync(join(entry.parentPath, entry.name), "x");
  }
}
