/**
 * Large content as files under DATA/content/ab/abcd…: one name per owner (a mailbox's content, a queued message),
 * hard links to the same octets. A name is there, durably, before the commit that names it, and goes after the
 * commit that forgets it. So a crash leaves at most a file too many, which the next start collects.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { StoreUnavailable } from "#mailbox/content";
import { syncDirectory } from "./directory.ts";
import { readFileChunks } from "./reading.ts";

export class ContentFiles {
  readonly #root: string;
  /** Subdirectories known to be there durably. */
  readonly #subdirectories = new Set<string>();
  /** How many reads of a file are under way: until they end it is not unlinked. */
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();
  /** Notices reads that were handed out and dropped without ever being begun. */
  readonly #dropped = new FinalizationRegistry<() => void>((release) => release());

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Gives a synced file further names, one for each owner-to-be. They are durable when this resolves; each is to
   * be named by a commit, or else removed. Throws StoreUnavailable.
   */
  adopt(path: string, owners = 1): Promise<readonly string[]> {
    return this.#create(owners, (file) => link(path, file));
  }

  /** Gives each of several synced files one further name. As durable as `adopt` makes them. */
  adoptEach(paths: readonly string[]): Promise<readonly string[]> {
    return this.#create(paths.length, (file, index) => link(paths[index] ?? "", file));
  }

  /** Writes contents that are in memory, each to a file of its own. As durable as `adopt` makes them. */
  write(contents: readonly Uint8Array[]): Promise<readonly string[]> {
    return this.#create(contents.length, (file, index) => writeSynced(file, contents[index]));
  }

  async #create(
    count: number,
    make: (path: string, index: number) => Promise<void>,
  ): Promise<readonly string[]> {
    if (count === 0) return [];
    // All in one subdirectory, so that one sync serves them.
    const subdirectory = randomBytes(1).toString("hex");
    const names = Array.from({ length: count }, () => subdirectory + randomBytes(15).toString("hex"));
    try {
      await this.#prepare(subdirectory);
      for (const [index, name] of names.entries()) await make(this.#path(name), index);
      await syncDirectory(join(this.#root, subdirectory));
    } catch (error) {
      await this.remove(names);
      throw new StoreUnavailable("a content file could not be kept", { cause: error });
    }
    return names;
  }

  /** One more name for a file that has one, for another owner. Throws StoreUnavailable, also when it is gone. */
  async copy(name: string): Promise<string> {
    const [copy] = await this.adopt(this.#path(name));
    if (copy === undefined) throw new Error("the file got no name");
    return copy;
  }

  /** Takes away names that no row names (any more); one that is being read goes when its reads end. */
  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.#readers.has(name)) this.#doomed.add(name);
      else await this.#unlink(name);
    }
  }

  /**
   * The octets from `from` on. The read is valid from this call on, whatever is removed meanwhile. Iterating
   * throws StoreUnavailable when the file cannot be read.
   */
  read(name: string, from: number): AsyncIterable<Uint8Array> {
    this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    const release = this.#releaseOnce(name);
    const path = this.#path(name);
    const read: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        this.#dropped.unregister(read);
        return readFileChunks(path, from, release);
      },
    };
    this.#dropped.register(read, release, read);
    return read;
  }

  /**
   * At start, before anything is adopted: removes every file that `isNamed` does not know.
   * @param namesIn the names known to the database with this beginning
   * @returns how many were removed
   */
  async collectOrphans(namesIn: (beginning: string) => ReadonlySet<string>): Promise<number> {
    let removed = 0;
    for (const subdirectory of await readdir(this.#root)) {
      if (!/^[0-9a-f]{2}$/.test(subdirectory)) continue;
      const named = namesIn(subdirectory);
      for (const name of await readdir(join(this.#root, subdirectory))) {
        if (named.has(name)) continue;
        await unlink(this.#path(name));
        removed++;
      }
    }
    return removed;
  }

  #path(name: string): string {
    return join(this.#root, name.slice(0, 2), name);
  }

  async #prepare(subdirectory: string): Promise<void> {
    if (this.#subdirectories.has(subdirectory)) return;
    await mkdir(join(this.#root, subdirectory), { recursive: true, mode: 0o700 });
    await syncDirectory(this.#root);
    this.#subdirectories.add(subdirectory);
  }

  #releaseOnce(name: string): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const others = (this.#readers.get(name) ?? 1) - 1;
      if (others > 0) {
        this.#readers.set(name, others);
        return;
      }
      this.#readers.delete(name);
      if (this.#doomed.delete(name)) void this.#unlink(name);
    };
  }

  /** A file that cannot be unlinked now is an orphan for the next start. */
  async #unlink(name: string): Promise<void> {
    await unlink(this.#path(name)).catch(() => undefined);
  }
}

async function writeSynced(path: string, octets: Uint8Array = new Uint8Array(0)): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(octets);
  await file.sync();
}
