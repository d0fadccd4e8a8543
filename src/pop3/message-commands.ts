import { readMessage } from "#mailbox/reading";
import { command } from "./command.ts";
import { messageAndLines, messageNumber } from "./grammar.ts";
import { withMessage } from "./maildrop-commands.ts";
import { ok, problemReply, type Reply } from "./reply.ts";
import type { Session } from "./session.ts";
import { topOf } from "./top.ts";

/** RETR (RFC 1939 §5) */
export const retr = command({
  name: "RETR",
  states: ["transaction"],
  parse: messageNumber,
  run: (session, number) => send(session, number, (content) => content),
});

/** TOP (RFC 1939 §7) */
export const top = command({
  name: "TOP",
  states: ["transaction"],
  capability: () => "TOP",
  parse: messageAndLines,
  run: (session, { number, lines }) => send(session, number, (content) => topOf(content, lines)),
});

/**
 * A message's octets, brought from the old server where they are still there; if it does not give them, this
 * message alone is refused. No size is stated: for remote content only the old server's own figure would be at
 * hand, and some programs believe a size more than the terminator. Headers in UTF-8 go out as they are, whether
 * the client asked for UTF8 (RFC 6856 §2.1) or not: that is how its old server gave them.
 */
function send(
  session: Session,
  number: number,
  part: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): Promise<Reply> {
  return withMessage(session, number, async (message, maildrop) => {
    const content = await readMessage(session.reading, maildrop.mailbox, message);
    return content.ok
      ? ok("Message follows.", { content: part(content.value) })
      : problemReply(content.problem);
  });
}
