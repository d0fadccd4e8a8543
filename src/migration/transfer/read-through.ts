/**
 * Who waits for remote content of one mailbox. Requests for one content are joined; each waits a limited
 * time, and in the order in which they came.
 */
import type { Clock } from "#jobs/clock";
import type { ContentId } from "#mailbox/ids";
import { failed, type Outcome } from "#mailbox/problem";

type Answer = Outcome<void>;

export class ReadThrough {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #asked: (content: ContentId) => void;
  readonly #waiting = new Map<ContentId, PromiseWithResolvers<Answer>>();
  #since = 0;

  /**
   * @param limit milliseconds a request waits before it is answered `temporary`
   * @param asked told of each content that was not waited for before
   */
  constructor(clock: Clock, limit: number, asked: (content: ContentId) => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#asked = asked;
  }

  /** What is waited for, oldest request first. */
  get wanted(): readonly ContentId[] {
    return [...this.#waiting.keys()];
  }
  get size(): number {
    return this.#waiting.size;
  }
  /** Since when somebody has been waiting without a break; only while somebody is. */
  get waitingSince(): number {
    return this.#since;
  }

  /** Waits until the content is here, or is known not to come. */
  async ask(content: ContentId): Promise<Answer> {
    const asked = this.#waiting.get(content);
    if (asked) return await asked.promise;
    const request = Promise.withResolvers<Answer>();
    if (this.#waiting.size === 0) this.#since = this.#clock.now();
    this.#waiting.set(content, request);
    this.#asked(content);
    const answered = new AbortController();
    const late = this.#clock.wait(this.#limit, answered.signal).then(() => {
      if (answered.signal.aborted) return request.promise;
      this.answer(content, failed("temporary", "The old server does not give this message in time."));
      return request.promise;
    });
    const answer = await Promise.race([request.promise, late]);
    answered.abort();
    return answer;
  }

  /** Answers everybody who waits for a content. */
  answer(content: ContentId, answer: Answer): void {
    const request = this.#waiting.get(content);
    if (!request) return;
    this.#waiting.delete(content);
    request.resolve(answer);
  }

  /** Answers everybody. */
  answerAll(answer: Answer): void {
    for (const content of this.wanted) this.answer(content, answer);
  }
}
