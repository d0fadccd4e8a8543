import { expect, test } from "vitest";
import type { RehearsalView } from "#http/rehearsal";
import { rehearsalPage } from "./rehearsal-page.ts";

const report: RehearsalView = {
  domain: "big-company.com",
  oldServer: "pop3://10.0.0.5:110",
  verdict: "options",
  findings: [
    {
      id: "login-name",
      level: "option",
      people: ["anna@big-company.com"],
      seen: "logs in as anna; as anna@big-company.com it is refused",
      means: "Both forms are tried.",
      do: "Begin with {local} as the login name there.",
      commands: ["--login-as '{local}'"],
      settings: { loginAs: "{local}" },
    },
    {
      ...{ id: "clear-text", level: "note", people: [], commands: [] },
      ...{ seen: "no TLS", means: "Clear.", do: "Nothing." },
    },
    {
      ...{ id: "top", level: "good", people: [], commands: [] },
      ...{ seen: "TOP is sound", means: "", do: "" },
    },
  ],
  people: [{ address: "anna@big-company.com", loginName: "anna", messages: 120, octets: 3_500_000 }],
  totals: {
    mailboxes: 1,
    messages: 120,
    octets: 3_500_000,
    seconds: 4.2,
    pace: { millisecondsPerMessage: 1, octetsPerSecond: 1e6 },
    domain: { people: 50, messages: 6000, octets: 175_000_000, seconds: 4000 },
  },
  programs: [{ programs: "Programs that know mail by unique-id", again: "nothing", why: "ids stay." }],
  next: "mailferry migration on big-company.com --from pop3://10.0.0.5:110 --login-as '{local}'",
};

test("a page that an administrator reads from top to bottom", () => {
  expect(rehearsalPage(report)).toBe(
    `Rehearsal of the move of big-company.com from pop3://10.0.0.5:110: GO, WITH THESE OPTIONS

TEST LOGIN            NAME THERE  MESSAGES  SIZE
anna@big-company.com  anna        120       3.3 MB

TO SET OR DO before you begin
  * logs in as anna; as anna@big-company.com it is refused. (anna@big-company.com)
    Both forms are tried.
    -> Begin with {local} as the login name there.
       --login-as '{local}'
    [login-name]

GOOD TO KNOW
  * no TLS.
    Clear.
    -> Nothing.
    [clear-text]

AS IT SHOULD BE
  + TOP is sound

WHAT MAIL PROGRAMS DOWNLOAD AGAIN
  * Programs that know mail by unique-id:
    nothing; ids stay.

HOW LONG COPYING TAKES (an estimate from a few messages)
  test logins: 120 messages, 3.3 MB: about 5 s
  all 50 people who are known, if each has as much: 6000 messages, 166.9 MB: about 1 h 7 min

GO, WITH THESE OPTIONS. Set or do what is named above, and begin with:
  mailferry migration on big-company.com --from pop3://10.0.0.5:110 --login-as '{local}'`,
  );
});

test("nobody let in, and nothing known of time", () => {
  const page = rehearsalPage({
    ...report,
    verdict: "stop",
    people: [{ address: "anna@big-company.com", loginName: null, messages: null, octets: null }],
    totals: { ...report.totals, seconds: null, domain: null },
    programs: [],
  });
  expect(page).toContain("anna@big-company.com  not let in");
  expect(page).toContain("not known, for no message was retrieved");
  expect(page).toContain("STOP. Mend what is named above, and rehearse again:");
  expect(page).not.toContain("DOWNLOAD AGAIN");
});

test("long texts are wrapped, and what cannot be wrapped stays whole", () => {
  const means = `${"a word ".repeat(40)}${"x".repeat(120)}`;
  const note = { id: "note", level: "note", people: [], seen: "seen", means, do: "Nothing." } as const;
  const lines = rehearsalPage({ ...report, findings: [{ ...note, people: [], commands: [] }] }).split("\n");
  expect(lines).toContain(`    ${"x".repeat(120)}`);
  const wrapped = lines.filter((line) => line.includes("word"));
  expect(wrapped.length).toBeGreaterThan(2);
  expect(wrapped.every((line) => line.startsWith("    ") && line.length <= 96)).toBe(true);
});
