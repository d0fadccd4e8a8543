/** Octets of a whole folder name, and levels in it; beyond that no client shows it sensibly. */
const maximumOctets = 1000;
const maximumLevels = 32;

/**
 * The one spelling of a folder's full name: UTF-8 as NFC, levels separated by "/", and INBOX in capitals however
 * it was written (RFC 3501 §5.1). Null if it cannot be one: empty levels, control characters, too long.
 */
export function folderName(name: string): string | null {
  if (!name.isWellFormed() || /[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(name)) return null;
  const levels = name.normalize("NFC").split("/");
  if (levels.length > maximumLevels || levels.includes("")) return null;
  if (levels[0]?.toUpperCase() === "INBOX") levels[0] = "INBOX";
  const spelled = levels.join("/");
  return Buffer.byteLength(spelled) > maximumOctets ? null : spelled;
}
