/** How long each kind of answer is believed, in milliseconds. */
export interface AnswerLifetimes {
  readonly accepted: number;
  /** A mailbox that is opened must be reachable soon. */
  readonly refused: number;
  readonly silent: number;
  readonly policy: number;
}

const minute = 60_000;

/** A refusal lives at most 5 minutes, silence at most 1; what was accepted once rarely goes. */
export const answerLifetimes: AnswerLifetimes = {
  accepted: 4 * 60 * minute,
  refused: 5 * minute,
  silent: minute / 2,
  policy: minute,
};

/** Answers by their question, for as long as they were given for; the oldest go first when there are too many. */
export class AnswerCache<Answer> {
  readonly #answers = new Map<string, { readonly answer: Answer; readonly until: number }>();
  readonly #capacity: number;
  readonly #now: () => number;

  /** @param now epoch milliseconds */
  constructor(capacity: number, now: () => number) {
    this.#capacity = capacity;
    this.#now = now;
  }

  get(question: string): Answer | null {
    const found = this.#answers.get(question);
    if (!found) return null;
    if (found.until > this.#now()) return found.answer;
    this.#answers.delete(question);
    return null;
  }

  set(question: string, answer: Answer, milliseconds: number): void {
    this.#answers.delete(question);
    this.#answers.set(question, { answer, until: this.#now() + milliseconds });
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > this.#capacity && !oldest.done) this.#answers.delete(oldest.value);
  }
}
