// Debian's Courier POP3 1.0 as an old server: couriertcpd, courierpop3d and authdaemond with a userdb, Maildir
// storage. Courier's paths are compiled in, so the instance runs in a mount namespace of its own where
// /etc/courier and /run/courier/authdaemon are temporary directories (unshare: needs root).
//
// Facts worth knowing:
// - Login names are whatever the userdb says: bare local parts here.
// - UIDLs are `UID…-…` numbers kept in the Maildir's courierpop3dsizelist, stable across sessions; mail delivered
//   meanwhile gets the next one.
// - A message with raw 8-bit octets where headers are is replaced, in RETR, by "Cannot display Unicode content" with the
//   message attached, under a boundary that is new each time. After UTF8 (RFC 6856, before the login) it comes as it is.
// - LIST is the size of the file with CRLF: short of RETR's for a few messages, far too small for the replaced ones.
// - A wrong password is answered after a pause of some seconds with "-ERR Login failed."; the connection stays open.
// - It marks what RETR has given as seen (S in the file name); nothing can be set against that.
// - It allows 4 connections from one address (MAXPERIP) by default and drops others without a greeting.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "../loopback.ts";
import { must, serveProgram } from "../program.ts";
import { makeScratch } from "../scratch.ts";
import { makeMaildir, type Owner, placeInMaildir, removeFromMaildir } from "./maildir.ts";
import { type Maildrop, readMaildrop } from "./maildrop.ts";
import { localPartOf, type Person } from "./old-company.ts";
import { unpackedPeer } from "./unpacked.ts";

/** How this Courier differs from Debian's. */
export interface CourierOptions {
  /** MAXPERIP: connections from one address, 4 unless told. */
  readonly maxPerAddress?: number;
}

/** A running Courier POP3 server. */
export interface RunningCourier extends AsyncDisposable {
  readonly pop3: Endpoint;
  /** Directory that holds LOCAL-PART/ Maildirs, and whose files they are. */
  readonly mailRoot: string;
  readonly owner: Owner;
  addUser(person: Person): Promise<void>;
  deliver(address: string, messages: readonly Buffer[]): Promise<void>;
  removeContaining(address: string, needle: string): Promise<number>;
  uidls(person: Person): Promise<Maildrop["uidls"]>;
  messages(person: Person): Promise<Maildrop["messages"]>;
  log(): string;
}

/** Starts one. */
export async function startCourier(options: CourierOptions = {}): Promise<RunningCourier> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("courier"));
  const owner = {
    uid: Number(await must(["id", "-u", "mail"])),
    gid: Number(await must(["id", "-g", "mail"])),
  };
  const mailRoot = join(scratch.path, "mail");
  const etc = join(scratch.path, "etc");
  for (const part of [mailRoot, etc, join(scratch.path, "run")]) await mkdir(part);
  await writeFile(join(etc, "authdaemonrc"), AUTHDAEMONRC);
  const people = new Map<string, Person>();
  await writeUserdb(etc, mailRoot, owner, people);
  const pop3 = { host: LOOPBACK, port: await freePort() };
  const script = startScript(scratch.path, pop3.port, options.maxPerAddress ?? 4);
  const program = cleanup.use(serveProgram(["unshare", "--mount", "sh", "-ec", script]));
  await awaitGreeting(pop3, program);

  const maildirOf = (address: string) => join(mailRoot, localPartOf(address));
  const read = (person: Person) => readMaildrop(pop3, localPartOf(person.address), person.password);
  const running = cleanup.move();
  return {
    pop3,
    mailRoot,
    owner,
    addUser: async (person) => {
      await makeMaildir(maildirOf(person.address), owner);
      people.set(localPartOf(person.address), person);
      await writeUserdb(etc, mailRoot, owner, people);
    },
    deliver: (address, messages) => placeInMaildir(maildirOf(address), messages, owner),
    removeContaining: (address, needle) => removeFromMaildir(maildirOf(address), needle),
    uidls: async (person) => (await read(person)).uidls,
    messages: async (person) => (await read(person)).messages,
    log: () => program.printed(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const AUTHDAEMONRC = `authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=2
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
`;

async function writeUserdb(
  etc: string,
  mailRoot: string,
  owner: Owner,
  people: ReadonlyMap<string, Person>,
): Promise<void> {
  const lines: string[] = [];
  for (const [name, { password }] of people) {
    const crypted = (await must(["openssl", "passwd", "-6", "-stdin"], { input: `${password}\n` })).trim();
    const home = join(mailRoot, name);
    lines.push(`${name}\tuid=${owner.uid}|gid=${owner.gid}|home=${home}|mail=${home}|systempw=${crypted}\n`);
  }
  const file = join(etc, "userdb");
  await writeFile(file, lines.join(""), { mode: 0o600 });
  await chmod(file, 0o600);
  await must(["makeuserdb", "-f", file]);
}

/** What `/usr/lib/courier/pop3d start` does, without courierlogger: output goes where ours goes. */
function startScript(directory: string, port: number, maxPerAddress: number): string {
  const login = unpackedPeer("courier-pop", "usr/lib/courier/courier/courierpop3login");
  const server = unpackedPeer("courier-pop", "usr/lib/courier/courier/courierpop3d");
  return `
mkdir -p /run/courier/authdaemon
mount --bind ${directory}/etc /etc/courier
mount --bind ${directory}/run /run/courier/authdaemon
export prefix=/usr exec_prefix=/usr MAILDIRPATH=. POP3AUTH="LOGIN PLAIN"
setpriv --pdeathsig TERM -- /usr/lib/courier/courier-authlib/authdaemond &
while [ ! -S /run/courier/authdaemon/socket ]; do sleep 0.05; done
exec /usr/sbin/couriertcpd -address=${LOOPBACK} -maxprocs=100 -maxperip=${maxPerAddress} \\
  -nodnslookup -noidentlookup ${port} ${login} ${server} .
`;
}
