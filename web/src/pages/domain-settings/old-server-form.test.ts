import { describe, expect, it } from "vitest";
import { hostsText, parseHosts } from "./host-list.ts";
import { noOldServer, oldServerFields, oldServerText } from "./old-server-form.ts";
import { fieldsOf, ruleOf } from "./rule-form.ts";

describe("an old server in a form", () => {
  it.each([
    { from: "pop3://10.0.0.5:110", tls: "verify", loginAs: null },
    { from: "pop3://10.0.0.5:2110", tls: "none", loginAs: "{local}" },
    { from: "pop3s://old.big-company.com:995", tls: "verify,allow-expired,min=1.0", loginAs: "{address}" },
    { from: "pop3://[::1]:110", tls: `pin=${"ab".repeat(32)},min=1.1`, loginAs: "{local}@old.example" },
  ])("comes out as it went in: %j", (text) => {
    expect(oldServerText(oldServerFields(text))).toEqual(text);
  });

  it("has the usual port where none is typed, and a pin in any spelling", () => {
    const typed = { ...noOldServer, host: " 10.0.0.5 ", certificate: "pin", pin: "AB:CD" } as const;
    expect(oldServerText(typed)).toEqual({ from: "pop3://10.0.0.5:110", tls: "pin=abcd", loginAs: null });
    expect(oldServerText({ ...typed, link: "tls" }).from).toBe("pop3s://10.0.0.5:995");
  });
});

describe("delivery hosts in a form", () => {
  it("come out as they went in", () => {
    const hosts = [
      { host: "10.0.0.5", port: 25 },
      { host: "::1", port: 2525 },
    ];
    expect(parseHosts(hostsText(hosts))).toEqual(hosts);
    expect(parseHosts(" mail.example ,\n\n")).toEqual([{ host: "mail.example", port: 25 }]);
  });

  it.each(["two words", "host:99999", "host:", "smtp://host"])(
    "are named where they are none: %s",
    (line) => {
      expect(parseHosts(`10.0.0.5\n${line}`)).toEqual({ wrong: line });
    },
  );
});

describe("a rule for unknown users in a form", () => {
  it.each([
    "reject",
    "defer",
    "postmaster",
    "forward a@b.example",
    "*@big-company.com|big-company.old",
    '"a|b"@big-company.com|big-company.old',
  ])("comes out as it went in: %s", (rule) => {
    expect(ruleOf(fieldsOf(rule, "big-company.com"))).toBe(rule);
  });

  it("is none while something is left to be filled in", () => {
    expect(ruleOf({ ...fieldsOf("reject", "big-company.com"), kind: "forward" })).toBeNull();
    expect(ruleOf({ ...fieldsOf("reject", "big-company.com"), kind: "pipe" })).toBeNull();
  });
});
