/** One client of the stress run: sends commands, takes responses in their order, and believes them all. */
import { readAnswer } from "../imap/wire-values.ts";
import { KnownFolder } from "./common-knowledge.ts";
import { Contradiction, Peer } from "./peer.ts";
import type { Told } from "./told.ts";

/** What all clients of a run share. */
export class World {
  readonly #folders = new Map<string, KnownFolder>();

  folder(name: string): KnownFolder {
    const folder = this.#folders.get(name) ?? new KnownFolder(name);
    this.#folders.set(name, folder);
    return folder;
  }
}

/** A command that has been sent. */
export interface Sent {
  readonly tag: string;
  readonly text: string;
  /** Whether EXPUNGE may come before its answer (RFC 3501 §7.4.1). */
  readonly mayExpunge: boolean;
}

/** What came of a command. */
export interface Came {
  readonly tag: string;
  /** The tagged response without the tag. */
  readonly result: string;
  /** Untagged responses other than FETCH, EXPUNGE and EXISTS. */
  readonly others: readonly string[];
}

export class StressClient implements Disposable {
  readonly name: string;
  readonly world: World;
  told: Told | null = null;
  /** How many commands it has had answered. */
  commands = 0;
  readonly #peer: Peer;
  #tags = 0;

  private constructor(name: string, world: World, peer: Peer) {
    this.name = name;
    this.world = world;
    this.#peer = peer;
  }

  /** @param login name and password. Throws a Contradiction with the server's words when it says no */
  static async connect(
    port: number,
    name: string,
    world: World,
    login = "anna@big-company.com secret",
  ): Promise<StressClient> {
    const peer = await Peer.connect(port);
    const client = new StressClient(name, world, peer);
    try {
      await peer.response();
      await client.ok(`LOGIN ${login}`);
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  get transcript(): string {
    return this.#peer.transcript;
  }

  send(text: string): Sent {
    const tag = `${this.name}.${++this.#tags}`;
    this.#peer.send(`${tag} ${text}\r\n`);
    return { tag, text, mayExpunge: !/^(?:FETCH|STORE|SEARCH) /.test(text) };
  }

  async finish(sent: Sent): Promise<Came> {
    const others: string[] = [];
    for (;;) {
      const response = await this.#peer.response();
      if (response.startsWith(`${sent.tag} `)) {
        this.commands++;
        const result = response.slice(sent.tag.length + 1);
        if (!/^(?:OK|NO) /.test(result)) throw new Contradiction(`${sent.text}: ${result}`);
        this.#heed(result);
        return { tag: sent.tag, result, others };
      }
      if (!response.startsWith("* ")) throw new Contradiction(`nobody expected ${response.slice(0, 100)}`);
      if (!this.#take(response, sent)) others.push(response.slice(2));
    }
  }

  command(text: string): Promise<Came> {
    return this.finish(this.send(text));
  }

  /** A command that must succeed. */
  async ok(text: string): Promise<Came> {
    const came = await this.command(text);
    if (!came.result.startsWith("OK ")) throw new Contradiction(`${text}: ${came.result}`);
    return came;
  }

  /** A command with a literal. */
  append(head: string, literal: string): Promise<Came> {
    return this.command(`${head} {${literal.length}+}\r\n${literal}`);
  }

  /** Idles for so long. */
  async idle(milliseconds: number): Promise<Came> {
    const sent = this.send("IDLE");
    const timer = setTimeout(() => this.#peer.send("DONE\r\n"), milliseconds);
    try {
      return await this.#finishIdle(sent);
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#peer[Symbol.dispose]();
  }

  async #finishIdle(sent: Sent): Promise<Came> {
    const prompt = await this.#peer.response();
    if (!prompt.startsWith("+ ")) throw new Contradiction(`IDLE: ${prompt}`);
    return this.finish(sent);
  }

  /** @returns whether it was about the selected folder's messages */
  #take(response: string, { tag, mayExpunge, text }: Sent): boolean {
    if (/^\* BYE/.test(response)) throw new Contradiction(response);
    const numbered = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)/.exec(response);
    if (!numbered) {
      this.#heed(response.slice(2));
      return false;
    }
    const { told } = this;
    if (!told) throw new Contradiction(`${response.slice(0, 100)} while no folder is selected`);
    const number = Number(numbered[1]);
    if (numbered[2] === "EXISTS") told.exists(number);
    else if (numbered[2] === "FETCH") {
      const [fetch] = readAnswer(`${response}\r\n`, tag).fetches;
      if (fetch) told.fetch(fetch, tag);
    } else if (mayExpunge) told.expunge(number);
    else throw new Contradiction(`EXPUNGE during ${text.slice(0, 100)}`);
    return true;
  }

  /** What any status response tells of the selected folder. */
  #heed(response: string): void {
    const modSeq = /^OK \[HIGHESTMODSEQ (\d+)\]/.exec(response)?.[1];
    if (modSeq) this.told?.folder.reached(Number(modSeq));
    const validity = /^OK \[UIDVALIDITY (\d+)\]/.exec(response)?.[1];
    if (validity) this.told?.folder.uidValidity(Number(validity));
  }
}
