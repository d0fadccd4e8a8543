import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { goodFiles } from "../tls/certificates.ts";
import { octetsOf } from "../transcripts/text.ts";
import type { OpenWorld } from "../transcripts/world.ts";
import { type RunningDovecot, startDovecot } from "./peers/dovecot.ts";
import { makeMaildir } from "./peers/maildir.ts";
import { makeScratch } from "./scratch.ts";

const anna = { address: "anna", password: "secret" };
/** His password as our own world has it: octets that a passwd-file cannot hold as they are. */
const bob = { address: "bob", password: Buffer.from(' pa "\\ \xa7 ', "latin1") };
/** What Bob's mailbox may hold, in octets: the one limit there is here. */
const bobsQuota = 3000;

/**
 * What makes Dovecot's mailboxes look like ours: separator, special uses, a limit that is one (no grace) and counts
 * octets; STARTTLS with a certificate that the player trusts; no delays for wrong passwords.
 */
function extra(usersFile: string): string {
  return `
ssl = yes
ssl_cert = <${goodFiles.certificate}
ssl_key = <${goodFiles.key}
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = passwd-file
  args = username_format=%u ${usersFile}
}
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = maildir
  quota_grace = 0
  quota_rule = *:bytes=%{if;%u;eq;${bob.address};${bobsQuota};0}
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox INBOX {
    auto = subscribe
  }
${["Archive", "Drafts", "Junk", "Sent", "Trash"].map((name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`).join("\n")}
}
`;
}

/** A Dovecot that knows Anna and Bob. */
export async function startImapJudge(): Promise<RunningDovecot> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await makeScratch("judge"));
  const usersFile = join(scratch.path, "users");
  await writeFile(usersFile, `${bob.address}:{PLAIN.b64}${bob.password.toString("base64")}:::::\n`);
  const dovecot = cleanup.use(await startDovecot({ extra: extra(usersFile) }));
  await dovecot.addUser(anna);
  const running = cleanup.move();
  return { ...dovecot, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/**
 * Their mailboxes on Dovecot, emptied for each transcript. It understands `mail (FLAGS): octets`, `a folder NAME` and
 * the limit that Bob has in any case.
 */
export function imapJudgeWorld(dovecot: () => RunningDovecot): OpenWorld {
  return async (given) => {
    for (const { address } of [anna, bob]) {
      const maildir = join(dovecot().mailRoot, address);
      await rm(maildir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      await makeMaildir(maildir, dovecot().owner);
    }
    const happen = (text: string) => command(dovecot(), commandFor(text));
    for (const text of given) if (text !== `quota ${bobsQuota}`) await happen(text);
    return {
      async connect() {
        const socket = connect(dovecot().imap.port, dovecot().imap.host);
        await once(socket, "connect");
        return socket;
      },
      event: happen,
      [Symbol.asyncDispose]: async () => undefined,
    };
  };
}

/**
 * What makes something happen, said over IMAP: so INTERNALDATE and flags are those that we give ourselves, and the
 * session that says it, not the transcript's, is the one that finds messages \Recent: with us none ever is.
 */
function commandFor(text: string): string {
  const mail = /^mail(?: \(([^)]*)\))?: ?(.*)$/.exec(text);
  const [, folder] = /^a folder (.+)$/.exec(text) ?? [];
  if (folder) return `CREATE ${folder}`;
  if (!mail) throw new Error(`not understood: ${text}`);
  const octets = octetsOf(mail[2] ?? "", new Map());
  return `APPEND INBOX (${mail[1] ?? ""}) "31-Jan-2025 10:20:30 +0000" {${octets.length}+}\r\n${octets}`;
}

async function command(dovecot: RunningDovecot, text: string): Promise<void> {
  const socket = connect(dovecot.imap.port, dovecot.imap.host);
  let said = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    said += chunk;
  });
  socket.write(
    `a LOGIN ${anna.address} ${anna.password}\r\nb ${text}\r\nc SELECT INBOX\r\nd LOGOUT\r\n`,
    "latin1",
  );
  await once(socket, "close");
  if (!said.includes("\r\nb OK")) throw new Error(`Dovecot did not take it: ${said}`);
}
