/**
 * What would be on the disk after a power cut at any moment of a trace, where it keeps nothing but what it must:
 * of a file what was written before an fsync of it began that has ended, of a name what an fsync of its directory
 * covers in the same way. It refuses to judge what it does not know.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Call, lastNumber, type Moment, strings, target } from "./trace.ts";

/** A file, whatever its names. */
interface File {
  /** What everybody sees who reads it now. */
  written: Buffer;
  kept: Buffer;
  /** When the fsync began that has kept it. */
  keptSince: number;
}

/** A name leads to a file, or to a directory (null). */
type Names = Map<string, File | null>;

/** Something that cannot be judged, because what it does to the disk is not known here. */
export class NotJudged extends Error {}

/** Calls that leave the disk alone. */
const harmless = new Set(["io_uring_enter", "io_uring_register", "sendto", "sendmsg", "sendmmsg"]);

/**
 * libuv hands lists of descriptors to wait for to a ring, which is no matter of ours; files only to one that the
 * kernel polls. That nothing was hidden after all is found out at the end: see `differences`.
 */
function refuseRing({ args }: Call): void {
  if (args.includes("IORING_SETUP_SQPOLL")) throw new NotJudged("io_uring hides what is done to files");
}

export class Disk {
  /** Everything below it is watched; itself it was there before. */
  readonly #root: string;
  readonly #names: Names = new Map();
  #keptNames: Names = new Map();
  /** When the fsync began that has kept the names of a directory. */
  readonly #namesKeptSince = new Map<string, number>();
  /** What an fsync that is under way will have kept. */
  readonly #syncing = new Map<Call, () => void>();
  readonly #positions = new Map<number, number>();
  #time = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Goes on by one moment. Throws NotJudged. */
  apply({ phase, call }: Moment): void {
    this.#time++;
    if (phase === "begins") this.#begin(call);
    else if (call.result >= 0) this.#end(call);
  }

  #end(call: Call): void {
    const known = this.#effects[call.name];
    if (known) known(call, target(call)?.what ?? "");
    else if (call.name === "io_uring_setup") refuseRing(call);
    else if (!harmless.has(call.name) && this.#concerns(call))
      throw new NotJudged(`${call.name} ${call.args.slice(0, 200)}`);
  }

  /** What a call that has succeeded does to the disk. */
  readonly #effects: Readonly<Record<string, (call: Call, what: string) => void>> = {
    open: (call) => this.#open(call),
    openat: (call) => this.#open(call),
    write: (call, name) => this.#append(call, name),
    writev: (call, name) => this.#append(call, name),
    pwrite64: (call, name) => this.#write(call, name, lastNumber(call), call.result),
    ftruncate: (call, name) => this.#truncate(name, lastNumber(call)),
    fsync: (call) => this.#endSync(call),
    fdatasync: (call) => this.#endSync(call),
    mkdir: (call) => this.#name(call),
    rmdir: (call) => this.#name(call),
    unlink: (call) => this.#name(call),
    link: (call) => this.#name(call),
    rename: (call) => this.#name(call),
    mmap: (call) => this.#map(call),
  };

  /** The names of all files as everybody sees them now. */
  get files(): readonly string[] {
    return [...this.#names].flatMap(([name, file]) => (file ? [this.#relative(name)] : []));
  }

  /** In what the real files below the root differ from what the trace makes of them: something was missed. */
  differences(): readonly string[] {
    const real = readdirSync(this.#root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const known = [...this.#names].flatMap(([name, file]) => (file ? [name] : []));
    return [...new Set([...real, ...known])].filter((name) => {
      const file = this.#names.get(name);
      return !real.includes(name) || !file?.written.equals(readFileSync(name));
    });
  }

  /**
   * Writes what is left after a power cut now below `into`, as it would be found below the root.
   * @param lucky files that lose nothing, as may happen just as well: the end of their names
   */
  writeRemains(into: string, lucky: string | null = null): void {
    const remains = new Map(
      [...this.#keptNames].flatMap(([name, file]) => (file ? [[name, file.kept] as const] : [])),
    );
    for (const [name, file] of this.#names) {
      if (file && lucky !== null && name.endsWith(lucky)) remains.set(name, file.written);
    }
    mkdirSync(into, { recursive: true });
    for (const [name, file] of this.#keptNames) {
      if (file === null && this.#isReachable(name))
        mkdirSync(join(into, this.#relative(name)), { recursive: true });
    }
    for (const [name, octets] of remains) {
      // Shared memory of SQLite means nothing to the next who opens the database alone.
      if (!this.#isReachable(name) || name.endsWith("-shm")) continue;
      writeFileSync(join(into, this.#relative(name)), octets);
    }
  }

  /** Whether all directories above have kept their names. */
  #isReachable(name: string): boolean {
    for (let above = dirname(name); above !== this.#root; above = dirname(above)) {
      if (this.#keptNames.get(above) !== null) return false;
    }
    return true;
  }

  #relative(name: string): string {
    return relative(this.#root, name);
  }

  #isWatched(name: string): boolean {
    return name.startsWith(`${this.#root}/`);
  }

  #concerns(call: Call): boolean {
    const names = [target(call)?.what ?? "", ...strings(call).map((text) => text.toString())];
    return names.some((name) => this.#isWatched(name));
  }

  #file(name: string): File | null {
    if (!this.#isWatched(name)) return null;
    const file = this.#names.get(name);
    if (!file) throw new NotJudged(`${name} is written to, and nobody knows where it comes from`);
    return file;
  }

  #begin(call: Call): void {
    if (call.name !== "fsync" && call.name !== "fdatasync") return;
    const name = target(call)?.what ?? "";
    const began = this.#time;
    if (name === this.#root || (this.#isWatched(name) && this.#names.get(name) === null)) {
      const inside = [...this.#names].filter(([inner]) => dirname(inner) === name);
      this.#syncing.set(call, () => this.#keepNames(name, inside, began));
    } else if (this.#isWatched(name)) {
      const file = this.#file(name);
      const octets = Buffer.from(file?.written ?? []);
      this.#syncing.set(call, () => {
        if (file && file.keptSince < began) Object.assign(file, { kept: octets, keptSince: began });
      });
    }
  }

  #endSync(call: Call): void {
    this.#syncing.get(call)?.();
    this.#syncing.delete(call);
  }

  #keepNames(directory: string, inside: readonly (readonly [string, File | null])[], began: number): void {
    if ((this.#namesKeptSince.get(directory) ?? 0) > began) return;
    this.#namesKeptSince.set(directory, began);
    const others = [...this.#keptNames].filter(([name]) => dirname(name) !== directory);
    this.#keptNames = new Map([...others, ...inside]);
  }

  #open(call: Call): void {
    this.#positions.set(call.result, 0);
    const name = call.opened ?? "";
    if (!this.#isWatched(name) || call.args.includes("O_DIRECTORY")) return;
    if (/O_APPEND|O_TMPFILE/.test(call.args)) throw new NotJudged(`${name} is opened in an unknown way`);
    if (!this.#names.has(name) && call.args.includes("O_CREAT")) {
      this.#names.set(name, { written: Buffer.alloc(0), kept: Buffer.alloc(0), keptSince: 0 });
    }
    if (call.args.includes("O_TRUNC")) this.#truncate(name, 0);
  }

  #append(call: Call, name: string): void {
    if (!this.#isWatched(name)) return;
    const descriptor = target(call)?.descriptor ?? -1;
    const position = this.#positions.get(descriptor) ?? 0;
    this.#write(call, name, position, call.result);
    this.#positions.set(descriptor, position + call.result);
  }

  #write(call: Call, name: string, position: number, count: number): void {
    const file = this.#file(name);
    if (!file) return;
    const octets = Buffer.concat(strings(call)).subarray(0, count);
    const grown = Buffer.alloc(Math.max(file.written.length, position + count));
    file.written.copy(grown);
    octets.copy(grown, position);
    file.written = grown;
  }

  #truncate(name: string, length: number): void {
    const file = this.#file(name);
    if (file) file.written = Buffer.concat([file.written.subarray(0, length)], length);
  }

  #name(call: Call): void {
    const { name: what } = call;
    const [from = "", to = ""] = strings(call).map((text) => text.toString());
    if (!this.#isWatched(from) && !this.#isWatched(to)) return;
    const file = this.#names.get(from);
    if (what === "mkdir") this.#names.set(from, null);
    else if (file === undefined) {
      // What was never opened is a socket: it is no matter of the disk.
      if (what !== "unlink") throw new NotJudged(`${what} of ${from}`);
    } else {
      if (what === "rename" && file === null) throw new NotJudged(`a directory is renamed: ${from}`);
      if (what === "link" || what === "rename") this.#names.set(to, file);
      if (what !== "link") this.#names.delete(from);
    }
  }

  #map({ args }: Call): void {
    const [, path = ""] = /\d+<((?:\\x[0-9a-f]{2})+)>/.exec(args) ?? [];
    const name = Buffer.from(path.replaceAll("\\x", ""), "hex").toString();
    const isWritten = args.includes("PROT_WRITE") && args.includes("MAP_SHARED");
    if (isWritten && this.#isWatched(name) && !name.endsWith("-shm"))
      throw new NotJudged(`${name} is written to in memory`);
  }
}
