// `migration rehearse` against the real old servers, as an administrator runs it: the right findings for each, and
// what is left in their mailboxes afterwards.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import type { RehearsalView } from "#http/rehearsal";
import { letter, letters } from "./letters.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import {
  startCourierCompany,
  startDovecotCompany,
  startMailutilsCompany,
  startPopa3dCompany,
} from "./peers/companies.ts";
import { DOMAIN, localPartOf, type OldCompany, type Person } from "./peers/old-company.ts";

/** What depends on where the tests run: whether there is DNS, and how quick the machine is. */
const elsewhere = new Set(["dns-silent", "own-name-unknown", "name-will-move", "login-slow"]);

interface Rehearsed {
  readonly report: RehearsalView;
  readonly finds: readonly string[];
  readonly exitCode: number;
}

/** A company with one person who has some mail, and a Mailferry whose domain pipes to it. */
async function beginRehearsing(company: OldCompany, mailferry: Mailferry): Promise<Person> {
  const anna = company.person("anna");
  await company.addPerson(anna);
  await company.place(anna, [
    ...letters(20),
    letter("Gr\xc3\xbc\xc3\x9fe", ".a dot first\r\nand 8-bit \xc3\xa9"),
  ]);
  const { host, port } = company.exchanger.smtp;
  await mailferry.must("domain", "add", DOMAIN);
  await mailferry.must("domain", "add", "big-company.old", "--remote", "--host", `${host}:${port}`);
  await mailferry.must("domain", "set", DOMAIN, "--unknown-users", `*@${DOMAIN}|big-company.old`);
  return anna;
}

async function rehearse(
  company: OldCompany,
  mailferry: Mailferry,
  person: Person,
  ...options: readonly string[]
): Promise<Rehearsed> {
  const from = `pop3://${company.pop3.host}:${company.pop3.port}`;
  const args = ["migration", "rehearse", DOMAIN, "--user", person.address, "--from", from, ...options];
  const done = await mailferry.command([...args, "--json"], { input: `${person.password}\n` });
  const report = JSON.parse(done.stdout.toString()) as RehearsalView;
  const finds = report.findings
    .filter(({ level, id }) => level !== "good" && !elsewhere.has(id))
    .map(({ level, id }) => `${level} ${id}`);
  for (const told of [mailferry.log(), done.stderr, JSON.stringify(report)])
    expect(told).not.toContain(person.password);
  for (const { level, seen, means, do: todo } of report.findings) {
    expect(seen).not.toBe("");
    if (level !== "good") expect([means, todo]).not.toContain("");
  }
  return { report, finds, exitCode: done.exitCode };
}

/** The files of a person's mail, by name, with what is in them; the server's own indexes are left out. */
async function filesOf(company: OldCompany, person: Person): Promise<ReadonlyMap<string, string>> {
  const name = localPartOf(person.address);
  const entries = await readdir(company.mailRoot, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const isHis = path.split("/").some((part) => part === name);
    if (!entry.isFile() || !isHis || /^(?:dovecot|courier|maildirsize)/.test(entry.name)) continue;
    const octets = await readFile(path);
    files.set(basename(path), createHash("sha256").update(octets).digest("hex"));
  }
  return files;
}

const contentsOf = (files: ReadonlyMap<string, string>): readonly string[] => [...files.values()].toSorted();
const seenIn = (files: ReadonlyMap<string, string>): readonly string[] =>
  [...files.keys()].filter((name) => /:2,[A-Z]*S/.test(name));

test("Dovecot: go, and what is read is marked as seen, which is told", async () => {
  await using company = await startDovecotCompany();
  await using mailferry = await startMailferry();
  const anna = await beginRehearsing(company, mailferry);
  const before = await filesOf(company, anna);

  const quiet = await rehearse(company, mailferry, anna, "--tls", "none", "--no-retr");
  expect(quiet.finds).toEqual([
    "note clear-text",
    "note not-retrieved",
    "note marks-seen",
    "note route-clear",
  ]);
  const untouched = await filesOf(company, anna);
  expect(contentsOf(untouched)).toEqual(contentsOf(before));
  expect(seenIn(untouched)).toEqual([]);

  const imap = ["--imap-port", String(company.imap?.port)];
  const { finds, report, exitCode } = await rehearse(company, mailferry, anna, "--tls", "none", ...imap);
  expect(finds).toEqual(["note clear-text", "note odd-octets", "note marks-seen", "note route-clear"]);
  expect([report.verdict, exitCode]).toEqual(["go", 0]);
  const after = await filesOf(company, anna);
  expect(contentsOf(after)).toEqual(contentsOf(before));
  // A few, and no more: the rehearsal says that it has marked them.
  expect(seenIn(after).length).toBeGreaterThan(0);
  expect(seenIn(after).length).toBeLessThanOrEqual(6);
  const marks = report.findings.find(({ id }) => id === "marks-seen");
  expect(marks?.seen).toMatch(/^of (\d) unread messages that POP3 read, IMAP shows \1 as seen since$/);
  expect(marks?.means).toContain("are marked now");
  expect(marks?.do).toContain("pop3_no_flag_updates = yes");
  expect(report.programs[0]?.again).toBe("nothing");
});

test("Dovecot with pop3_no_flag_updates: nothing at all is changed", async () => {
  await using company = await startDovecotCompany({ extra: "pop3_no_flag_updates = yes" });
  await using mailferry = await startMailferry();
  const anna = await beginRehearsing(company, mailferry);
  const before = await filesOf(company, anna);
  const imap = ["--imap-port", String(company.imap?.port)];
  const { report, finds } = await rehearse(company, mailferry, anna, "--tls", "none", ...imap);
  const after = await filesOf(company, anna);
  expect(contentsOf(after)).toEqual(contentsOf(before));
  expect(seenIn(after)).toEqual([]);
  expect(finds).not.toContain("note marks-seen");
  expect(report.findings.map(({ level, id }) => `${level} ${id}`)).toContain("good reading-unmarked");
});

test("Dovecot with a certificate of its own and locked maildrops: the pin that works", async () => {
  const extra = "mail_max_lock_timeout = 1 secs";
  await using company = await startDovecotCompany({ tls: true, lockSession: true, extra });
  await using mailferry = await startMailferry();
  const anna = await beginRehearsing(company, mailferry);
  const refused = await rehearse(company, mailferry, anna);
  expect(refused.finds).toEqual(["stop tls-certificate", "note marks-seen", "note route-clear"]);
  expect([refused.report.verdict, refused.exitCode]).toEqual(["stop", 1]);
  const pin = refused.report.findings[0]?.settings?.tls ?? "";
  expect(pin).toMatch(/^pin=[0-9a-f]{64}$/);
  expect(refused.report.next).toContain(`--tls ${pin}`);
  const imap = ["--imap-port", String(company.imap?.port)];
  const { finds, report } = await rehearse(company, mailferry, anna, "--tls", pin, ...imap);
  expect(finds).toEqual(["note maildrop-lock", "note odd-octets", "note marks-seen", "note route-clear"]);
  // Looked at by IMAP after STARTTLS, under the same pin.
  expect(report.findings.find(({ id }) => id === "marks-seen")?.seen).toContain("IMAP shows");
  expect(report.next).toBe(
    `mailferry migration on ${DOMAIN} --from pop3://${company.pop3.host}:${company.pop3.port} --tls ${pin}`,
  );
});

test("Courier: one form of name, and what is read is marked as seen, which is told", async () => {
  await using company = await startCourierCompany();
  await using mailferry = await startMailferry();
  const anna = await beginRehearsing(company, mailferry);
  const before = await filesOf(company, anna);
  const { finds, report, exitCode } = await rehearse(company, mailferry, anna, "--tls", "none");
  expect(finds).toEqual([
    "option login-name",
    "note clear-text",
    "note login-delay",
    "note odd-octets",
    "note marks-seen",
    "note route-clear",
  ]);
  expect([report.verdict, exitCode]).toEqual(["options", 0]);
  expect(report.next).toContain("--login-as '{local}'");
  const after = await filesOf(company, anna);
  expect(contentsOf(after)).toEqual(contentsOf(before));
  expect(seenIn(after).length).toBeGreaterThan(0);
  expect(seenIn(after).length).toBeLessThanOrEqual(6);
});

test("popa3d: no CAPA, no TLS, ids that messages share, and nothing is changed", async () => {
  await using company = await startPopa3dCompany();
  await using mailferry = await startMailferry();
  const anna = await beginRehearsing(company, mailferry);
  await company.place(anna, [letter("same", "one"), letter("same", "another")]);
  const before = await filesOf(company, anna);
  const { finds, report } = await rehearse(
    company,
    mailferry,
    anna,
    "--tls",
    "none",
    "--login-as",
    "{local}",
  );
  expect(finds).toEqual(["note clear-text", "note uidl-repeated", "note route-clear"]);
  expect(report.verdict).toBe("go");
  expect([...(await filesOf(company, anna))]).toEqual([...before]);
  const stls = await rehearse(company, mailferry, anna, "--login-as", "{local}");
  expect(stls.finds).toEqual(["stop tls-not-offered", "note route-clear"]);
});

test("GNU pop3d: it writes into messages by itself, which is seen and told", async () => {
  await using company = await startMailutilsCompany();
  await using mailferry = await startMailferry();
  const anna = await beginRehearsing(company, mailferry);
  const before = await filesOf(company, anna);
  const { finds, report } = await rehearse(company, mailferry, anna, "--tls", "none");
  expect(finds).toEqual([
    "option messages-rewritten",
    "note clear-text",
    "note maildrop-lock",
    "note reading-changes",
    "note sizes-wrong",
    "note odd-octets",
    "note route-clear",
  ]);
  expect(report.verdict).toBe("options");
  expect([...(await filesOf(company, anna))]).not.toEqual([...before]);
  expect(report.findings.some(({ id, level }) => id === "uidl" && level === "good")).toBe(true);
  // Now all messages have their ids; what was written shows in the messages themselves.
  const again = await rehearse(company, mailferry, anna, "--tls", "none");
  expect(again.finds).toContain("option store-fields");
});
