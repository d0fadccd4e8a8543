/**
 * A message of a certificate as one line, which is what is hashed: docs/migration.md, "The certificate", tells how
 * it is made, so that anybody can make it again. Pure.
 */
import type { OldIdentity } from "../ledger.ts";
import type { MessageClass, Verdict } from "./verdict.ts";

/** What a line says. */
export interface Leaf extends OldIdentity {
  readonly verdict: Verdict;
}

/** CLASS UIDL SIZE OCCURRENCE OCTETS SHA256, and the reason where there is one; single spaces, no line end. */
export function leafLine({ uidl, size, occurrence, verdict }: Leaf): string {
  const { octets, sha256, reason } = verdict;
  const name = uidl === "" ? noUidl : escaped(uidl, "latin1");
  const fields = `${verdict.class} ${name} ${size} ${occurrence} ${octets ?? "-"} ${sha256 ?? "-"}`;
  return reason === null ? fields : `${fields} ${escaped(reason, "utf8", true)}`;
}

/** Reads what `leafLine` has written; null when it is no such line. */
export function parseLeafLine(line: string): Leaf | null {
  const parts = pattern.exec(line);
  if (!parts) return null;
  const [, className, name = "", size, occurrence, octets, sha256, reason] = parts;
  return {
    uidl: name === noUidl ? "" : unescaped(name, "latin1"),
    size: Number(size),
    occurrence: Number(occurrence),
    verdict: {
      class: className as MessageClass,
      octets: octets === "-" ? null : Number(octets),
      sha256: sha256 === undefined || sha256 === "-" ? null : sha256,
      reason: reason === undefined ? null : unescaped(reason, "utf8"),
    },
  };
}

/** A mailbox as a leaf of its domain's tree: its address and its root. */
export function mailboxLine(address: string, root: string): string {
  return `${escaped(address, "utf8")} ${root}`;
}

/** Printable ASCII stays as it is; a backslash, a space and every other octet become a backslash, x and two digits. */
export function escaped(text: string, encoding: "latin1" | "utf8", keepsSpaces = false): string {
  if (/^[!-[\]-~]*$/.test(text)) return text;
  let line = "";
  for (const octet of Buffer.from(text, encoding)) {
    const isPlain = octet > 0x20 && octet < 0x7f && octet !== 0x5c;
    if (isPlain || (octet === 0x20 && keepsSpaces)) line += String.fromCharCode(octet);
    else line += `\\x${octet.toString(16).padStart(2, "0")}`;
  }
  return line;
}

/** Stands for the unique-id of a message that has none; no escaped one looks like it. */
const noUidl = "\\-";
const pattern =
  /^(here|deleted|skipped|unaccounted) ([!-~]+) (\d+) (\d+) (\d+|-) ([0-9a-f]{64}|-)(?: ([ -~]*))?$/;

function unescaped(line: string, encoding: "latin1" | "utf8"): string {
  const octets = line.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(octets, "latin1").toString(encoding);
}
