// Debian's Dovecot 2.3 as an old server: POP3 (and IMAP) for virtual users in a passwd-file, Maildir storage,
// an instance of its own in a temporary directory.
//
// Facts worth knowing:
// - UIDL is "%08Xu%08Xv" (IMAP UID, UIDVALIDITY) unless pop3_uidl_format says otherwise; `%f` is the Maildir file name.
// - A failed login is answered after auth_failure_delay (2 s), and more of them from one address slow that
//   address down further (anvil's penalty): both are Dovecot's defaults and stay on unless a test says otherwise.
// - LIST counts a message that ends without a line end two octets short of what RETR gives (Courier: the same).
// - pop3_lock_session=yes makes a second session of one maildrop fail with "-ERR [IN-USE]" after the lock times out.
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awaitGreeting, type Endpoint, freePort, LOOPBACK } from "../loopback.ts";
import { must, serveProgram } from "../program.ts";
import { makeScratch } from "../scratch.ts";
import { makeCertificate } from "./certificate.ts";
import { makeMaildir, type Owner, placeInMaildir, removeFromMaildir } from "./maildir.ts";
import { type Maildrop, readMaildrop } from "./maildrop.ts";
import type { Person } from "./old-company.ts";

/** How this Dovecot differs from its defaults. */
export interface DovecotOptions {
  /** pop3_uidl_format, `%08Xu%08Xv` unless told. */
  readonly uidlFormat?: string;
  /** pop3_lock_session: one session a maildrop. */
  readonly lockSession?: boolean;
  /** Offer STLS/STARTTLS with a self-signed certificate. */
  readonly tls?: boolean;
  /** Further lines of dovecot.conf. */
  readonly extra?: string;
}

/** A running Dovecot. */
export interface RunningDovecot extends AsyncDisposable {
  readonly pop3: Endpoint;
  readonly imap: Endpoint;
  /** Whose files the Maildirs are: what Postfix must deliver as. */
  readonly owner: Owner;
  /** Directory that holds DOMAIN/LOCAL-PART/ Maildirs. */
  readonly mailRoot: string;
  /** PEM of the self-signed certificate, with `tls`. */
  readonly certificate: string | undefined;
  addUser(person: Person): Promise<void>;
  /** Many people at once. */
  addUsers(people: readonly Person[]): Promise<void>;
  deliver(address: string, messages: readonly Buffer[]): Promise<void>;
  removeContaining(address: string, needle: string): Promise<number>;
  /** The judge's readings: message numbers with UIDLs; everything. */
  uidls(person: Person): Promise<Maildrop["uidls"]>;
  messages(person: Person): Promise<Maildrop["messages"]>;
  /** Dovecot's log so far. */
  log(): string;
}

/** Starts one. `addUser` makes virtual users that log in as their whole address. */
export async function startDovecot(options: DovecotOptions = {}): Promise<RunningDovecot> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("dovecot"));
  const owner = await mailOwner();
  const mailRoot = join(scratch.path, "mail");
  await mkdir(mailRoot);
  await chown(mailRoot, owner.uid, owner.gid);
  const usersFile = join(scratch.path, "users");
  await writeFile(usersFile, "");
  await chmod(usersFile, 0o644);
  const certificate = options.tls ? await makeCertificate(scratch.path) : undefined;
  const pop3 = { host: LOOPBACK, port: await freePort() };
  const imap = { host: LOOPBACK, port: await freePort() };
  const configFile = join(scratch.path, "dovecot.conf");
  const tls = certificate
    ? `ssl = yes\nssl_cert = <${certificate.certificateFile}\nssl_key = <${certificate.keyFile}`
    : "ssl = no";
  await writeFile(configFile, dovecotConf(scratch.path, pop3.port, imap.port, owner, tls, options));
  const program = cleanup.use(serveProgram(["dovecot", "-F", "-c", configFile]));
  await awaitGreeting(pop3, program);
  await awaitGreeting(imap, program);

  const people = new Map<string, string>();
  const maildirOf = (address: string) => join(mailRoot, ...address.split("@").reverse());
  const read = (person: Person) => readMaildrop(pop3, person.address, person.password);
  const addUsers = async (added: readonly Person[]): Promise<void> => {
    for (const { address, password } of added) people.set(address, password);
    const lines = [...people].map(([address, password]) => `${address}:{PLAIN}${password}:::::\n`);
    await writeFile(usersFile, lines.join(""));
    await sleep(1100); // it looks for changes of the file at most once a second
    for (const { address } of added) {
      const domain = join(mailRoot, address.split("@")[1] ?? "");
      await mkdir(domain, { recursive: true });
      await chown(domain, owner.uid, owner.gid);
      await makeMaildir(maildirOf(address), owner);
    }
  };
  const running = cleanup.move();
  return {
    pop3,
    imap,
    owner,
    mailRoot,
    certificate: certificate?.pem,
    addUser: (person) => addUsers([person]),
    addUsers,
    deliver: (address, messages) => placeInMaildir(maildirOf(address), messages, owner),
    removeContaining: (address, needle) => removeFromMaildir(maildirOf(address), needle),
    uidls: async (person) => (await read(person)).uidls,
    messages: async (person) => (await read(person)).messages,
    log: () => program.printed(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function mailOwner(): Promise<Owner> {
  return { uid: Number(await must(["id", "-u", "mail"])), gid: Number(await must(["id", "-g", "mail"])) };
}

function dovecotConf(
  directory: string,
  pop3Port: number,
  imapPort: number,
  owner: Owner,
  tls: string,
  options: DovecotOptions,
): string {
  return `
protocols = pop3 imap
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = /dev/stderr
listen = ${LOOPBACK}
${tls}
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${directory}/users
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${directory}/mail/%d/%n
}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~
pop3_uidl_format = ${options.uidlFormat ?? "%08Xu%08Xv"}
pop3_lock_session = ${options.lockSession ? "yes" : "no"}
service pop3-login {
  inet_listener pop3 {
    port = ${pop3Port}
  }
  inet_listener pop3s {
    port = 0
  }
}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
${options.extra ?? ""}
`;
}
