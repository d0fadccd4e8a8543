/** Folder names on the wire of IMAP4rev1: modified UTF-7 (RFC 3501 §5.1.3). */

const shifted = /&([A-Za-z0-9+,]*)-/g;
const printable = /^[\x20-\x7e]*$/;

/** A name as it goes over the wire. */
export function encodeName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => (run === "&" ? "&-" : `&${encodeRun(run)}-`));
}

/** A name that came over the wire; null if it is not encoded as it must be: each name has one form only. */
export function decodeName(wire: string): string | null {
  if (!printable.test(wire)) return null;
  const name = wire.replace(shifted, (_all, run: string) => (run === "" ? "&" : decodeRun(run)));
  return encodeName(name) === wire ? name : null;
}

function encodeRun(run: string): string {
  const octets = Buffer.from(run, "utf16le").swap16();
  return octets.toString("base64").replace(/=+$/, "").replaceAll("/", ",");
}

function decodeRun(run: string): string {
  const octets = Buffer.from(run.replaceAll(",", "/"), "base64");
  return octets
    .subarray(0, octets.length & ~1)
    .swap16()
    .toString("utf16le");
}
