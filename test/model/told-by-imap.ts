/**
 * What one person's IMAP program was told, over all its connections. Facts of a message (size, internal date, text)
 * and UIDVALIDITY are held together by the clients of the stress run; here it is seen to that nothing vanishes.
 */
import { StressClient, World } from "../stress/client.ts";
import { wholeMessage } from "../stress/letters.ts";
import { Told } from "../stress/told.ts";
import { Excuses } from "./excuses.ts";
import { numberOf } from "./letters.ts";

export const folders = ["INBOX", "Kept"] as const;
export type FolderName = (typeof folders)[number];

export interface Entry {
  readonly uid: number;
  /** Octets in a latin1 string; null while it was never told. */
  readonly text: string | null;
}

const facts = `(UID RFC822.SIZE INTERNALDATE BODY.PEEK[])`;

export class ToldByImap {
  /** What was taken out of the INBOX by POP3. */
  readonly excuses = new Excuses();
  readonly #who: string;
  readonly #world = new World();
  readonly #present = new Map<FolderName, Set<number>>(folders.map((name) => [name, new Set()]));
  readonly #gone = new Map<FolderName, Set<number>>(folders.map((name) => [name, new Set()]));
  #client: StressClient | null = null;

  constructor(who: string) {
    this.#who = who;
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  /** What is in all folders, as it was listed last; null for what was never read. */
  get texts(): readonly (string | null)[] {
    return [...this.#present].flatMap(([folder, uids]) => [...uids].map((uid) => this.#textOf(folder, uid)));
  }

  /** Logs in. Throws with the server's words when it says no. */
  async connect(port: number, login: string): Promise<void> {
    const client = await StressClient.connect(port, this.#who, this.#world, login);
    await client.command("CREATE Kept");
    this.#client = client;
  }

  /** Hangs up without a word. */
  hangUp(): void {
    this.#client?.[Symbol.dispose]();
    this.#client = null;
  }

  /** What is in a folder. @param mayVanish whether messages that were never read may be there no more */
  async list(folder: FolderName, mayVanish: () => boolean): Promise<readonly Entry[]> {
    const client = this.#connected();
    const known = this.#world.folder(folder);
    if (client.told?.folder === known) await client.ok("NOOP");
    else {
      const { uidNext } = known;
      const told = new Told(known, false);
      client.told = told;
      const { result, others } = await client.command(`SELECT ${folder}`);
      if (!result.startsWith("OK ")) {
        client.told = null;
        throw new Error(result);
      }
      const next = /\[UIDNEXT (\d+)\]/.exec(others.join("\n"))?.[1];
      if (Number(next ?? 0) < uidNext) this.#fail("UIDNEXT went back");
    }
    const { told } = client;
    if (!told) throw new Error("no folder is selected");
    if (told.rows.length > 0) await client.ok("FETCH 1:* (UID)");
    const { uids } = told;
    this.#compare(folder, uids, mayVanish);
    return uids.map((uid) => ({ uid, text: this.#textOf(folder, uid) }));
  }

  /** Asks for everything of these messages of the selected folder; the server's words when it has not all of it. */
  async read(uids: readonly number[]): Promise<string | null> {
    if (uids.length === 0) return null;
    const { result } = await this.#connected().command(`UID FETCH ${uids.join(",")} ${facts}`);
    return result.startsWith("OK ") ? null : result;
  }

  /** Deletes messages of the selected folder. */
  async delete(folder: FolderName, uid: number): Promise<void> {
    const client = this.#connected();
    await client.ok(`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`);
    await client.ok(`UID EXPUNGE ${uid}`);
    this.#present.get(folder)?.delete(uid);
    this.#gone.get(folder)?.add(uid);
  }

  /** Moves a message from the INBOX, which is selected, to Kept; programs without MOVE copy and delete. */
  async keep(uid: number, how: "move" | "copy"): Promise<void> {
    const client = this.#connected();
    if (how === "copy") {
      await client.ok(`UID COPY ${uid} Kept`);
      return await this.delete("INBOX", uid);
    }
    await client.ok(`UID MOVE ${uid} Kept`);
    this.#present.get("INBOX")?.delete(uid);
    this.#gone.get("INBOX")?.add(uid);
  }

  #connected(): StressClient {
    if (!this.#client) throw new Error(`${this.#who} is not connected`);
    return this.#client;
  }

  #textOf(folder: FolderName, uid: number): string | null {
    const told = this.#world.folder(folder).factOf(uid, wholeMessage);
    return told === undefined ? null : (JSON.parse(told) as string);
  }

  #compare(folder: FolderName, uids: readonly number[], mayVanish: () => boolean): void {
    const present = this.#present.get(folder) ?? new Set<number>();
    const gone = this.#gone.get(folder) ?? new Set<number>();
    const now = new Set(uids);
    const again = uids.find((uid) => gone.has(uid));
    if (again !== undefined) this.#fail(`UID ${again} of ${folder} was gone and is there again`);
    for (const uid of present) {
      if (now.has(uid)) continue;
      const text = this.#textOf(folder, uid);
      const isExcused = this.excuses.take(text === null ? null : numberOf(text));
      if (!isExcused && (text !== null || !mayVanish()))
        this.#fail(`UID ${uid} of ${folder} was there and is gone`);
      present.delete(uid);
      gone.add(uid);
    }
    for (const uid of uids) present.add(uid);
  }

  #fail(what: string): never {
    throw new Error(`${this.#who}, by IMAP: ${what}`);
  }
}
