/**
 * Every letter that was ever sent to anybody, and where it must be in the end. This is the model: it knows nothing of
 * Mailferry but what senders, readers and the old server were told.
 */

export const domain = "big-company.com";

/** How a letter came into the world: by SMTP to Mailferry, or straight into a maildrop of the old server. */
export type Way = "outside" | "old";

export interface Letter {
  readonly number: number;
  /** The local part of whom it is for. */
  readonly to: string;
  readonly way: Way;
  readonly octets: Buffer;
  /** What its sender knows: yes is a promise; unknown means that the connection broke before the answer. */
  isAccepted: "yes" | "no" | "unknown";
  /** How its person deleted it: after its text was shown, or without having read it. */
  deleted: "no" | "read" | "unread" | "perhaps";
  /** Another program took it out of the maildrop of the old server. */
  isGoneThere: boolean;
  /** It came to the old server when nobody promised any more to fetch it. */
  isLate: boolean;
  /** The old server gave it another unique-id. */
  isRenamed: boolean;
  /** The old server did not list it for a while. */
  wasHidden: boolean;
}

const fillings = [0, 1, 40_000];

/** A letter that no other equals; many are of one size, so that sizes tell nothing. */
export function makeLetter(number: number, to: string, way: Way, filling: number): Letter {
  const name = nameOf(number);
  const head = [
    "From: A friend <friend@example.net>",
    `To: <people@${domain}>`,
    `Subject: letter ${name}`,
    `Message-ID: ${messageIdOf({ number })}`,
    "Date: Mon, 02 Nov 2026 08:00:00 +0000",
  ];
  const body = ["Hello,", ".a dot first", "x".repeat(fillings[filling % fillings.length] ?? 0)];
  const lines = body.flatMap((line) => line.match(/.{1,76}/g) ?? [""]);
  return {
    number,
    to,
    way,
    octets: Buffer.from(`${[...head, "", ...lines].join("\r\n")}\r\n`, "latin1"),
    isAccepted: way === "old" ? "yes" : "no",
    deleted: "no",
    isGoneThere: false,
    isLate: false,
    isRenamed: false,
    wasHidden: false,
  };
}

export function messageIdOf({ number }: Pick<Letter, "number">): string {
  return `<letter.${nameOf(number)}@example.net>`;
}

function nameOf(number: number): string {
  return String(number).padStart(3, "0");
}

/** Which letter a message is by its subject; null where it is none of ours. */
export function numberOf(octets: string): number | null {
  const head = octets.slice(0, octets.indexOf("\r\n\r\n") + 2);
  const number = /\r\nSubject: letter (\d+)\r\n/.exec(head)?.[1];
  return number === undefined ? null : Number(number);
}

/** Whether a message is what Mailferry says to newcomers. */
export function isWelcome(octets: string): boolean {
  return octets.slice(0, 2000).includes("\r\nSubject: Welcome to your new mail server\r\n");
}

/**
 * How often a letter may be in its person's mailbox here, in the end.
 * @param mayBeDoubled whether mail may have gone to the old server twice, or there and here
 */
export function timesHere(letter: Letter, mayBeDoubled: boolean): readonly number[] {
  const { way, isAccepted, deleted, isGoneThere, isLate, isRenamed } = letter;
  if (isAccepted === "no" || deleted === "read") return [0];
  // Deleted unread it may come by another way or name: nobody could know that it was the same.
  const mayReturn = isRenamed || (mayBeDoubled && way === "outside");
  if (deleted === "unread") return mayReturn ? [0, 1] : [0];
  const mayBeMissing = isAccepted === "unknown" || isGoneThere || isLate || deleted === "perhaps";
  return mayBeMissing ? [0, 1] : [1];
}

/**
 * How often a letter must be in the maildrop of somebody whose mail goes to the old server, in the end.
 * @param wasHere whether that person had moved and went back
 */
export function timesThere(letter: Letter, wasHere: boolean, mayBeDoubled: boolean): readonly number[] {
  const { way, isAccepted, deleted, isGoneThere } = letter;
  if (isAccepted === "no") return [0];
  const isCertain = isAccepted === "yes" && !isGoneThere;
  // Deleted here it is there only if it had come that way; the old server itself is never changed.
  const mayBeMissing = !isCertain || (wasHere && way === "outside" && deleted !== "no");
  const times = mayBeMissing ? [0, 1] : [1];
  // Who goes back takes along what the old server did not list for long.
  if (wasHere && letter.wasHidden) times.push(2);
  return mayBeDoubled && way === "outside" ? [...times, 2, 3] : times;
}
