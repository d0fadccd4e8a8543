/**
 * Password hashes: Argon2id in the PHC string format. Each takes 19 MiB and a thread of the pool that file
 * I/O uses too, so few run at once and not many wait.
 */
import { argon2, timingSafeEqual } from "node:crypto";

/** RFC 9106 with OWASP's parameters for little memory; what existing hashes say is honoured within bounds. */
const ours = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const saltOctets = 16;
/** Hashes that come from elsewhere may ask for so much, and no more. */
const most = { memory: 262_144, passes: 10, parallelism: 8 };

const phc =
  /^\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,172})$/;

/** What it takes to make the same hash again. */
interface Recipe {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

export interface HasherSettings {
  /** How many run at once. */
  readonly atOnce: number;
  /** How many may wait beside those; one more is told to come again. */
  readonly waiting: number;
  /** So many random octets. */
  readonly random: (octets: number) => Uint8Array;
}

/** The usual settings; randomness is for the caller to give. */
export const usualHashing = { atOnce: 2, waiting: 200 };

/** Makes and checks hashes. One for the whole process. */
export class PasswordHasher {
  readonly #settings: HasherSettings;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(settings: HasherSettings) {
    this.#settings = settings;
  }

  /** The PHC string of a password with a fresh salt. Waits for its turn, however many wait. */
  async hash(password: Uint8Array): Promise<string> {
    const salt = Buffer.from(this.#settings.random(saltOctets));
    const tag = await this.#inTurn(() =>
      derive(password, { ...ours, salt, tag: Buffer.alloc(ours.tagLength) }),
    );
    const { memory, passes, parallelism } = ours;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
  }

  /** Whether the hash is of this password; false for what is no hash of ours; null: too many wait. */
  async verify(hash: string, password: Uint8Array): Promise<boolean | null> {
    const recipe = parse(hash);
    if (!recipe) return false;
    if (this.#queue.length >= this.#settings.waiting) return null;
    const tag = await this.#inTurn(() => derive(password, recipe));
    return timingSafeEqual(tag, recipe.tag);
  }

  /** Does the work of a check and says no: for names that nobody has. Null: too many wait. */
  async verifyNothing(password: Uint8Array): Promise<false | null> {
    return (await this.verify(nobodys, password)) === null ? null : false;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#settings.atOnce)
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      // The place goes to the next in line, or is free.
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** A well-formed hash whose tag no password is known to give. */
const nobodys = `$argon2id$v=19$m=${ours.memory},t=${ours.passes},p=${ours.parallelism}$${unpadded(Buffer.alloc(saltOctets))}$${unpadded(Buffer.alloc(ours.tagLength))}`;

function parse(hash: string): Recipe | null {
  const found = phc.exec(hash);
  if (!found) return null;
  const [, m, t, p, salt = "", tag = ""] = found;
  const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)];
  if (memory > most.memory || passes > most.passes || parallelism > most.parallelism) return null;
  if (passes < 1 || parallelism < 1 || memory < 8 * parallelism) return null;
  return { memory, passes, parallelism, salt: Buffer.from(salt, "base64"), tag: Buffer.from(tag, "base64") };
}

function derive(password: Uint8Array, { memory, passes, parallelism, salt, tag }: Recipe): Promise<Buffer> {
  const parameters = { message: password, nonce: salt, memory, passes, parallelism, tagLength: tag.length };
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
}

function unpadded(octets: Buffer): string {
  return octets.toString("base64").replace(/=+$/, "");
}
