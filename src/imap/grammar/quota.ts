import type { Cursor } from "./cursor.ts";

/** `SP quota-root-name` */
export function quotaRoot(cursor: Cursor): string {
  cursor.space();
  return cursor.astring("A quota root");
}

/** `SP quota-root-name SP "(" [resource SP limit …] ")"`: read, and not kept. */
export function setQuotaArguments(cursor: Cursor): null {
  quotaRoot(cursor);
  cursor.space();
  cursor.list(() => {
    cursor.atom("A resource");
    cursor.space();
    cursor.modSeq("A limit");
  }, true);
  return null;
}
