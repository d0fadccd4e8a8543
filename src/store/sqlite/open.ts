/**
 * The store on SQLite and files: one directory, used by one process. It relies on the local disk keeping what it
 * has synced, and promises through its ports that what was acknowledged is there after any crash, and that a full
 * disk refuses new mail without touching the old.
 */
import { DatabaseSync } from "node:sqlite";
import type { DirectoryStore } from "#directory/directory-store";
import type { AdministratorStore } from "#http/access/administrator";
import type { SecondFactorStore } from "#http/access/second-factor";
import type { PersonSessions } from "#http/my/person";
import type { SignInStore } from "#login/sign-ins";
import type { Changes } from "#mailbox/changes";
import type { ContentStage } from "#mailbox/content";
import type { MailStore } from "#mailbox/mail-store";
import type { UnhashedPasswords } from "#migration/admission/unhashed-passwords";
import type { CutoverStore } from "#migration/cutover/cutover";
import type { Ledger } from "#migration/ledger";
import type { LedgerListing } from "#migration/ledger-listing";
import type { PeopleStore } from "#migration/people/people";
import type { ProofStore } from "#migration/proof/proof-store";
import type { ReturnStore } from "#migration/return/return-store";
import type { Roster } from "#migration/roster";
import type { ReadingEffects } from "#migration/transfer/reading-effect";
import type { AuditTrail } from "#observe/audit";
import type { Figures } from "#observe/figures";
import type { Log } from "#observe/log";
import type { Metrics } from "#observe/metrics";
import type { QueueListing } from "#queue/queue-listing";
import type { QueueStore } from "#queue/queue-store";
import type { KnownRecipients } from "#routing/known-recipients";
import { ContentFiles } from "../content/files.ts";
import { openStage } from "../content/stage.ts";
import { SqliteAdministratorStore } from "./administrator-store.ts";
import { SqliteAuditTrail } from "./audit-trail.ts";
import { SqliteCutoverStore } from "./cutover-store.ts";
import { openDataDirectory } from "./data-directory.ts";
import { SqliteDirectoryStore } from "./directory-store.ts";
import { Engine } from "./engine.ts";
import { SqliteFigures } from "./figures.ts";
import { SqliteKnownRecipients } from "./known-recipients.ts";
import { SqliteLedger } from "./ledger.ts";
import { SqliteLedgerListing } from "./ledger-listing.ts";
import { LedgerViews } from "./ledger-views.ts";
import { SqliteMailStore } from "./mail-store.ts";
import { SqlitePeopleStore } from "./people-store.ts";
import { SqlitePersonStore } from "./person-store.ts";
import { SqliteProofStore } from "./proof-store.ts";
import { SqliteQueueListing } from "./queue-listing.ts";
import { SqliteQueueStore } from "./queue-store.ts";
import { SqliteReadingEffects } from "./reading-effects.ts";
import { SqliteReturnStore } from "./return-store.ts";
import { SqliteRoster } from "./roster.ts";
import { applySchema } from "./schema.ts";
import { SqliteSecondFactors } from "./second-factors.ts";
import { topicsOf } from "./touches.ts";
import { SqliteUnhashedPasswords } from "./unhashed-passwords.ts";

export interface StoreOptions {
  /** Created if it is not there. */
  readonly dataDirectory: string;
  /** Where news of folders is told after each commit. */
  readonly changes: Changes;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Hears after each commit what it touched; `topicsOf` says what that is about. */
  readonly events?: { touch(touches: readonly string[]): void };
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Everything that is kept, behind the ports of the rooms. */
export interface Store extends AsyncDisposable {
  readonly mail: MailStore;
  readonly directory: DirectoryStore;
  readonly queue: QueueStore;
  readonly queueListing: QueueListing;
  readonly ledger: Ledger;
  readonly proofs: ProofStore;
  readonly cutovers: CutoverStore;
  readonly people: PeopleStore;
  readonly roster: Roster;
  readonly ledgerListing: LedgerListing;
  readonly returns: ReturnStore;
  readonly unhashedPasswords: UnhashedPasswords;
  readonly readingEffects: ReadingEffects;
  readonly knownRecipients: KnownRecipients;
  readonly administrators: AdministratorStore;
  readonly secondFactors: SecondFactorStore;
  readonly persons: PersonSessions & SignInStore;
  readonly audit: AuditTrail;
  readonly figures: Figures;
  readonly stage: ContentStage;
  /** The topics of live events (http/events) that were touched; null: all. */
  topicsOf(touches: ReadonlySet<string>): ReadonlySet<string> | null;
  /** Lets the database grow to so many octets and then refuse, as a full disk would; null: as the disk allows. */
  limitSize(octets: number | null): Promise<void>;
}

/** Opens the store of a data directory. Throws DataDirectoryInUse and NewerSchema. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDirectory, changes, log, metrics, events, now } = options;
  await using opened = new AsyncDisposableStack();
  const directory = opened.use(await openDataDirectory(dataDirectory));
  const files = new ContentFiles(directory.content);
  await prepare(directory.database, files, log);
  const stage = await openStage(directory.spool);
  const touched = events && ((touches: readonly string[]) => events.touch(touches));
  const engine = opened.use(new Engine({ file: directory.database, files, changes, log, metrics, touched }));
  const views = opened.use(new LedgerViews(directory.database));
  const resources = opened.move();
  return {
    mail: new SqliteMailStore(engine, files, now),
    directory: new SqliteDirectoryStore(engine, now),
    queue: new SqliteQueueStore(engine, files),
    queueListing: new SqliteQueueListing(engine),
    ledger: new SqliteLedger(engine, files, now),
    proofs: new SqliteProofStore(engine, views),
    cutovers: new SqliteCutoverStore(engine),
    people: new SqlitePeopleStore(engine),
    roster: new SqliteRoster(engine),
    ledgerListing: new SqliteLedgerListing(engine),
    returns: new SqliteReturnStore(engine, files),
    unhashedPasswords: new SqliteUnhashedPasswords(engine),
    readingEffects: new SqliteReadingEffects(engine),
    knownRecipients: new SqliteKnownRecipients(engine),
    administrators: new SqliteAdministratorStore(engine),
    secondFactors: new SqliteSecondFactors(engine),
    persons: new SqlitePersonStore(engine),
    audit: new SqliteAuditTrail(engine, log),
    figures: new SqliteFigures(engine),
    stage,
    topicsOf: (touches) => engine.read((db) => topicsOf(db, touches)),
    limitSize: (octets) => engine.write("limitSize", octets, { lane: "front" }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Every place where a row names a content file. */
const namedFiles = [
  "SELECT file FROM content WHERE file >= ?1 AND file < ?1 || 'g'",
  "SELECT file FROM queued_message WHERE file >= ?1 AND file < ?1 || 'g'",
];

/** Brings the database up to date and removes the files that a crash left without a row. */
async function prepare(file: string, files: ContentFiles, log: Log): Promise<void> {
  const database = new DatabaseSync(file);
  try {
    applySchema(database);
    const queries = namedFiles.map((sql) => database.prepare(sql));
    const removed = await files.collectOrphans(
      (beginning) => new Set(queries.flatMap((query) => query.all(beginning).map((row) => String(row.file)))),
    );
    if (removed > 0) log.info({ removed }, "content files without a row were removed");
  } finally {
    database.close();
  }
}
