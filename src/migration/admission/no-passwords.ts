/** Whose passwords an old server does not even look at, as long as this process lives: the administrator is to know. */

/** Of one domain so many people are remembered. */
const most = 1000;

export class NoPasswords {
  readonly #said = new Map<string, Map<string, string>>();

  /** @param reply what the old server said to somebody's password */
  note(domain: string, address: string, reply: string): void {
    const said = this.#said.get(domain) ?? new Map<string, string>();
    this.#said.set(domain, said);
    said.delete(address);
    if (said.size < most) said.set(address, reply);
  }

  /** Somebody came in. */
  cameIn(domain: string, address: string): void {
    this.#said.get(domain)?.delete(address);
  }

  /** For people; empty where there is nothing of the kind. */
  inWords(domain: string): readonly string[] {
    const said = this.#said.get(domain);
    const [address, reply] = [...(said ?? [])].at(-1) ?? [];
    if (!said || address === undefined) return [];
    return [
      `The old server takes no ordinary password of ${said.size === 1 ? address : `${said.size} people, the last of them ${address}`}: ` +
        `${reply}. Turn password logins for POP3 on over there, or have people use app passwords.`,
    ];
  }
}
