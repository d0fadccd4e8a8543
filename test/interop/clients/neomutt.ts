// neomutt on a terminal that script(1) provides, driven by keys pushed at its start. It has no copy of its own but
// caches, so its user's deeds are keys that wait, and what it holds is what it copies into Maildirs afterwards.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.ts";
import type { Account } from "./account.ts";
import { maildirCopy, makeMaildirs } from "./maildir-copy.ts";
import { FOLDERS, type SyncProgram } from "./synced.ts";

/** Sets neomutt up in `home`; header and body caches are on and kept between runs. */
export async function setUpNeomutt(home: string, account: Account): Promise<SyncProgram> {
  const root = join(home, "mail");
  const desk = join(home, "desk");
  await mkdir(join(home, "cache"), { recursive: true });
  // Where it is missing, neomutt asks at its start whether to make it, and the first pushed key is the answer.
  await mkdir(join(home, "Mail"), { recursive: true });
  await makeMaildirs(root);
  const rc = join(home, "neomuttrc");
  await writeFile(rc, neomuttrc(home, account), { mode: 0o600 });
  const { host, port } = account.server;
  const there = `imap://${host}:${port}/`;
  const open = async (folder: string, keys: string) => {
    await writeFile(`${rc}.keys`, `source ${rc}\npush '${keys}<quit>'\n`);
    const command = `neomutt -n -z -F ${rc}.keys -f ${folder}`;
    const done = await run(["script", "--quiet", "--return", "--command", command, "/dev/null"], {
      env: { HOME: home, TERM: "xterm", LINES: "24", COLUMNS: "80" },
    });
    // -z: it ends with 1 where there is nothing to open, and says so.
    const empty = done.exitCode === 1 && done.stdout.includes("Mailbox is empty");
    if (done.exitCode !== 0 && !empty)
      throw new Error(`neomutt ${folder} ${keys}: exit ${done.exitCode}: ${done.stdout}`);
  };
  let waiting = "";
  let written: Buffer[] = [];
  const sync = async () => {
    if (waiting !== "") await open(`${there}INBOX`, `${waiting}<sync-mailbox>`);
    waiting = "";
    for (const message of written) {
      await makeMaildirs(desk);
      await maildirCopy(desk, sync).write(message);
      await open(join(desk, "INBOX"), `<copy-message>${there}INBOX<enter>`);
      await rm(desk, { recursive: true });
    }
    written = [];
    await rm(root, { recursive: true });
    await makeMaildirs(root);
    for (const folder of FOLDERS) {
      const target = join(root, folder);
      await open(`${there}${folder}`, `<tag-pattern>~A<enter><tag-prefix><copy-message>${target}<enter>`);
    }
  };
  const on = (subject: string, keys: string) => {
    waiting += `<limit>~A<enter><limit>=s "${subject}"<enter><first-entry>${keys}<limit>~A<enter>`;
    return Promise.resolve();
  };
  return {
    sync,
    held: maildirCopy(root, sync).held,
    remove: (subject) => on(subject, "<delete-message>"),
    moveToArchive: (subject) => on(subject, `<save-message>${there}Archive<enter>`),
    star: (subject) => on(subject, "<flag-message>"),
    write: async (message) => void written.push(message),
  };
}

function neomuttrc(home: string, account: Account): string {
  return `set imap_user="${account.login}"
set imap_pass="${account.password}"
set imap_authenticators="login"
set ssl_starttls=no
set ssl_force_tls=no
set header_cache="${home}/cache"
set message_cachedir="${home}/cache"
set folder="${home}/Mail"
set mbox_type=Maildir
set copy=no
set confirmappend=no
set confirmcreate=no
set delete=yes
set quit=yes
set move=no
set mark_old=no
set wait_key=no
set resolve=no
set sort=mailbox-order
set net_inc=0
set read_inc=0
set write_inc=0
set spoolfile=""
set record=""
`;
}
