/**
 * What the contract suites need of an engine, and what they say often. A suite is a function of `open`, so that
 * every engine runs the same one.
 */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { DirectoryStore } from "#directory/directory-store";
import type { AdministratorStore } from "#http/access/administrator";
import type { Changes } from "#mailbox/changes";
import type { ContentStage, StagedContent } from "#mailbox/content";
import type { Folder, MessageEntry } from "#mailbox/folder";
import type { MailboxId } from "#mailbox/ids";
import type { Filing, MailStore } from "#mailbox/mail-store";
import type { Outcome, ProblemKind } from "#mailbox/problem";
import type { UnhashedPasswords } from "#migration/admission/unhashed-passwords";
import type { CutoverStore } from "#migration/cutover/cutover";
import type { Ledger } from "#migration/ledger";
import type { LedgerListing } from "#migration/ledger-listing";
import type { PeopleStore } from "#migration/people/people";
import type { ReturnStore } from "#migration/return/return-store";
import type { Roster } from "#migration/roster";
import type { AuditTrail } from "#observe/audit";
import type { QueueStore } from "#queue/queue-store";
import type { KnownRecipients } from "#routing/known-recipients";

/** A store of its own, empty at first; disposing of it removes it. */
export interface Harness extends AsyncDisposable {
  readonly mail: MailStore;
  readonly directory: DirectoryStore;
  readonly stage: ContentStage;
  readonly queue: QueueStore;
  readonly ledger: Ledger;
  readonly cutovers: CutoverStore;
  readonly people: PeopleStore;
  readonly roster: Roster;
  readonly ledgerListing: LedgerListing;
  readonly returns: ReturnStore;
  readonly unhashedPasswords: UnhashedPasswords;
  readonly knownRecipients: KnownRecipients;
  readonly administrators: AdministratorStore;
  readonly audit: AuditTrail;
  readonly changes: Changes;
  /** What the store takes for the time, in epoch milliseconds. */
  readonly clock: { now: number };
  /** Closes the store and opens it again: this harness then shows the new one. */
  reopen(): Promise<void>;
}

export type OpenHarness = () => Promise<Harness>;

/** What came of it, if it worked; fails the test otherwise. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.problem.kind}: ${outcome.problem.text}`);
  return outcome.value;
}

/** Expects a problem of a kind. */
export function expectProblem(outcome: Outcome<unknown>, kind: ProblemKind): void {
  expect(outcome).toMatchObject({ ok: false, problem: { kind, text: expect.stringMatching(/^\S.*[.]$/) } });
}

/** A small message that no other one equals. */
export function octetsOf(subject: string, size = 0): Uint8Array {
  const header = `From: anna@big-company.com\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@big-company.com>\r\n\r\n`;
  const line = `${"x".repeat(70)}\r\n`;
  return Buffer.from(header + line.repeat(Math.max(1, Math.ceil((size - header.length) / line.length))));
}

/** Stages octets in chunks as a socket gives them. */
export async function staged(stage: ContentStage, octets: Uint8Array): Promise<StagedContent> {
  await using writer = stage.begin();
  for (let at = 0; at < octets.length; at += 40_000) await writer.write(octets.subarray(at, at + 40_000));
  return await writer.finish();
}

export const plainFiling: Filing = { flags: [], internalDate: Date.UTC(2024, 1, 29) };

/** Appends octets and expects that to work. */
export async function append(
  store: Harness,
  folder: Folder,
  octets: Uint8Array,
  filing: Filing = plainFiling,
): Promise<MessageEntry> {
  await using content = await staged(store.stage, octets);
  return value(await store.mail.append(folder.id, content, filing));
}

/** All that a read gives; fails the test when there is nothing to read. */
export async function readAll(read: AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  if (!read) throw new Error("there is nothing to read");
  const chunks: Uint8Array[] = [];
  for await (const chunk of read) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

let persons = 0;

/** A mailbox of big-company.com that mail may be put into; a new person's unless a name is given. */
export async function newMailbox(store: Harness, localPart = `person${++persons}`): Promise<MailboxId> {
  const domain = "big-company.com";
  await store.directory.addDomain({ kind: "local", name: domain, unknownUsers: { rule: "reject" } });
  const settings = { domain, admitted: true, passwordHash: null, quota: null };
  return value(await store.directory.addMailbox({ address: `${localPart}@${domain}`, ...settings })).id;
}

/** The INBOX as it stands now. */
export async function inboxOf(store: Harness, mailbox: MailboxId): Promise<Folder> {
  const inbox = await store.mail.inbox(mailbox);
  if (!inbox) throw new Error("the mailbox has no INBOX");
  return inbox;
}

/** All entries of a folder. */
export function entriesOf(store: Harness, folder: Folder): Promise<readonly MessageEntry[]> {
  return store.mail.entries(folder.id, 0, 100_000);
}
