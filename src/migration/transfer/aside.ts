/** Work that goes on beside a session, so that it reads on meanwhile: only so many pieces at once. */
export class Aside {
  readonly #most: number;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  /** Begins a piece; resolves when another one may come. What a piece threw is thrown here or by `settle`. */
  async add(work: () => Promise<void>): Promise<void> {
    const piece: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(piece));
    this.#underWay.add(piece);
    while (this.#underWay.size >= this.#most) await Promise.race(this.#underWay);
    this.#tell();
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#tell();
  }

  #tell(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure) throw failure.error;
  }
}
