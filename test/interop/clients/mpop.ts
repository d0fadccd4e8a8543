// mpop 1.4: keeps the UIDLs it has seen of the *current* session only, so a short listing makes it forget.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.ts";
import { type Account, type Download, newFiles } from "./account.ts";

/** mpop with a home of its own; `fetch` downloads what it has not seen and leaves it on the server. */
export interface Mpop {
  fetch(account: Account): Promise<Download>;
}

/** Sets one up in `home`. */
export async function setUpMpop(home: string): Promise<Mpop> {
  const maildir = join(home, "Maildir");
  for (const part of ["", "tmp", "new", "cur"]) await mkdir(join(maildir, part), { recursive: true });
  const seen = new Set<string>();
  return {
    fetch: async (account) => {
      const rc = join(home, "mpoprc");
      await writeFile(rc, mpoprc(home, maildir, account), { mode: 0o600 });
      const done = await run(["mpop", `--file=${rc}`, "--quiet"], { env: { HOME: home } });
      const messages = await newFiles(join(maildir, "new"), seen);
      return { exitCode: done.exitCode, stderr: done.stderr, messages };
    },
  };
}

function mpoprc(home: string, maildir: string, account: Account): string {
  return `account default
host ${account.server.host}
port ${account.server.port}
user ${account.login}
password "${account.password}"
auth user
tls off
keep on
received_header off
uidls_file ${home}/uidls
delivery maildir ${maildir}
`;
}
