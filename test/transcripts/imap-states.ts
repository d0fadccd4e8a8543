import { octetsOf } from "./text.ts";
import type { Step, Transcript } from "./transcript.ts";

/** RFC 3501 §3, with what EXAMINE makes of the selected state (§6.3.2). */
export const states = ["not authenticated", "authenticated", "selected", "read-only", "logged out"] as const;
export type TranscriptState = (typeof states)[number];

/** A command that a transcript sends. */
export interface Said {
  readonly name: string;
  /** The state in which it finds the session. */
  readonly state: TranscriptState;
  /** What the tagged reply begins with; null where none is written down. */
  readonly status: string | null;
  readonly where: string;
}

type Line = Omit<Said, "state" | "status"> & { readonly tag: string; readonly rest: string };
type Reply = { readonly tag: string; readonly status: string; readonly line: number };

const commandLine = /^([^ ()"{]+) ((?:UID )?[A-Z]+)(?: (.*))?$/i;
const reply = /^([^ *+]\S*) (OK|NO|BAD|\.\.\.)/;

/** Every command that a transcript sends, and what it is answered, read without playing it. */
export function commandsIn(transcript: Transcript, isCommand: (name: string) => boolean): readonly Said[] {
  const peers = new Set(transcript.steps.flatMap((step) => ("peer" in step ? [step.peer] : [])));
  return [...peers].flatMap((peer) => {
    const steps = transcript.steps.filter((step) => "peer" in step && step.peer === peer);
    return inStates(linesIn(transcript.name, steps, isCommand), repliesIn(steps));
  });
}

/** Lines that look like commands: octets of a literal may, and are answered by nobody. */
function linesIn(
  file: string,
  steps: readonly Step[],
  isCommand: (name: string) => boolean,
): readonly Line[] {
  return steps.flatMap((step) => {
    if (step.does !== "send") return [];
    return octetsOf(step.text, anyNames(step.text))
      .split(/\r?\n/)
      .flatMap((text) => {
        const [, tag = "", name = "", rest = ""] = commandLine.exec(text) ?? [];
        return isCommand(name.toUpperCase())
          ? [{ tag, name: name.toUpperCase(), rest, where: `${file}:${step.line}` }]
          : [];
      });
  });
}

/** What a name stands for makes no difference here. */
function anyNames(text: string): Map<string, string> {
  return new Map((text.match(/\$[a-z][A-Za-z0-9]*/g) ?? []).map((name) => [name, "1"]));
}

function repliesIn(steps: readonly Step[]): readonly Reply[] {
  return steps.flatMap((step) => {
    if (step.does !== "expect") return [];
    const [, tag, status] = reply.exec(step.text) ?? [];
    return tag !== undefined && status !== undefined ? [{ tag, status, line: step.line }] : [];
  });
}

/** Commands are answered in their order, and what each is answered decides what state the next one finds. */
function inStates(lines: readonly Line[], replies: readonly Reply[]): readonly Said[] {
  let state: TranscriptState = "not authenticated";
  let folder = "";
  let left = replies;
  return lines.map(({ tag, name, rest, where }) => {
    const found = state;
    const at = left.findIndex((one) => one.tag === tag);
    const status = left[at]?.status ?? null;
    if (at >= 0) left = left.slice(at + 1);
    if (status === "OK" && (name === "LOGIN" || name === "AUTHENTICATE")) state = "authenticated";
    if (status === "OK" && (name === "CLOSE" || name === "UNSELECT")) state = "authenticated";
    if (status === "OK" && name === "DELETE" && rest === folder) state = "authenticated";
    if (status === "OK" && name === "LOGOUT") state = "logged out";
    if (name === "SELECT" || name === "EXAMINE") {
      if (status === "OK") state = name === "SELECT" ? "selected" : "read-only";
      // RFC 3501 §6.3.1: no folder is selected then.
      if (status === "NO" && state !== "not authenticated") state = "authenticated";
      folder = status === "OK" ? rest : "";
    }
    return { name, state: found, status, where };
  });
}
