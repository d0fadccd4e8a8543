/** What a rehearsal finds, and what all of it together means. Pure. */

/**
 * stop: do not begin as it is. option: begin, once this is set or done. note: to know; Mailferry copes. good: as it
 * should be.
 */
export const levels = ["stop", "option", "note", "good"] as const;
/** How grave a finding is. */
export type Level = (typeof levels)[number];

/** Options of `migration on` that a finding asks for. */
export interface Settings {
  readonly from?: string;
  readonly tls?: string;
  readonly loginAs?: string;
}

/** One thing that an administrator should know. */
export interface Finding {
  /** A name that stays, for programs. */
  readonly id: string;
  readonly level: Level;
  /** The test logins it is about; empty: the server as a whole. */
  readonly people: readonly string[];
  /** What was seen, the server's own words included. */
  readonly seen: string;
  /** What that means for the move; empty where all is well. */
  readonly means: string;
  /** What to do, in words that hold on the pages and on the command line. */
  readonly do: string;
  /** How the command line does it: whole commands, or options for the next one. */
  readonly commands?: readonly string[];
  readonly settings?: Settings;
}

/** How the command line does what a finding asks for; empty where there is nothing, or nothing of ours, to be done. */
export function commandsOf({ commands, settings: { from, tls, loginAs } = {} }: Finding): readonly string[] {
  if (commands !== undefined) return commands;
  const options = [
    ...(from === undefined ? [] : [`--from ${from}`]),
    ...(tls === undefined ? [] : [`--tls ${tls}`]),
    ...(loginAs === undefined ? [] : [`--login-as '${loginAs}'`]),
  ];
  return options.length === 0 ? [] : [options.join(" ")];
}

/** What a rehearsal may end in. */
export const verdicts = ["go", "options", "stop"] as const;
/** go; go with these options; stop. */
export type VerdictOfRehearsal = (typeof verdicts)[number];

/** The gravest finding decides. */
export function verdictOf(findings: readonly Finding[]): VerdictOfRehearsal {
  if (findings.some(({ level }) => level === "stop")) return "stop";
  return findings.some(({ level }) => level === "option") ? "options" : "go";
}

/** Something that is as it should be. */
export const good = (id: string, seen: string): Finding => ({
  id,
  level: "good",
  people: [],
  seen,
  means: "",
  do: "",
});

/** Something to know. */
export const note = (id: string, seen: string, means: string, todo: string): Finding => ({
  id,
  level: "note",
  people: [],
  seen,
  means,
  do: todo,
});

/** The same finding of several people is one finding; the gravest come first. */
export function together(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ id, level, do: todo }) => `${level} ${id} ${todo}`);
  const merged = [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const people = [...new Set(same.flatMap((one) => one.people))];
    return [{ ...first, people }];
  });
  return merged.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}
