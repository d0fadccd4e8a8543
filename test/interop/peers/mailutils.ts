// GNU mailutils' pop3d 3.15 as an old server, inetd-style, with virtual users in a passwd-file of the domain: mbox
// files HOME/INBOX.
//
// Facts worth knowing:
// - It changes the mailbox by itself: the first UIDL writes an X-UIDL field into every message, and QUIT writes
//   X-IMAPbase, X-UID and Status. A message reads otherwise afterwards, and has other octets than LIST first said.
// - CAPA works before TLS; it offers PIPELINING and says "EXPIRENEVER" in one word.
// - The login name is the whole address. A wrong password is answered "-ERR [AUTH] Bad login".
// - A maildrop is locked while a session has it: the second one meets "-ERR [IN-USE] Mailbox in use".
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awaitGreeting, type Endpoint } from "../loopback.ts";
import { must } from "../program.ts";
import { makeScratch } from "../scratch.ts";
import { startInetd } from "./inetd.ts";
import type { Owner } from "./maildir.ts";
import { placeInMbox, removeFromMbox } from "./mbox.ts";
import { DOMAIN, localPartOf, type Person } from "./old-company.ts";
import { unpackedPeer } from "./unpacked.ts";

/** A running GNU pop3d. */
export interface RunningMailutils extends AsyncDisposable {
  readonly pop3: Endpoint;
  /** Directory that holds LOCAL-PART/INBOX, and whose files they are. */
  readonly mailRoot: string;
  readonly owner: Owner;
  addUser(person: Person): Promise<void>;
  deliver(address: string, messages: readonly Buffer[]): Promise<void>;
  removeContaining(address: string, needle: string): Promise<number>;
}

/** Starts one. */
export async function startMailutils(): Promise<RunningMailutils> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("mailutils"));
  const owner = {
    uid: Number(await must(["id", "-u", "mail"])),
    gid: Number(await must(["id", "-g", "mail"])),
  };
  const mailRoot = join(scratch.path, "mail");
  const domains = join(scratch.path, "domains");
  for (const folder of [mailRoot, domains]) await mkdir(folder);
  await chown(mailRoot, owner.uid, owner.gid);
  const config = join(scratch.path, "pop3d.conf");
  await writeFile(config, pop3dConf(domains));
  const program = unpackedPeer("mailutils-pop3d", "usr/sbin/pop3d");
  const argv = [program, "--no-site-config", "--config-file", config];
  const inetd = cleanup.use(await startInetd(argv, scratch.path));
  await awaitGreeting(inetd.endpoint);
  const people = new Map<string, string>();
  const inboxOf = (address: string) => join(mailRoot, localPartOf(address), "INBOX");
  const running = cleanup.move();
  return {
    pop3: inetd.endpoint,
    mailRoot,
    owner,
    addUser: async ({ address, password }) => {
      const crypted = (await must(["openssl", "passwd", "-6", "-stdin"], { input: `${password}\n` })).trim();
      const name = localPartOf(address);
      const home = join(mailRoot, name);
      people.set(name, `${name}:${crypted}:${owner.uid}:${owner.gid}::${home}:/bin/false\n`);
      await writeFile(join(domains, DOMAIN), [...people.values()].join(""), { mode: 0o600 });
      await mkdir(home, { recursive: true });
      await chown(home, owner.uid, owner.gid);
      await placeInMbox(inboxOf(address), [], owner);
    },
    deliver: (address, messages) => placeInMbox(inboxOf(address), messages, owner),
    removeContaining: (address, needle) => removeFromMbox(inboxOf(address), needle),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function pop3dConf(domains: string): string {
  return `mode inetd;
logging { syslog no; };
auth { authentication "generic:virtdomain"; authorization "virtdomain"; };
virtdomain { passwd-dir "${domains}"; };
`;
}
