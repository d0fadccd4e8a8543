// fetchmail 6.4: with `keep` it fetches by TOP n 99999999, with `fetchall` by RETR; the UIDLs it has seen are in
// an idfile by server name and login, swapped for the newest non-empty listing. Messages with a malformed header it
// passes over unless told to accept them. As root it would allow one of itself on the whole machine (pidfile).
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.ts";
import { type Account, type Download, newFiles } from "./account.ts";

/** fetchmail with a home of its own. Exit code 1 says "no new mail". */
export interface Fetchmail {
  /** Downloads what it has not seen and leaves it on the server; with `everything` all of it, by RETR. */
  fetch(account: Account, everything?: boolean): Promise<Download>;
}

/** Sets one up in `home`. */
export async function setUpFetchmail(home: string): Promise<Fetchmail> {
  const inbox = join(home, "inbox");
  await mkdir(inbox, { recursive: true });
  const script = join(home, "deliver");
  await writeFile(script, `#!/bin/sh\nexec cat >${inbox}/$(date +%s%N)-$$\n`, { mode: 0o755 });
  const seen = new Set<string>();
  return {
    fetch: async (account, everything = false) => {
      const rc = join(home, "fetchmailrc");
      await writeFile(rc, fetchmailrc(home, script, account, everything), { mode: 0o600 });
      const env = { HOME: home, FETCHMAILHOME: home, USER: "root", LOGNAME: "root" };
      const done = await run(["fetchmail", "-f", rc, "--nosyslog", "--nodetach"], { env });
      const messages = await newFiles(inbox, seen);
      return { exitCode: done.exitCode, stderr: done.stderr + done.stdout.toString("utf8"), messages };
    },
  };
}

function fetchmailrc(home: string, script: string, account: Account, everything: boolean): string {
  return `set idfile "${home}/fetchids"
set pidfile "${home}/pid"
set no bouncemail
set invisible
poll ${account.server.host} service ${account.server.port} protocol POP3 uidl timeout 60 bad-header accept
  user "${account.login}" password "${account.password}" is "root" here
  keep ${everything ? "fetchall" : "no fetchall"} no rewrite no mimedecode sslproto ''
  mda "${script}"
`;
}
