/** Mail that goes in circles is refused: the sender hears of it, and nobody gets it fifty times. */
import { readMarks } from "#mail/loop-mark";
import { countReceived } from "#mail/received";
import { isMarkOf } from "#queue/mark-id";
import { type Reply, reply } from "./reply.ts";

/** RFC 5321 §6.3 wants at least 100 hops to be allowed, but no way through two companies has half as many. */
const maximumHops = 50;

/**
 * Whether a message loops; null if it does not. Our own mark tells at the first return: the message was piped for
 * a recipient, came back, and would be piped for the same recipient again. A copy for another recipient passes,
 * and so does one that is delivered here by now.
 * @param piped the addresses that this transaction sends through pipes
 */
export function loopRefusal(header: Uint8Array, piped: readonly string[], markKey: Uint8Array): Reply | null {
  if (countReceived(header) > maximumHops) return reply(554, "5.4.6", "Too many hops: this mail loops");
  if (piped.length === 0) return null;
  const marks = readMarks(markKey, header);
  const again = piped.find((address) => marks.some((mark) => isMarkOf(mark, address)));
  if (again === undefined) return null;
  return reply(554, "5.4.6", `Mail loop: this message for ${again} was here before and came back`);
}
