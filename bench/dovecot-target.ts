/**
 * Debian's Dovecot on the new side: the peer that copies with `doveadm backup` or takes deliveries by LMTP, into
 * mdbox. A running instance, since doveadm asks it for names and users.
 */
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoint, freePort, LOOPBACK } from "../test/interop/loopback.ts";
import { must, run, serveProgram } from "../test/interop/program.ts";
import { makeScratch } from "../test/interop/scratch.ts";
import type { Account } from "./pop3-reader.ts";

/** A Dovecot that people move to. */
export interface DovecotTarget extends AsyncDisposable {
  readonly lmtp: Endpoint;
  /** `doveadm backup` from the account's POP3 server into the user's mdbox. */
  backup(user: string, from: Account): Promise<void>;
  /** Messages and octets (CRLF counted) of the user's INBOX. */
  inbox(user: string): Promise<{ readonly messages: number; readonly octets: number }>;
}

/** Starts one. Any address is a user. */
export async function startDovecotTarget(): Promise<DovecotTarget> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("target"));
  const mail = join(scratch.path, "mail");
  await mkdir(mail);
  const owner = [Number(await must(["id", "-u", "mail"])), Number(await must(["id", "-g", "mail"]))] as const;
  await chown(mail, ...owner);
  const lmtp = { host: LOOPBACK, port: await freePort() };
  const config = join(scratch.path, "dovecot.conf");
  await writeFile(config, configuration(scratch.path, lmtp.port, owner));
  const program = cleanup.use(serveProgram(["dovecot", "-F", "-c", config]));
  await untilUp(config, program.printed);
  const running = cleanup.move();
  return {
    lmtp,
    async backup(user, from) {
      const settings = { pop3c_host: from.host, pop3c_port: from.port, pop3c_user: from.login };
      const options = Object.entries({
        ...settings,
        pop3c_password: from.password,
        mail_prefetch_count: 500,
      });
      await must(
        [
          ...["doveadm", "-c", config],
          ...options.flatMap(([name, value]) => ["-o", `${name}=${value}`]),
          ...["backup", "-R", "-u", user, "pop3c:"],
        ],
        { limit: 300_000 },
      );
    },
    async inbox(user) {
      const argv = ["doveadm", "-c", config, "-f", "flow", "mailbox", "status", "-u", user];
      const printed = await must([...argv, "messages vsize", "INBOX"], { limit: 300_000 });
      const figure = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(printed)?.[1]);
      return { messages: figure("messages"), octets: figure("vsize") };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function untilUp(config: string, printed: () => string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const done = await run(["doveadm", "-c", config, "user", "anna@big-company.com"]);
    if (done.exitCode === 0) return;
    await sleep(100);
  }
  throw new Error(`Dovecot does not start\n${printed()}`);
}

function configuration(directory: string, lmtpPort: number, owner: readonly [number, number]): string {
  return `
protocols = lmtp
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = /dev/stderr
listen = ${LOOPBACK}
ssl = no
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=${owner[0]} gid=${owner[1]} home=${directory}/mail/%u allow_all_users=yes
}
first_valid_uid = 1
first_valid_gid = 1
mail_location = mdbox:~/mdbox
namespace inbox {
  inbox = yes
}
service lmtp {
  inet_listener lmtp {
    port = ${lmtpPort}
  }
}
`;
}
