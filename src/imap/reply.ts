/** Tagged replies (RFC 3501 §7.1), and the one place where problems become NO and BAD. */
import type { Problem, ProblemKind } from "#mailbox/problem";

/** What is done once the reply has been sent. */
export type Next = "go on" | "close" | "start TLS";

/** What is said to one command at its end. */
export interface Reply {
  readonly status: "OK" | "NO" | "BAD";
  /** A response code without its brackets (RFC 3501 §7.1, RFC 5530); null: none. */
  readonly code: string | null;
  readonly text: string;
  readonly next: Next;
  /** Whether it counts against a client that makes one mistake after the other. */
  readonly isMistake: boolean;
}

export function ok(text: string, code: string | null = null, next: Next = "go on"): Reply {
  return { status: "OK", code, text, next, isMistake: false };
}

/** NO, for something that is well-formed and cannot be done. */
export function no(code: string | null, text: string, next: Next = "go on"): Reply {
  return { status: "NO", code, text, next, isMistake: false };
}

/** BAD, for something that the client should not have said. */
export function bad(text: string): Reply {
  return { status: "BAD", code: null, text, next: "go on", isMistake: true };
}

/** Something follows a command that must be the last for the time being (RFC 3501 §5.5). */
export function tooEager(name: string): Reply {
  return { ...bad(`Nothing may follow ${name} before its answer.`), next: "close" };
}

/**
 * A message number that there is not (RFC 3501 §9 `seq-number`). Programs that ask an empty folder for `1:*` make
 * no mistake that counts.
 */
export const noSuchNumber: Reply = { ...bad("There is no message of that number."), isMistake: false };

/** The folder was selected with EXAMINE. */
export const readOnly = no("READ-ONLY", "The folder is selected to look at only.");

const codes: Record<ProblemKind, string> = {
  "not-found": "NONEXISTENT",
  exists: "ALREADYEXISTS",
  "not-permitted": "CANNOT",
  "over-quota": "OVERQUOTA",
  "too-large": "TOOBIG",
  "in-use": "INUSE",
  expunged: "EXPUNGEISSUED",
  invalid: "CANNOT",
  temporary: "UNAVAILABLE",
};

/** The reply to what the domain could not do. */
export function problemReply({ kind, text }: Problem): Reply {
  return no(codes[kind], text);
}

/** The same where the client could create the folder that is not there (RFC 3501 §6.3.11). */
export function problemReplyOrCreate(problem: Problem): Reply {
  return problem.kind === "not-found" ? no("TRYCREATE", problem.text) : problemReply(problem);
}

/** The store is away or its disk full: as RFC 5530 §3 says, worth another try. */
export const unavailable = no("UNAVAILABLE", "The server cannot do this now. Try again later.");
/** Something was thrown that should not have been. */
export const defect = no("SERVERBUG", "The server made a mistake, which was logged. Try again later.");

/** The reply as a line without its line end. */
export function replyLine(tag: string, { status, code, text }: Reply): string {
  return `${tag} ${status} ${statusText(code, text)}`;
}

const longestText = 480;

/** Texts may quote an old server: whatever it said, this stays one line of ASCII without a code of its own. */
export function statusText(code: string | null, text: string): string {
  const plain = text
    .replace(/[^\x20-\x7e]+/g, " ")
    .replace(/^[\s[]+/, "")
    .slice(0, longestText);
  return code === null ? plain : `[${code}] ${plain}`;
}
