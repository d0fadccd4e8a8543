/** Problems as the API tells them: RFC 9457 problem details. The one place where a problem becomes a status. */
import type { Context } from "hono";
import type { Outcome, Problem, ProblemKind } from "#mailbox/problem";

const statusOf: Readonly<Record<ProblemKind, 400 | 403 | 404 | 409 | 410 | 413 | 503 | 507>> = {
  "not-found": 404,
  exists: 409,
  "not-permitted": 403,
  "over-quota": 507,
  "too-large": 413,
  "in-use": 409,
  expunged: 410,
  invalid: 400,
  temporary: 503,
};

/** Raised in a handler; the API answers with the problem's details. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.text);
    this.name = "ApiProblem";
    this.problem = problem;
  }
}

/** The value of an outcome. Throws ApiProblem. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new ApiProblem(outcome.problem);
}

/** What was looked up. Throws ApiProblem when there is nothing. */
export function found<T>(value: T | null, what: string): T {
  if (value !== null) return value;
  throw new ApiProblem({ kind: "not-found", text: `There is no ${what}.` });
}

/** The answer that tells a problem. */
export function problemResponse(context: Context, { kind, text }: Problem): Response {
  return problemBody(context, statusOf[kind], kind, text);
}

/** The same for what is a problem of the request alone. @param more further members */
export function problemBody(
  context: Context,
  status: 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 429 | 503 | 507,
  title: string,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): Response {
  const details = { type: `about:blank#${title}`, title, status, detail, ...more };
  return context.body(JSON.stringify(details), status, { "content-type": "application/problem+json" });
}

/** The answer to a request that was refused before its handler saw it; null when the error is none of that kind. */
export function unreadable(context: Context, error: Error): Response | null {
  if (!("status" in error)) return null;
  if (error.status === 400)
    return problemResponse(context, { kind: "invalid", text: "The body is not JSON." });
  if (error.status !== 415) return null;
  return problemBody(context, 415, "unsupported-media-type", "Send the body as application/json.");
}
