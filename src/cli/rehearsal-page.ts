/** The page that a rehearsal prints for an administrator. */
import type { RehearsalView } from "#http/rehearsal";
import { inOctets, table } from "./terminal.ts";

type Finding = RehearsalView["findings"][number];

const width = 96;
const headings: readonly (readonly [Finding["level"], string])[] = [
  ["stop", "STOP: this must be mended first"],
  ["option", "TO SET OR DO before you begin"],
  ["note", "GOOD TO KNOW"],
];
const verdicts: Readonly<Record<RehearsalView["verdict"], string>> = {
  go: "GO",
  options: "GO, WITH THESE OPTIONS",
  stop: "STOP",
};
const again: Readonly<Record<RehearsalView["programs"][number]["again"], string>> = {
  nothing: "nothing",
  some: "some mail",
  everything: "everything",
  unknown: "not known",
};

/** The gravest first, the command to go on with last. */
export function rehearsalPage(report: RehearsalView): string {
  const sections = [
    [`Rehearsal of the move of ${report.domain} from ${report.oldServer}: ${verdicts[report.verdict]}`],
    peopleLines(report),
    ...headings.map(([level, heading]) =>
      findingLines(
        heading,
        report.findings.filter((one) => one.level === level),
      ),
    ),
    goodLines(report.findings),
    programLines(report),
    timeLines(report),
    [`${verdicts[report.verdict]}. ${sentence(report.verdict)}`, `  ${report.next}`],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function sentence(verdict: RehearsalView["verdict"]): string {
  switch (verdict) {
    case "go":
      return "Begin with:";
    case "options":
      return "Set or do what is named above, and begin with:";
    case "stop":
      return "Mend what is named above, and rehearse again:";
  }
}

function peopleLines({ people }: RehearsalView): readonly string[] {
  if (people.length === 0) return [];
  const rows = people.map(({ address, loginName, messages, octets }) => [
    address,
    loginName ?? "not let in",
    messages === null ? "" : String(messages),
    octets === null ? "" : inOctets(octets),
  ]);
  return [table(["TEST LOGIN", "NAME THERE", "MESSAGES", "SIZE"], rows)];
}

function findingLines(heading: string, findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  return [
    heading,
    ...findings.flatMap(({ id, people, seen, means, do: todo, commands }, at) => [
      ...(at === 0 ? [] : [""]),
      ...wrapped(`${ended(seen)}${people.length === 0 ? "" : ` (${people.join(", ")})`}`, "  * ", "    "),
      ...wrapped(means, "    ", "    "),
      ...wrapped(`-> ${todo}`, "    ", "       "),
      // Whole, however long: they are copied from here.
      ...commands.map((line) => `       ${line}`),
      `    [${id}]`,
    ]),
  ];
}

function goodLines(findings: readonly Finding[]): readonly string[] {
  const good = findings.filter(({ level }) => level === "good");
  return good.length === 0
    ? []
    : ["AS IT SHOULD BE", ...good.flatMap(({ seen }) => wrapped(seen, "  + ", "    "))];
}

function programLines({ programs }: RehearsalView): readonly string[] {
  if (programs.length === 0) return [];
  return [
    "WHAT MAIL PROGRAMS DOWNLOAD AGAIN",
    ...programs.flatMap(({ programs: which, again: what, why }) => [
      ...wrapped(`${which}:`, "  * ", "    "),
      ...wrapped(`${again[what]}; ${why}`, "    ", "    "),
    ]),
  ];
}

function timeLines({ totals }: RehearsalView): readonly string[] {
  if (totals.mailboxes === 0) return [];
  const { domain } = totals;
  const lines = [
    `  test logins: ${totals.messages} messages, ${inOctets(totals.octets)}: ${duration(totals.seconds)}`,
    ...(domain
      ? [
          `  all ${domain.people} people who are known, if each has as much: ${domain.messages} messages, ${inOctets(domain.octets)}: ${duration(domain.seconds)}`,
        ]
      : []),
  ];
  return ["HOW LONG COPYING TAKES (an estimate from a few messages)", ...lines];
}

/** 3,700 s → "about 1 h 2 min". */
function duration(seconds: number | null): string {
  if (seconds === null) return "not known, for no message was retrieved";
  if (seconds < 60) return `about ${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `about ${minutes} min` : `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A text in lines of a page's width; what is longer than a line stays whole. */
function wrapped(text: string, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
