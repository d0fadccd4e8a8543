/**
 * The table of everything that can be written. An operation runs in the writer thread inside a transaction, in a
 * savepoint of its own: what it throws undoes it alone, and so does a refusal (`ok: false`) that it returns.
 * It may be run again when the transaction was lost to another one's trouble, so it must not change its
 * arguments or anything else outside the database.
 */
import { administratorOperations } from "./administrator-store.ts";
import { admissionOperations } from "./admission-operations.ts";
import { auditOperations } from "./audit-trail.ts";
import { cutoverOperations } from "./cutover-store.ts";
import { directoryOperations } from "./directory-operations.ts";
import { domainOperations } from "./domain-operations.ts";
import { folderOperations } from "./folder-operations.ts";
import { knownRecipientOperations } from "./known-recipients.ts";
import { ledgerNoteOperations } from "./ledger-note-operations.ts";
import { ledgerOperations } from "./ledger-operations.ts";
import { mailOperations } from "./mail-operations.ts";
import { peopleOperations } from "./people-store.ts";
import { personOperations } from "./person-store.ts";
import { proofOperations } from "./proof-operations.ts";
import { queueOperations } from "./queue-operations.ts";
import { readingEffectOperations } from "./reading-effects.ts";
import { returnOperations } from "./return-operations.ts";
import { secondFactorOperations } from "./second-factors.ts";
import { transferOperations } from "./transfer-operations.ts";
import { unhashedPasswordOperations } from "./unhashed-passwords.ts";
import { upkeepOperations } from "./upkeep-operations.ts";

export const operations = {
  ...directoryOperations,
  ...domainOperations,
  ...folderOperations,
  ...mailOperations,
  ...queueOperations,
  ...admissionOperations,
  ...ledgerOperations,
  ...ledgerNoteOperations,
  ...transferOperations,
  ...returnOperations,
  ...readingEffectOperations,
  ...proofOperations,
  ...cutoverOperations,
  ...peopleOperations,
  ...knownRecipientOperations,
  ...administratorOperations,
  ...secondFactorOperations,
  ...auditOperations,
  ...personOperations,
  ...unhashedPasswordOperations,
  ...upkeepOperations,
};

export type OperationName = keyof typeof operations;
/** What an operation is told: plain data, because it travels to the writer thread. */
export type OperationArgs<Name extends OperationName> = Parameters<(typeof operations)[Name]>[1];
export type OperationResult<Name extends OperationName> = ReturnType<(typeof operations)[Name]>;
