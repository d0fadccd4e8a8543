// The POP3 transcripts that any server must satisfy, replayed against Debian's Dovecot: a judge of our reading
// of the RFCs, and of the runner.
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { replayFolder } from "../transcripts/replay.ts";
import { octetsOf } from "../transcripts/text.ts";
import { type RunningDovecot, startDovecot } from "./peers/dovecot.ts";
import { makeMaildir } from "./peers/maildir.ts";

const anna = { address: "anna", password: "secret" };
let dovecot: RunningDovecot;

beforeAll(async () => {
  const extra =
    "auth_failure_delay = 0\nservice anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}";
  dovecot = await startDovecot({ extra });
  await dovecot.addUser(anna);
});
afterAll(() => dovecot[Symbol.asyncDispose]());

/** Mail put into Anna's Maildir; the unique-ids are Dovecot's own, and only bound, never written out. */
async function happen(text: string): Promise<void> {
  const message = /^mail \S*: ?(.*)$/.exec(text);
  if (!message) throw new Error(`not understood: ${text}`);
  await dovecot.deliver(anna.address, [Buffer.from(octetsOf(message[1] ?? "", new Map()), "latin1")]);
}

replayFolder(
  "pop3",
  async (given) => {
    const maildir = join(dovecot.mailRoot, anna.address);
    await rm(maildir, { recursive: true, maxRetries: 5, retryDelay: 50 });
    await makeMaildir(maildir, dovecot.owner);
    for (const text of given) await happen(text);
    return {
      async connect() {
        const socket = connect(dovecot.pop3.port, dovecot.pop3.host);
        await once(socket, "connect");
        return socket;
      },
      event: happen,
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
  ({ isJudged }) => isJudged,
);
