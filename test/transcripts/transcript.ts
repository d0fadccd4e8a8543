/**
 * Transcripts: dialogues written down as an RFC writes its examples, and replayed. This file reads them;
 * `README.md` beside it describes the format.
 */

/** One step, with the number of its line in the file. */
export type Step = { readonly line: number } & (
  | { readonly does: "send"; readonly peer: string; readonly text: string; readonly withLineEnd: boolean }
  | { readonly does: "expect"; readonly peer: string; readonly text: string; readonly anyOrder: boolean }
  | { readonly does: "forbid"; readonly peer: string; readonly text: string }
  | { readonly does: "connect"; readonly peer: string; readonly listener: string }
  | { readonly does: "tls" | "closed" | "drop" | "shut"; readonly peer: string }
  | { readonly does: "event"; readonly text: string }
);

/** A file of a dialogue. */
export interface Transcript {
  readonly name: string;
  /** Its first comment. */
  readonly title: string;
  /** What must be so before it begins, for the world to arrange: the `@given` lines. */
  readonly given: readonly string[];
  /** Whether it also holds when everything is sent at once. */
  readonly isPipelined: boolean;
  /** Whether it only holds line by line, because it is about what comes in one piece. */
  readonly isWholeOnly: boolean;
  /** Whether other servers must speak so too, and are asked as judges. */
  readonly isJudged: boolean;
  readonly steps: readonly Step[];
}

const dialogueLine = /^(\d)(>>|>|<|\*|!) ?(.*)$/;
const verbLine = /^(\d) (connect|tls|closed|drop|shut)(?: (\S+))?$/;

/** Reads a transcript. Throws for a line that is none. */
export function parseTranscript(name: string, source: string): Transcript {
  const given: string[] = [];
  const steps: Step[] = [];
  let title = "";
  let isPipelined = false;
  let isWholeOnly = false;
  let isJudged = false;
  source.split("\n").forEach((text, index) => {
    const line = index + 1;
    if (text === "") return;
    if (text.startsWith("#")) title ||= text.slice(1).trim();
    else if (text === "@pipelined") isPipelined = true;
    else if (text === "@whole") isWholeOnly = true;
    else if (text === "@judged") isJudged = true;
    else if (text.startsWith("@given ")) given.push(text.slice(7));
    else if (text.startsWith("* ")) steps.push({ does: "event", text: text.slice(2), line });
    else steps.push(parseStep(text, line) ?? fail(name, line, text));
  });
  return { name, title, given, isPipelined, isWholeOnly, isJudged, steps };
}

function parseStep(text: string, line: number): Step | null {
  const verb = verbLine.exec(text);
  if (verb) {
    const [, peer = "", does, listener = ""] = verb;
    if (does === "connect") return { does, peer, listener, line };
    if (does === "tls" || does === "closed" || does === "drop" || does === "shut")
      return { does, peer, line };
  }
  const dialogue = dialogueLine.exec(text);
  if (!dialogue) return null;
  const [, peer = "", mark, rest = ""] = dialogue;
  if (mark === "<" || mark === "*") return { does: "expect", peer, text: rest, anyOrder: mark === "*", line };
  if (mark === "!") return { does: "forbid", peer, text: rest, line };
  return { does: "send", peer, text: rest, withLineEnd: mark === ">", line };
}

function fail(name: string, line: number, text: string): never {
  throw new Error(`${name}:${line}: not a line of a transcript: ${text}`);
}
