/** A rehearsal changes nothing on the old server, and says nothing there but what it names. */
import { expect, test } from "vitest";
import { anna, finding, named, rehearse } from "./rehearsed.ts";

const verbs = (commands: readonly string[]): readonly string[] => [
  ...new Set(
    commands.map(
      (command) =>
        /\b(CAPA|STLS|USER|PASS|STAT|LIST|UIDL|TOP|RETR|NOOP|QUIT|UTF8|AUTH|DELE|RSET|APOP)\b/.exec(
          command,
        )?.[1] ?? command,
    ),
  ),
];

test("only reading commands, one failed login, few messages", async () => {
  const { unchanged, commands, facts } = await rehearse({ messages: 40, people: ["anna", "bob"] });
  expect(unchanged).toBe(true);
  expect(verbs(commands).toSorted()).toEqual(
    ["CAPA", "LIST", "NOOP", "PASS", "QUIT", "RETR", "STAT", "TOP", "UIDL", "USER"].toSorted(),
  );
  expect(commands.filter((command) => command.includes("RETR")).length).toBeLessThanOrEqual(2 * 6);
  expect(facts.stranger).toEqual({ outcome: "refused", said: expect.any(String) });
  // The failed login comes last, for some servers delay our address after it.
  expect(commands.findLastIndex((command) => command.includes("USER probe-"))).toBeGreaterThan(
    commands.findLastIndex((command) => command.includes("RETR")),
  );
});

test("without RETR where that is asked for", async () => {
  const { report, commands } = await rehearse({ mayRetrieve: false });
  expect(commands.some((command) => command.includes("RETR"))).toBe(false);
  expect(named(report)).toContain("note not-retrieved");
  expect(report.totals.seconds).toBeNull();
});

test("A18: a server that deletes what is read takes one message, and its octets are kept", async () => {
  const rescued: { readonly octets: Uint8Array; readonly address: string }[] = [];
  const { report, commands } = await rehearse({
    scenario: "A18:form=deletes",
    people: ["anna", "bob"],
    tools: {
      rescue: async (octets, address) => {
        rescued.push({ octets, address });
        return "/var/lib/mailferry/rehearsal/1.eml";
      },
    },
  });
  // Nothing of bob's is even looked at.
  expect(commands.filter((command) => /RETR|TOP/.test(command))).toEqual([
    expect.stringMatching(/^anna TOP/),
    expect.stringMatching(/^anna RETR/),
  ]);
  expect(rescued).toHaveLength(1);
  expect(rescued[0]?.address).toBe(anna);
  expect(Buffer.from(rescued[0]?.octets ?? []).toString()).toContain("Message-ID:");
  expect(finding(report, "reading-removes").seen).toContain("/var/lib/mailferry/rehearsal/1.eml");
});

test("no password is in the facts, the findings or what the server wrote down", async () => {
  const played = await rehearse({ scenario: "A10", people: ["anna", "bob"] });
  expect(JSON.stringify([played.facts, played.report, played.commands])).not.toMatch(/(?:anna|bob)'s old/);
});
