// getmail 6.18: keeps the union of all UIDLs it has ever seen, in a file named after server, port and login. It puts
// its own Return-Path first (taken off again here) instead of any other, and prints the header anew: look at which
// messages it has, not at their octets.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { must, run } from "../program.ts";
import { type Account, type Download, newFiles } from "./account.ts";

/** getmail with a home of its own; `fetch` downloads what it has not seen and leaves it on the server. */
export interface Getmail {
  fetch(account: Account): Promise<Download>;
}

const PROGRAM = fileURLToPath(new URL("getmail_mended.py", import.meta.url));

/** Sets one up in `home`. */
export async function setUpGetmail(home: string): Promise<Getmail> {
  const maildir = join(home, "Maildir");
  for (const part of ["", "tmp", "new", "cur"]) await mkdir(join(maildir, part), { recursive: true });
  await must(["chown", "-R", "mail:mail", maildir]); // it refuses to deliver as root
  const seen = new Set<string>();
  return {
    fetch: async (account) => {
      const rc = join(home, "getmailrc");
      await writeFile(rc, getmailrc(maildir, account), { mode: 0o600 });
      const getmail = ["/usr/bin/python3", PROGRAM, `--getmaildir=${home}`, `--rcfile=${rc}`];
      const done = await run(getmail, { env: { HOME: home } });
      const messages = (await newFiles(join(maildir, "new"), seen)).map(withoutOwnHeader);
      return { exitCode: done.exitCode, stderr: done.stderr + done.stdout.toString("utf8"), messages };
    },
  };
}

function withoutOwnHeader(message: Buffer): Buffer {
  const text = message.toString("latin1").replace(/^Return-Path: .*\r\n/, "");
  return Buffer.from(text, "latin1");
}

function getmailrc(maildir: string, account: Account): string {
  return `[retriever]
type = SimplePOP3Retriever
server = ${account.server.host}
port = ${account.server.port}
username = ${account.login}
password = ${account.password}
[destination]
type = Maildir
path = ${maildir}/
user = mail
[options]
delete = false
read_all = false
received = false
delivered_to = false
verbose = 1
`;
}
