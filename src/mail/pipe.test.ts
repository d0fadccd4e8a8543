import { describe, expect, it } from "vitest";
import { formatPipe, parsePipe, pipedAddress } from "./pipe.ts";

describe("a pipe", () => {
  it.each([
    ["*@big-company.com|big-company.old", "*", "big-company.com", "big-company.old"],
    [" *@Big-Company.com | Big-Company.OLD ", "*", "big-company.com", "big-company.old"],
    ["archive@big-company.com|big-company.old", "archive", "big-company.com", "big-company.old"],
    ["a|b@big-company.com|big-company.old", "a|b", "big-company.com", "big-company.old"],
    ["*@büro.example|old.example", "*", "xn--bro-hoa.example", "old.example"],
  ])("reads %s", (text, localPart, domain, route) => {
    const pipe = parsePipe(text);
    expect(pipe).toEqual({ localPart, domain, route });
    if (pipe !== null) expect(parsePipe(formatPipe(pipe))).toEqual(pipe);
  });

  it.each([
    "",
    "|",
    "*@big-company.com",
    "*@big-company.com|",
    "|big-company.old",
    "*|big-company.old",
    "*@a|b c",
  ])("refuses %j", (text) => {
    expect(parsePipe(text)).toBeNull();
  });

  it("keeps the recipient's local part where it says so", () => {
    const anna = { localPart: "Anna", domain: "big-company.net" };
    const all = { localPart: "*", domain: "big-company.com", route: "big-company.old" };
    expect(pipedAddress(all, anna)).toEqual({ localPart: "Anna", domain: "big-company.com" });
    const archive = { ...all, localPart: "archive" };
    expect(pipedAddress(archive, anna)).toEqual({ localPart: "archive", domain: "big-company.com" });
  });
});
