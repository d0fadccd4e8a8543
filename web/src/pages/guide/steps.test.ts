import { describe, expect, it } from "vitest";
import { doneSteps, nextStep, routeNameFor } from "./steps.ts";

const domain = { kind: "local", name: "big-company.com", unknownUsers: "reject" } as const;
const off = { on: false, transfers: [], names: null };

describe("the guide", () => {
  it("begins with the domain", () => {
    const done = doneSteps({ domain: null, status: null });
    expect([...done]).toEqual([]);
    expect(nextStep(done, [])).toBe("domain");
  });

  it("goes on with what the server lacks", () => {
    const added = doneSteps({ domain, status: off });
    expect(nextStep(added, [])).toBe("old");
    expect(nextStep(added, ["old", "message"])).toBe("unknown");
    const isOn = doneSteps({ domain, status: { ...off, on: true } });
    expect([...isOn]).toEqual(["domain", "old", "message"]);
  });

  it("sees what was done elsewhere, in whatever order", () => {
    const piped = { ...domain, unknownUsers: "*@big-company.com|big-company.old" };
    const done = doneSteps({ domain: piped, status: off });
    expect(done.has("unknown")).toBe(true);
    expect(nextStep(done, [])).toBe("old");
  });

  it("suggests a name for the old server", () => {
    expect(routeNameFor("big-company.com")).toBe("big-company.old");
    expect(routeNameFor("mail.big-company.com")).toBe("mail.big-company.old");
    expect(routeNameFor("localhost")).toBe("localhost.old");
  });
});
