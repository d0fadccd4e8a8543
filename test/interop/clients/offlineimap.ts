// offlineimap 8: both ways, what it knows of UIDs and flags in files of its own.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "../program.ts";
import type { Account } from "./account.ts";
import { maildirCopy, makeMaildirs } from "./maildir-copy.ts";
import type { SyncProgram } from "./synced.ts";

/** Sets offlineimap up in `home` with Maildirs in `home`/mail. */
export async function setUpOfflineimap(home: string, account: Account): Promise<SyncProgram> {
  const root = join(home, "mail");
  await makeMaildirs(root);
  const rc = join(home, "offlineimaprc");
  await writeFile(rc, offlineimaprc(home, root, account), { mode: 0o600 });
  return maildirCopy(root, async () => {
    await must(["offlineimap", "-o", "-c", rc, "-u", "basic"], { env: { HOME: home }, limit: 120_000 });
  });
}

function offlineimaprc(home: string, root: string, account: Account): string {
  return `[general]
metadata = ${home}/offlineimap
accounts = person
socktimeout = 60
[Account person]
localrepository = here
remoterepository = there
[Repository here]
type = Maildir
localfolders = ${root}
[Repository there]
type = IMAP
remotehost = ${account.server.host}
remoteport = ${account.server.port}
remoteuser = ${account.login}
remotepass = ${account.password}
ssl = no
starttls = no
folderfilter = lambda name: name in ("INBOX", "Archive")
`;
}
