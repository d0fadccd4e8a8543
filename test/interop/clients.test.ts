// Each user's program alone, against Dovecot and Postfix: what it downloads is what was there, byte for byte, a
// second run downloads nothing, and a wrong password is told apart.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account, Download, Outgoing } from "./clients/account.ts";
import { curlCommand, curlList, curlRetrieve, curlSend } from "./clients/curl.ts";
import { setUpFetchmail } from "./clients/fetchmail.ts";
import { setUpGetmail } from "./clients/getmail.ts";
import { setUpMpop } from "./clients/mpop.ts";
import { poplibRead, smtplibSend } from "./clients/python.ts";
import { smtpSource } from "./clients/smtp-source.ts";
import { swaksSend } from "./clients/swaks.ts";
import { letter, letters } from "./letters.ts";
import { startDovecotCompany } from "./peers/companies.ts";
import { loginOf, type OldCompany, oldListing, oldMaildrop, type Person } from "./peers/old-company.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

let company: OldCompany;
let home: Scratch;
const placed = letters(5);
let people = 0;

beforeAll(async () => {
  company = await startDovecotCompany();
  home = await makeScratch("clients");
});
afterAll(async () => {
  await company[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

/** Somebody new whose maildrop holds `placed`. */
async function somebody(): Promise<{ person: Person; account: Account }> {
  people += 1;
  const person = company.person(`person${people}`);
  await company.addPerson(person);
  await company.place(person, placed);
  return { person, account: accountOf(person) };
}

function accountOf(person: Person): Account {
  return { server: company.pop3, login: loginOf(company, person), password: person.password };
}

describe("programs that download and leave on the server", () => {
  test.each([
    ["mpop", async (path: string) => (await setUpMpop(path)).fetch],
    ["fetchmail", async (path: string) => (await setUpFetchmail(path)).fetch],
    ["getmail", async (path: string) => (await setUpGetmail(path)).fetch],
  ] as const)("%s", async (name, setUp) => {
    const { person, account } = await somebody();
    const fetch: (account: Account) => Promise<Download> = await setUp(join(home.path, name));
    const wrong = await fetch({ ...account, password: "wrong" });
    expect(wrong.exitCode, wrong.stderr).not.toBe(0);
    expect(wrong.messages).toEqual([]);

    const first = await fetch(account);
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.messages.map(sha256).sort()).toEqual(placed.map(sha256).sort());

    expect((await fetch(account)).messages).toEqual([]);
    await company.place(person, [letter(`for ${name}`, "one more")]);
    const later = await fetch(account);
    expect(later.messages.map(sha256)).toEqual([sha256(letter(`for ${name}`, "one more"))]);
    expect((await oldListing(company, person)).count).toBe(6);
  });

  test("fetchmail by RETR", async () => {
    const { account } = await somebody();
    const { fetch } = await setUpFetchmail(join(home.path, "fetchmail-retr"));
    for (let round = 0; round < 2; round += 1) {
      const everything = await fetch(account, true);
      expect(everything.messages.map(sha256).sort(), everything.stderr).toEqual(placed.map(sha256).sort());
    }
  });
});

test("curl reads and lists", async () => {
  const { person, account } = await somebody();
  const message = await curlRetrieve(account, 3);
  expect(message.exitCode, message.stderr).toBe(0);
  expect(message.octets).toEqual(placed[2]);
  const judged = await oldListing(company, person);
  const rows = (listing: readonly (readonly [number, string])[]) =>
    listing.map(([number, what]) => `${number} ${what}\r\n`).join("");
  expect((await curlList(account)).octets.toString()).toBe(rows(judged.sizes));
  expect((await curlCommand(account, "UIDL")).octets.toString()).toBe(rows(judged.uidls));
  expect((await curlRetrieve({ ...account, password: "wrong" }, 3)).exitCode).toBe(67);
});

test("poplib deletes", async () => {
  const { person, account } = await somebody();
  await poplibRead(account, [2, 4]);
  const left = await oldMaildrop(company, person);
  const kept = placed.filter((_, index) => index !== 1 && index !== 3);
  expect(left.messages.map(({ sha256 }) => sha256)).toEqual(kept.map(sha256));
});

describe("programs that send", () => {
  const send = {
    curl: async (mail: Outgoing) => (await curlSend({ server: company.exchanger.smtp }, mail)).exitCode === 0,
    swaks: async (mail: Outgoing) =>
      (await swaksSend({ server: company.exchanger.smtp }, mail)).exitCode === 0,
    smtplib: async (mail: Outgoing) => {
      const { failed, refused } = await smtplibSend({ server: company.exchanger.smtp }, mail);
      return failed === undefined && Object.keys(refused).length === 0;
    },
  };

  test.each(Object.entries(send))("%s: octets unchanged, unknown people noticed", async (name, sent) => {
    const { person } = await somebody();
    const message = letter(`from ${name}`, ".dot\r\n..two dots\r\n\r\nend \xe4\xf6\xfc");
    expect(await sent({ from: "carl@example.com", to: [person.address], message })).toBe(true);
    await company.exchanger.drained();
    const arrived = (await oldMaildrop(company, person)).messages.at(-1);
    expect(arrived?.content.subarray(-message.length)).toEqual(message);
    expect(await sent({ from: "carl@example.com", to: ["nobody@big-company.com"], message })).toBe(false);
  });

  test("smtp-source sends a load", async () => {
    const { person } = await somebody();
    const load = { from: "carl@example.com", to: person.address, messages: 20, sessions: 4, octets: 2000 };
    const sent = await smtpSource(company.exchanger.smtp, load);
    expect(sent.exitCode, sent.stderr).toBe(0);
    await company.exchanger.drained();
    expect((await oldListing(company, person)).count).toBe(25);
  });
});

function sha256(octets: Buffer): string {
  return createHash("sha256").update(octets).digest("hex");
}
