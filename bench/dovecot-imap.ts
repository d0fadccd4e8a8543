/**
 * Debian's Dovecot as a peer over IMAP, with mdbox and its own settings, but for limits on connections, login
 * processes that stay (its manual's high-performance mode) and processes that serve one connection after another. What is
 * appended is synced (`mail_fsync = optimized`), changes of flags are not.
 */
import { chmod, chown, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awaitGreeting, freePort, LOOPBACK } from "../test/interop/loopback.ts";
import { must, type ServedProgram, serveProgram } from "../test/interop/program.ts";
import { makeScratch } from "../test/interop/scratch.ts";
import { anna, type ImapContestant } from "./imap-contestant.ts";
import { sharedOut } from "./process-memory.ts";

/** Linux lets a user have 128 instances of inotify, and each connection in IDLE takes one. */
const watchersOfOne = 100;
/** Numbers of users that own nothing else. They share a group, and so the mailbox. */
const firstUser = 58_000;
const users = 6;

export async function startDovecotImap(): Promise<ImapContestant> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("dovecot-imap"));
  const group = Number(await must(["id", "-g", "mail"]));
  const home = join(scratch.path, "mail");
  await mkdir(home);
  await chown(home, firstUser, group);
  await chmod(home, 0o2770);
  const people = Array.from({ length: users }, (_, n) => ({ ...anna, address: nameOf(n) }));
  const passwords = people.map(
    ({ address, password }, n) => `${address}:{PLAIN}${password}:${firstUser + n}:${group}::${home}::\n`,
  );
  const passwordFile = join(scratch.path, "users");
  await writeFile(passwordFile, passwords.join(""));
  await chmod(passwordFile, 0o644);
  const imap = { host: LOOPBACK, port: await freePort() };
  const config = join(scratch.path, "dovecot.conf");
  await writeFile(config, configuration(scratch.path, imap.port));
  const start = async (): Promise<ServedProgram> => {
    const program = serveProgram(["dovecot", "-F", "-c", config]);
    await awaitGreeting(imap, program);
    return program;
  };
  let running = await start();
  cleanup.defer(() => running.stop());
  const server = cleanup.move();
  return {
    name: "Dovecot",
    imap,
    async restart() {
      await running.stop();
      running = await start();
    },
    async restartWithoutCache() {
      await running.stop();
      for (const name of await readdir(home, { recursive: true }))
        if (name.endsWith("dovecot.index.cache")) await rm(join(home, name));
      running = await start();
    },
    memory: () => sharedOut(running.pid),
    login: (n) => people[Math.floor(n / watchersOfOne) % users] ?? anna,
    log: () => running.printed(),
    [Symbol.asyncDispose]: () => server.disposeAsync(),
  };
}

function nameOf(n: number): string {
  return n === 0 ? anna.address : `anna${n}@big-company.com`;
}

function configuration(directory: string, port: number): string {
  return `
protocols = imap
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = /dev/stderr
listen = ${LOOPBACK}
ssl = no
disable_plaintext_auth = no
passdb {
  driver = passwd-file
  args = ${directory}/users
}
userdb {
  driver = passwd-file
  args = ${directory}/users
}
first_valid_uid = 1
first_valid_gid = 1
mail_location = mdbox:~/mdbox
mail_max_userip_connections = 5000
default_client_limit = 10000
service imap {
  process_limit = 3000
  service_count = 256
}
service imap-login {
  service_count = 0
  process_min_avail = 2
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
namespace inbox {
  inbox = yes
}
`;
}
