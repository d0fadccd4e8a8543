import { describe, expect, it } from "vitest";
import { capabilities, commands, findCommand } from "./commands.ts";

describe("the table of commands", () => {
  it("has each once, under the name it is found by", () => {
    for (const entry of commands) expect(findCommand(entry.name)).toBe(entry);
    expect(
      commands
        .map(({ name }) => name)
        .sort()
        .join(" "),
    ).toBe("AUTH CAPA DELE LIST NOOP PASS QUIT RETR RSET STAT STLS TOP UIDL USER UTF8");
    expect(findCommand("APOP")).toBeNull();
  });

  it("offers no way to send a password where none may be sent, and STLS only where it can be started", () => {
    const offers = [true, false].map((mayLogIn) => capabilities({ mayLogIn, mayStartTls: !mayLogIn }));
    expect(offers.map((lines) => lines.filter((line) => /^(USER|SASL .*|STLS)$/.test(line)))).toEqual([
      ["USER", "SASL PLAIN LOGIN"],
      ["STLS"],
    ]);
  });

  it("guards every command that carries a password", () => {
    const guarded = commands.filter(({ needsTls }) => needsTls).map(({ name }) => name);
    expect(guarded).toEqual(["USER", "PASS", "AUTH"]);
  });
});
