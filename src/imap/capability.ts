import type { Offer } from "./command.ts";
import { commands } from "./commands.ts";

/**
 * What is not one command's. LITERAL+ includes all that LITERAL- allows; naming both would contradict itself
 * (RFC 7888 §5).
 */
const ofTheServer = ["LITERAL+"];

/** What CAPABILITY lists (RFC 3501 §7.2.1), printed from the table of commands. */
export function capabilities(offer: Offer): string {
  const ofCommands = commands.flatMap((entry) => entry.capabilities(offer));
  return ["CAPABILITY", "IMAP4rev1", ...ofTheServer, ...new Set(ofCommands)].join(" ");
}
