import { headerSize } from "./header.ts";

/** Letters that mail stores write: read, old, deleted, unseen, new, answered, flagged, draft. */
const status = /^(?:x-)?status:[ \t]*([RODUNAFT]{1,8})[ \t]*\r?$/gim;

/**
 * Whether a mail store that keeps what was read in the header says that this message was: `Status` or `X-Status`
 * with an R, as mbox stores write them.
 * @param message its beginning; what follows the header is not looked at
 */
export function wasRead(message: Uint8Array): boolean {
  const header = Buffer.from(message.buffer, message.byteOffset, headerSize(message)).toString("latin1");
  return [...header.matchAll(status)].some(([, letters = ""]) => letters.includes("R"));
}
