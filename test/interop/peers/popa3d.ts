// Debian's popa3d 1.0.3 as an old server: the smallest POP3 server there is. It runs inetd-style, one process a
// connection, checks system users through PAM and reads /var/mail/USER.
//
// Facts worth knowing:
// - No CAPA, no STLS, no AUTH, no PIPELINING in name; the login name is the bare local part.
// - UIDL is half an MD5 of a few header fields. Messages that agree in those share one UIDL, whatever their bodies say:
//   of the 498 messages of the corpus only 319 have one of their own. RFC 1939, section 7, allows it.
// - Any failed login is answered "-ERR Authentication failed (bad password?)" and ends the connection, a failure of
//   the server itself just as well.
// - No lock is held during a session; DELE takes effect at QUIT.
import { join } from "node:path";
import { awaitGreeting, type Endpoint } from "../loopback.ts";
import { makeScratch } from "../scratch.ts";
import { startInetd } from "./inetd.ts";
import type { Owner } from "./maildir.ts";
import { type Maildrop, readMaildrop } from "./maildrop.ts";
import { placeInMbox, removeFromMbox } from "./mbox.ts";
import { localPartOf, type Person } from "./old-company.ts";
import { addSystemUser, removeSystemUser, SPOOL } from "./system-user.ts";
import { unpackedPeer } from "./unpacked.ts";

/** A running popa3d. */
export interface RunningPopa3d extends AsyncDisposable {
  readonly pop3: Endpoint;
  /** Directory of the mbox files, by user name. */
  readonly mailRoot: string;
  /** Makes a system user named as the local part (which must begin with USER_PREFIX); returns who owns the mbox. */
  addUser(person: Person): Promise<Owner>;
  deliver(address: string, messages: readonly Buffer[]): Promise<void>;
  removeContaining(address: string, needle: string): Promise<number>;
  uidls(person: Person): Promise<Maildrop["uidls"]>;
  messages(person: Person): Promise<Maildrop["messages"]>;
}

/** Starts one. */
export async function startPopa3d(): Promise<RunningPopa3d> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("popa3d"));
  const inetd = cleanup.use(await startInetd([unpackedPeer("popa3d", "usr/sbin/popa3d")], scratch.path));
  await awaitGreeting(inetd.endpoint);
  const owners = new Map<string, Owner>();
  cleanup.defer(async () => {
    for (const name of owners.keys()) await removeSystemUser(name);
  });
  const read = (person: Person) => readMaildrop(inetd.endpoint, localPartOf(person.address), person.password);
  const running = cleanup.move();
  return {
    pop3: inetd.endpoint,
    mailRoot: SPOOL,
    addUser: async (person) => {
      const name = localPartOf(person.address);
      const owner = await addSystemUser(name, person.password);
      owners.set(name, owner);
      await placeInMbox(join(SPOOL, name), [], owner);
      return owner;
    },
    deliver: (address, messages) => {
      const name = localPartOf(address);
      const owner = owners.get(name);
      if (owner === undefined) throw new Error(`no user ${name}`);
      return placeInMbox(join(SPOOL, name), messages, owner);
    },
    removeContaining: (address, needle) => removeFromMbox(join(SPOOL, localPartOf(address)), needle),
    uidls: async (person) => (await read(person)).uidls,
    messages: async (person) => (await read(person)).messages,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
