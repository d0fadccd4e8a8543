// isync 1.4: both ways, deletions expunged on both sides, one message after another in the order of UIDs.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "../program.ts";
import type { Account } from "./account.ts";
import { maildirCopy, makeMaildirs } from "./maildir-copy.ts";
import type { SyncProgram } from "./synced.ts";

/** Sets mbsync up in `home` with Maildirs in `home`/mail. */
export async function setUpMbsync(home: string, account: Account): Promise<SyncProgram> {
  const root = join(home, "mail");
  await makeMaildirs(root);
  const rc = join(home, "mbsyncrc");
  await writeFile(rc, mbsyncrc(root, account), { mode: 0o600 });
  return maildirCopy(root, async () => {
    await must(["mbsync", "--config", rc, "--all"], { env: { HOME: home }, limit: 120_000 });
  });
}

function mbsyncrc(root: string, account: Account): string {
  return `IMAPAccount there
Host ${account.server.host}
Port ${account.server.port}
User ${account.login}
Pass "${account.password}"
SSLType None
AuthMechs LOGIN

IMAPStore there
Account there

MaildirStore here
Path ${root}/
Inbox ${root}/INBOX
SubFolders Verbatim

Channel all
Far :there:
Near :here:
Patterns INBOX Archive
Create Near
Expunge Both
SyncState *
`;
}
