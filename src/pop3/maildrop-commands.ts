import type { MaildropMessage } from "#mailbox/maildrop";
import { failed } from "#mailbox/problem";
import { command } from "./command.ts";
import { messageNumber, nothing, optionalMessageNumber } from "./grammar.ts";
import type { MarkedMaildrop, NumberedMessage } from "./marked-maildrop.ts";
import { ok, problemReply, type Reply } from "./reply.ts";
import type { Session } from "./session.ts";

const transaction = ["transaction"] as const;

/** STAT (RFC 1939 §5) */
export const stat = command({
  name: "STAT",
  states: transaction,
  parse: nothing,
  run: (session) =>
    withMaildrop(session, async (maildrop) => {
      const { messages, octets } = maildrop.total;
      return ok(`${messages} ${octets}`);
    }),
});

/** LIST (RFC 1939 §5) */
export const list = command({
  name: "LIST",
  states: transaction,
  parse: optionalMessageNumber,
  run: (session, number) => scan(session, number, ({ number, message }) => `${number} ${message.size}`),
});

/** UIDL (RFC 1939 §7) */
export const uidl = command({
  name: "UIDL",
  states: transaction,
  capability: () => "UIDL",
  parse: optionalMessageNumber,
  run: (session, number) => scan(session, number, ({ number, message }) => `${number} ${message.uidl}`),
});

/** DELE (RFC 1939 §5): marks; QUIT deletes. */
export const dele = command({
  name: "DELE",
  states: transaction,
  parse: messageNumber,
  run: (session, number) =>
    withMessage(session, number, async (_, maildrop) => {
      maildrop.delete(number);
      return ok("Marked; QUIT deletes it.");
    }),
});

/** RSET (RFC 1939 §5) */
export const rset = command({
  name: "RSET",
  states: transaction,
  parse: nothing,
  run: (session) =>
    withMaildrop(session, async (maildrop) => {
      maildrop.reset();
      return ok("No message is marked.");
    }),
});

/** What needs the listing; refused for the moment while there is none. */
async function withMaildrop(
  session: Session,
  run: (maildrop: MarkedMaildrop) => Promise<Reply>,
): Promise<Reply> {
  const maildrop = await session.maildrop();
  return maildrop.ok ? run(maildrop.value) : problemReply(maildrop.problem);
}

/** What needs one message of the listing. */
export function withMessage(
  session: Session,
  number: number,
  run: (message: MaildropMessage, maildrop: MarkedMaildrop) => Promise<Reply>,
): Promise<Reply> {
  return withMaildrop(session, async (maildrop) => {
    const message = maildrop.message(number);
    if (message) return run(message, maildrop);
    return problemReply(failed("not-found", `There is no message ${number}.`).problem);
  });
}

/** One line of a listing, or all of them. */
function scan(
  session: Session,
  number: number | null,
  lineOf: (listed: NumberedMessage) => string,
): Promise<Reply> {
  if (number !== null) {
    return withMessage(session, number, async (message) => ok(lineOf({ number, message })));
  }
  return withMaildrop(session, async (maildrop) =>
    ok(`${maildrop.total.messages} messages.`, { lines: maildrop.listed().map(lineOf) }),
  );
}
