import { say } from "../../words/mailbox.ts";

/** So many are named; the rest are counted. */
const most = 3;

/** Where an alias leads, as people read it. */
export function named(targets: readonly string[]): string {
  return say.aliases.some(targets.slice(0, most), Math.max(0, targets.length - most));
}
