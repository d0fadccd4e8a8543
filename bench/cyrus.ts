/**
 * Debian's Cyrus as a peer over IMAP, unpacked beside the system (its package excludes Dovecot's) and run from there
 * with its own settings, but for limits on connections and room in the socket that news goes out of. Passwords are checked by a socket of our own that speaks
 * saslauthd's protocol and says yes.
 */
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { awaitGreeting, freePort, LOOPBACK } from "../test/interop/loopback.ts";
import { unpackedPeer } from "../test/interop/peers/unpacked.ts";
import { must, type ServedProgram, serveProgram } from "../test/interop/program.ts";
import { makeScratch } from "../test/interop/scratch.ts";
import { anna, type ImapContestant } from "./imap-contestant.ts";
import { ImapReader } from "./imap-reader.ts";
import { sharedOut } from "./process-memory.ts";

/**
 * What a socket may hold on its way out. Cyrus drops news beyond it, and with Linux's usual 208 KB some of 500 watchers
 * would hear of a message a minute later: so there is more while it starts.
 */
const socketRoom = "/proc/sys/net/core/wmem_default";
const administrator = { address: "administrator", password: "secret" };

export async function startCyrus(): Promise<ImapContestant> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("cyrus"));
  const [user, group] = [Number(await must(["id", "-u", "mail"])), Number(await must(["id", "-g", "mail"]))];
  for (const name of ["config", "config/socket", "config/proc", "spool"]) {
    await mkdir(join(scratch.path, name));
    await chown(join(scratch.path, name), user, group);
  }
  const door = join(scratch.path, "mux");
  cleanup.defer(await yes(door));
  await chmod(door, 0o777);
  const imap = { host: LOOPBACK, port: await freePort() };
  const [settings, services] = [join(scratch.path, "imapd.conf"), join(scratch.path, "cyrus.conf")];
  const programs = unpackedPeer("cyrus", "usr/lib/cyrus/bin");
  await writeFile(settings, imapdConf(scratch.path, door));
  await writeFile(services, cyrusConf(programs, settings, imap.port));
  const libraries = unpackedPeer("cyrus", "usr/lib/x86_64-linux-gnu");
  const env = {
    LD_LIBRARY_PATH: libraries,
    PATH: `${programs}:${process.env.PATH ?? ""}`,
  };
  const start = async (): Promise<ServedProgram> => {
    const argv = [unpackedPeer("cyrus", "usr/sbin/cyrmaster"), "-C", settings, "-M", services];
    const usual = await readFile(socketRoom, "latin1");
    await writeFile(socketRoom, "8388608");
    try {
      const program = serveProgram([...argv, "-D", "-p", join(scratch.path, "pid")], { env });
      await awaitGreeting(imap, program);
      return program;
    } finally {
      await writeFile(socketRoom, usual);
    }
  };
  let running = await start();
  const stop = async (): Promise<void> => {
    await running.stop();
    // Its children do not end with it, and the next one's notifier would find its place taken.
    try {
      process.kill(-running.pid, "SIGKILL");
    } catch {
      // They have ended.
    }
  };
  cleanup.defer(stop);
  {
    using reader = await ImapReader.connect(imap, false, LOOPBACK, administrator);
    await reader.command(`CREATE user/${anna.address}`);
  }
  const server = cleanup.move();
  const restart = async (): Promise<void> => {
    await stop();
    running = await start();
  };
  return {
    name: "Cyrus",
    imap,
    restart,
    restartWithoutCache: restart,
    memory: () => sharedOut(running.pid),
    login: () => anna,
    log: () => running.printed(),
    [Symbol.asyncDispose]: () => server.disposeAsync(),
  };
}

/** Four strings come, each after its length in two octets; one goes back. @returns what closes it */
async function yes(path: string): Promise<() => void> {
  const server = createServer((socket) => {
    let came = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      came = Buffer.concat([came, chunk]);
      let at = 0;
      for (let strings = 0; strings < 4; strings++) {
        if (came.length < at + 2) return;
        at += 2 + came.readUInt16BE(at);
      }
      if (came.length >= at) socket.end(Buffer.from("\0\x02OK", "latin1"));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return () => void server.close();
}

function imapdConf(directory: string, door: string): string {
  return `
configdirectory: ${directory}/config
partition-default: ${directory}/spool
cyrus_user: mail
cyrus_group: mail
admins: ${administrator.address}
servername: mail.big-company.com
virtdomains: userid
unixhierarchysep: yes
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: ${door}
lmtpsocket: ${directory}/config/socket/lmtp
idlesocket: ${directory}/config/socket/idle
notifysocket: ${directory}/config/socket/notify
syslog_prefix: cyrus
`;
}

function cyrusConf(programs: string, settings: string, port: number): string {
  return `
START {
  recover cmd="${programs}/ctl_cyrusdb -C ${settings} -r"
}
DAEMON {
  idled cmd="${programs}/idled -C ${settings}"
}
SERVICES {
  imap cmd="${programs}/imapd -C ${settings} -U 30" listen="${LOOPBACK}:${port}" proto="tcp4" prefork=2 maxchild=3000
}
EVENTS {
}
`;
}
