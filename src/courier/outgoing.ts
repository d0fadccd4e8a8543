/** A consignment as a message for one server: its trace on top, and whether it needs SMTPUTF8 there. */
import type { SmtpExtensions } from "#clients/smtp-extensions";
import { isAscii } from "#clients/smtp-parameters";
import type { SmtpMessage } from "#clients/smtp-transaction";
import type { ConsignedRecipient, Consignment } from "#queue/courier";

/** Octets of a header that are looked through for characters beyond ASCII. */
const longestHeader = 1024 * 1024;

export async function outgoing(
  consignment: Consignment,
  recipients: readonly ConsignedRecipient[],
  offered: SmtpExtensions,
): Promise<SmtpMessage> {
  const { message, trace } = consignment;
  return {
    reversePath: message.reversePath,
    size: message.size - message.traceLength + Buffer.byteLength(trace),
    body: message.body,
    // Where SMTPUTF8 is offered it is passed on as it was said. Where it is not, what was said with it may
    // still be plain ASCII and need nothing (RFC 6531 §3.2).
    needsSmtpUtf8:
      message.smtpUtf8 && (offered.smtpUtf8 || (await hasUtf8Header(await consignment.content()))),
    envelopeId: message.envelopeId,
    ret: message.ret,
    recipients,
    content: async () => withTrace(trace, await consignment.content()),
  };
}

async function* withTrace(trace: string, content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield Buffer.from(trace);
  yield* content;
}

async function hasUtf8Header(content: AsyncIterable<Uint8Array>): Promise<boolean> {
  let seen = Buffer.alloc(0);
  for await (const chunk of content) {
    seen = Buffer.concat([seen, chunk]);
    if (seen.length > longestHeader || seen.includes("\r\n\r\n") || seen.subarray(0, 2).equals(crlf)) break;
  }
  const end = seen.indexOf("\r\n\r\n");
  return !isAscii(seen.subarray(0, end < 0 ? seen.length : end).toString("latin1"));
}

const crlf = Buffer.from("\r\n");
