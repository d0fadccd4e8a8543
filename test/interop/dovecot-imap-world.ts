import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { octetsOf } from "../transcripts/text.ts";
import type { OpenWorld } from "../transcripts/world.ts";
import { type RunningDovecot, startDovecot } from "./peers/dovecot.ts";
import { makeMaildir } from "./peers/maildir.ts";

const anna = { address: "anna", password: "secret" };

/** What makes Dovecot's mailbox look like one of ours: separator, special uses, no delays for wrong passwords. */
const extra = `
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
namespace inbox {
  inbox = yes
  separator = /
${["Archive", "Drafts", "Junk", "Sent", "Trash"].map((name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`).join("\n")}
}
`;

/** A Dovecot that knows Anna. */
export async function startImapJudge(): Promise<RunningDovecot> {
  const dovecot = await startDovecot({ extra });
  await dovecot.addUser(anna);
  return dovecot;
}

/** Anna's mailbox on Dovecot, emptied for each transcript. It understands `mail (FLAGS): octets` and `a folder NAME`. */
export function imapJudgeWorld(dovecot: () => RunningDovecot): OpenWorld {
  return async (given) => {
    const maildir = join(dovecot().mailRoot, anna.address);
    await rm(maildir, { recursive: true, maxRetries: 5, retryDelay: 50 });
    await makeMaildir(maildir, dovecot().owner);
    const happen = (text: string) => command(dovecot(), commandFor(text));
    for (const text of given) await happen(text);
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
