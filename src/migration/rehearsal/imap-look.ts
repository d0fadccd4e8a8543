/**
 * A look at an INBOX of the old server by IMAP (RFC 9051), where it has that beside POP3. All that is ever said is
 * CAPABILITY, STARTTLS, LOGIN, EXAMINE, FETCH of UID and FLAGS, and LOGOUT: nothing that changes a folder.
 */
import { openWire, type WirePeer } from "#clients/open-wire";
import type { TlsPolicy } from "#mail/next-hop";
import { clientTls } from "#net/tls";
import type { Wire } from "#net/wire";
import { words } from "./facts.ts";

/** Where IMAP is, and how it is spoken to. */
export interface ImapDoor extends WirePeer {
  /** TLS from the first octet, with a policy other than `none`; without it STARTTLS. */
  readonly implicitTls: boolean;
  readonly tls: TlsPolicy;
  /** How long the server may say nothing while an answer is due. */
  readonly idleMilliseconds: number;
}

/** Which messages: by number, if the folder has as many messages as are expected, or by UID. */
export type Asked =
  | { readonly numbers: readonly number[]; readonly of: number }
  | { readonly uids: readonly number[]; readonly uidValidity: number };

/** One message as IMAP shows it. */
export interface SeenRow {
  readonly number: number;
  readonly uid: number;
  readonly isSeen: boolean;
}

/** What there is to see. */
export interface InboxLook {
  readonly uidValidity: number;
  readonly rows: readonly SeenRow[];
}

/** IMAP is no help here; the message says why, in the server's words where it has some. */
export class ImapNoHelp extends Error {
  constructor(why: string) {
    super(why);
    this.name = "ImapNoHelp";
  }
}

const longestLine = 16 * 1024;
const mostLines = 2000;

/** Throws ImapNoHelp, and what a connection throws. */
export async function lookAtInbox(
  door: ImapDoor,
  login: { readonly name: string; readonly password: Uint8Array },
  asked: Asked,
  signal: AbortSignal,
): Promise<InboxLook> {
  const wire = await openWire(door, signal);
  const stop = (): void => wire.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    wire.idleMilliseconds = door.idleMilliseconds;
    if (door.implicitTls) await secure(wire, door);
    const greeting = await lineOf(wire);
    if (!/^\* OK\b/i.test(greeting)) throw new ImapNoHelp(`it greets with "${words(greeting)}"`);
    const dialogue = new Dialogue(wire);
    if (!door.implicitTls && door.tls.mode !== "none") {
      await dialogue.say("STARTTLS");
      await secure(wire, door);
    }
    const capabilities: string[] = [];
    await dialogue.say("CAPABILITY", (line) => void capabilities.push(line));
    if (capabilities.some((line) => /\bLOGINDISABLED\b/i.test(line)))
      throw new ImapNoHelp("it takes no passwords as the connection is");
    await dialogue.say(["LOGIN ", Buffer.from(login.name), " ", login.password]);
    const look = await examine(dialogue, asked);
    await dialogue.say("LOGOUT");
    return look;
  } finally {
    signal.removeEventListener("abort", stop);
    await wire.close();
  }
}

async function secure(wire: Wire, { tls, host }: ImapDoor): Promise<void> {
  if (tls.mode !== "none") await wire.startTlsClient(clientTls(tls, host));
}

async function examine(dialogue: Dialogue, asked: Asked): Promise<InboxLook> {
  let exists = -1;
  let uidValidity = -1;
  await dialogue.say("EXAMINE INBOX", (line) => {
    exists = Number(/^\* (\d{1,10}) EXISTS/i.exec(line)?.[1] ?? exists);
    uidValidity = Number(/\[UIDVALIDITY (\d{1,10})\]/i.exec(line)?.[1] ?? uidValidity);
  });
  if ("of" in asked && exists !== asked.of)
    throw new ImapNoHelp(`it shows ${exists} messages, and POP3 ${asked.of}`);
  if ("uids" in asked && uidValidity !== asked.uidValidity)
    throw new ImapNoHelp("its UIDVALIDITY changed meanwhile");
  const rows: SeenRow[] = [];
  const command =
    "of" in asked
      ? `FETCH ${asked.numbers.join(",")} (UID FLAGS)`
      : `UID FETCH ${asked.uids.join(",")} (FLAGS)`;
  await dialogue.say(command, (line) => {
    const row = rowOf(line);
    if (row) rows.push(row);
  });
  return { uidValidity, rows };
}

function rowOf(line: string): SeenRow | null {
  const number = /^\* (\d{1,10}) FETCH \(/i.exec(line)?.[1];
  const uid = /\bUID (\d{1,10})\b/i.exec(line)?.[1];
  const flags = /\bFLAGS \(([^)]*)\)/i.exec(line)?.[1];
  if (number === undefined || uid === undefined || flags === undefined) return null;
  return { number: Number(number), uid: Number(uid), isSeen: /\\Seen(?![^ ])/i.test(flags) };
}

/** Commands one after the other; none is sent before the last one is answered. */
class Dialogue {
  readonly #wire: Wire;
  #commands = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /**
   * Octets among the parts go as literals. Throws ImapNoHelp where the answer is not OK.
   * @param hear is given the untagged lines of the answer
   */
  async say(
    command: string | readonly (string | Uint8Array)[],
    hear?: (line: string) => void,
  ): Promise<void> {
    this.#commands += 1;
    const tag = `r${this.#commands}`;
    await this.#wire.write(`${tag} `);
    for (const part of typeof command === "string" ? [command] : command) {
      if (typeof part === "string") await this.#wire.write(part);
      else {
        await this.#wire.write(`{${part.length}}\r\n`);
        await this.#answer(tag, true);
        await this.#wire.write(part);
      }
    }
    await this.#wire.write("\r\n");
    await this.#answer(tag, false, hear);
  }

  async #answer(tag: string, isAsking: boolean, hear?: (line: string) => void): Promise<void> {
    for (let lines = 0; lines < mostLines; lines++) {
      const line = await lineOf(this.#wire);
      if (isAsking && line.startsWith("+")) return;
      if (line.startsWith(`${tag} `)) {
        const said = line.slice(tag.length + 1);
        if (!isAsking && /^OK\b/i.test(said)) return;
        throw new ImapNoHelp(`it says "${words(said)}"`);
      }
      if (/\{\d+\}$/.test(line)) throw new ImapNoHelp(`it says "${words(line)}"`);
      hear?.(line);
    }
    throw new ImapNoHelp("it does not stop talking");
  }
}

async function lineOf(wire: Wire): Promise<string> {
  return Buffer.from(await wire.readLine(longestLine)).toString("latin1");
}
