/**
 * Where people signed in lately, for themselves to look at: by protocol and address of the peer, so that a program
 * that comes every minute does not hide the others. Nobody who logs in waits for it, and what was noted in the last
 * seconds before a crash may be lost.
 */
import type { Log } from "#observe/log";
import type { Login, LoginProtocol } from "./login.ts";

/** Good logins of one person over one protocol from one peer. Times are epoch milliseconds. */
export interface SignIn {
  readonly address: string;
  readonly protocol: LoginProtocol;
  readonly peerAddress: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** What is kept of them: for each address the latest fifty. */
export interface SignInStore {
  /** Adds to what is kept; `first` counts only where there was nothing. */
  note(signIns: readonly SignIn[]): Promise<void>;
  /** The latest first. */
  signIns(address: string): Promise<readonly SignIn[]>;
}

/** How long sign-ins are gathered to be written together, milliseconds, and how many at most. */
const patience = 3000;
const mostGathered = 10_000;

/** Gathers sign-ins, and writes them together. Disposing of it writes the rest. */
export class SignInNotes implements AsyncDisposable {
  readonly #store: Pick<SignInStore, "note">;
  readonly #log: Log;
  #gathered = new Map<string, SignIn>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<SignInStore, "note">, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** @param at epoch milliseconds */
  note(address: string, protocol: LoginProtocol, peerAddress: string, at: number): void {
    const key = `${protocol} ${peerAddress} ${address}`;
    const before = this.#gathered.get(key);
    if (before === undefined && this.#gathered.size >= mostGathered) return;
    const [first, count] = [before?.first ?? at, (before?.count ?? 0) + 1];
    this.#gathered.set(key, { address, protocol, peerAddress, first, last: at, count });
    this.#timer ??= setTimeout(() => void this.write(), patience);
  }

  /** Writes what was gathered so far. */
  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const signIns = [...this.#gathered.values()];
    this.#gathered = new Map();
    if (signIns.length === 0) return;
    await this.#store
      .note(signIns)
      .catch((error: unknown) => this.#log.warn({ err: error }, "sign-ins could not be noted"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.write();
  }
}

/** The same login; who comes in is noted. @param clock epoch milliseconds */
export function notedLogin(login: Login, notes: Pick<SignInNotes, "note">, clock: () => number): Login {
  return {
    async prove(attempt) {
      const answer = await login.prove(attempt);
      if (answer.answer === "welcome")
        notes.note(answer.account.address, attempt.protocol, attempt.peerAddress, clock());
      return answer;
    },
  };
}
