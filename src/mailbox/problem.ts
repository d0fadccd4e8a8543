/**
 * The closed set of things that can go wrong in the domain. Each protocol turns them into its own words
 * in exactly one place; anything thrown instead is a defect and is answered as a temporary failure.
 */
export type ProblemKind =
  | "not-found"
  | "exists"
  | "not-permitted"
  | "over-quota"
  | "too-large"
  | "in-use"
  | "expunged"
  | "invalid"
  | "temporary";

/** What went wrong, and one sentence for a person that says what to do where there is something to do. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly text: string;
}

/** An expected outcome as a value: what was asked for, or the problem. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** The outcome of something that worked. */
export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** The outcome of something that did not. */
export function failed(kind: ProblemKind, text: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { kind, text } };
}
