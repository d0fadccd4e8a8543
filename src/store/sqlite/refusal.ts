/** Whether an operation came to a `Problem` (mailbox/problem): then it has left nothing, in the database or beside it. */
export function isRefusal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "ok" in value && value.ok === false;
}
