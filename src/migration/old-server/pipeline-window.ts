/**
 * How many messages to ask for ahead. As much as the old server gives in a tenth of a second: then it is never
 * idle, however far away it is, and whoever opens a message waits little behind what was asked for before.
 * The rate is measured as messages come, over a round trip at least, so that it follows server and line.
 */

/** Octets. */
export interface WindowLimits {
  /** Asked for ahead whatever is measured. */
  readonly least: number;
  readonly most: number;
}

/** Milliseconds of what the server gives that may be on the way beyond the round trip. */
const ahead = 100;
/** Milliseconds of one measurement at least, and the weight of what was measured before. */
const span = 50;
const memory = 0.5;
/**
 * Messages asked for ahead: so many whatever is measured, and never more however small they are. Few at first, one
 * more with each answer: a server that takes its time for each message would keep whoever reads waiting.
 */
const messagesAhead = { least: 4, most: 1000 };
/** So many at first at the most, whatever an earlier session saw: the server may have become slow since. */
const mostAtFirst = 32;
/** What a message costs beside its octets: replies, and both sides' work. */
const perMessage = 512;

export class PipelineWindow {
  readonly #limits: WindowLimits;
  readonly #now: () => number;
  /** Octets that may be on the way. */
  #octets: number;
  /** Messages that may be on the way. */
  #most: number;
  #roundTrip = Number.POSITIVE_INFINITY;
  /** Octets a millisecond. */
  #rate = 0;
  /** Messages a millisecond. */
  #pace = 0;
  #since: number;
  #came = 0;
  #messagesCame = 0;
  #underWay = 0;
  #messages = 0;
  #isFilling = true;

  /**
   * @param now milliseconds of a monotonic clock
   * @param seen `messages` of an earlier session with the same server; 0: nothing is known of it
   */
  constructor(limits: WindowLimits, now: () => number, seen = 0) {
    this.#limits = limits;
    this.#now = now;
    this.#most = within({ least: messagesAhead.least, most: mostAtFirst }, seen);
    this.#octets = limits.least;
    this.#since = now();
  }

  /** Octets that may be on the way at this moment. */
  get octets(): number {
    return this.#octets;
  }

  /** Messages that may be on the way at this server, as measured; 0 before anything was. */
  get messages(): number {
    return this.#pace === 0 ? 0 : this.#most;
  }

  /**
   * Whether another message may be asked for. Once the window is full it says no until half of it has come, so
   * that commands travel many together.
   */
  get isOpen(): boolean {
    if (this.#messages === 0) this.#isFilling = true;
    else if (this.#underWay >= this.#octets || this.#messages >= this.#most) this.#isFilling = false;
    else if (this.#underWay <= this.#octets / 2 && this.#messages <= this.#most / 2) this.#isFilling = true;
    return this.#isFilling;
  }

  /** Fetching begins (again): what was not asked for meanwhile says nothing about the server. */
  begin(): void {
    this.#begin();
  }

  /** A message of about so many octets was asked for. */
  asked(octets: number): void {
    this.#underWay += octets + perMessage;
    this.#messages++;
  }

  /**
   * Its answer has begun, so many milliseconds after it was asked for (the shortest such time is the round trip):
   * it is being read, and is on the way no more.
   */
  answered(octets: number, milliseconds: number): void {
    this.#roundTrip = Math.min(this.#roundTrip, milliseconds);
    this.#underWay -= octets + perMessage;
    this.#messages--;
    if (this.#pace === 0) this.#most++;
  }

  /** It has come, or will not. */
  done(octets: number): void {
    this.#came += octets + perMessage;
    this.#messagesCame++;
    const took = this.#now() - this.#since;
    if (took < Math.max(span, 2 * this.#roundTrip)) return;
    this.#rate = smoothed(this.#rate, this.#came / took);
    this.#pace = smoothed(this.#pace, this.#messagesCame / took);
    const milliseconds = ahead + this.#roundTrip;
    this.#octets = within(this.#limits, this.#rate * milliseconds);
    this.#most = within(messagesAhead, this.#pace * milliseconds);
    this.#begin();
  }

  #begin(): void {
    this.#since = this.#now();
    this.#came = 0;
    this.#messagesCame = 0;
  }
}

function smoothed(before: number, now: number): number {
  return before === 0 ? now : memory * before + (1 - memory) * now;
}

function within({ least, most }: WindowLimits, wanted: number): number {
  return Math.min(Math.max(wanted, least), most);
}
