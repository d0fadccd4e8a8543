// People whose programs leave mail on the server have read it all there before the move. Afterwards their programs
// find one new message, the one that says welcome, and download nothing again: not at the first login while the
// mail is still on the old server, not while it is copied, and not later.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account, Download } from "./clients/account.ts";
import { setUpFetchmail } from "./clients/fetchmail.ts";
import { setUpGetmail } from "./clients/getmail.ts";
import { setUpMpop } from "./clients/mpop.ts";
import { eventually } from "./eventually.ts";
import { type FrontDoor, openFrontDoor } from "./front-door.ts";
import { letter, letters } from "./letters.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import { startCourierCompany, startDovecotCompany, startPopa3dCompany } from "./peers/companies.ts";
import { DOMAIN, loginOf, type OldCompany, oldListing, type Person } from "./peers/old-company.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

const COMPANIES: readonly (readonly [string, () => Promise<OldCompany>])[] = [
  ["Dovecot", () => startDovecotCompany()],
  ["popa3d", () => startPopa3dCompany()],
  ["Courier", () => startCourierCompany()],
];

const identical = letter("identical", "One text, three times.", ["Message-ID: <identical@example.com>"]);
const OLD_MAIL = [
  ...letters(27),
  identical,
  letter("equal Message-ID", "The one body.", ["Message-ID: <equal@example.com>", "X-Copy: 1"]),
  identical,
  letter("equal Message-ID", "Another body.", ["Message-ID: <equal@example.com>", "X-Copy: 2"]),
  identical,
];

describe.each(COMPANIES)("moved off %s", (_, startCompany) => {
  let company: OldCompany;
  let mailferry: Mailferry;
  let home: Scratch;
  const cleanup = new AsyncDisposableStack();
  beforeAll(async () => {
    company = cleanup.use(await startCompany());
    mailferry = cleanup.use(await startMailferry());
    home = cleanup.use(await makeScratch("programs"));
    await mailferry.must("domain", "add", DOMAIN);
    const from = `pop3://${company.pop3.host}:${company.pop3.port}`;
    await mailferry.must("migration", "on", DOMAIN, "--from", from, "--tls", "none");
  }, 120_000);
  afterAll(() => cleanup.disposeAsync());

  const untilCopied = (person: Person, messages: number) =>
    eventually(async () => {
      const status = await mailferry.json<{ transfers: Transfer[] }>("migration", "status", DOMAIN);
      const transfer = status.transfers.find(({ address }) => address === person.address);
      expect(transfer).toMatchObject({ state: "following", messagesHere: messages });
    });

  test.each([
    ["mpop", OLD_MAIL, async (path: string) => (await setUpMpop(path)).fetch],
    ["fetchmail", OLD_MAIL, async (path: string) => (await setUpFetchmail(path)).fetch],
    // It refuses maildrops with repeated unique-ids outright, and popa3d gives one to equal messages.
    ["getmail", letters(32), async (path: string) => (await setUpGetmail(path)).fetch],
  ] as const)("%s downloads nothing again", async (name, oldMail, setUp) => {
    const person = company.person(name);
    await company.addPerson(person);
    await company.place(person, oldMail);
    const fetch: (account: Account) => Promise<Download> = await setUp(join(home.path, name));
    await using door: FrontDoor = await openFrontDoor(company.pop3);
    const login = loginOf(company, person);
    const check = () => fetch({ server: door.endpoint, login, password: person.password });

    const before = await check();
    expect(before.exitCode, before.stderr).toBe(0);
    const distinct = new Set((await oldListing(company, person)).uidls.map(([, uidl]) => uidl)).size;
    expect(before.messages.length).toBeGreaterThanOrEqual(distinct);
    expect((await check()).messages.map(subjectOf), "a second time, still there").toEqual([]);

    door.lead(mailferry.pop3);
    const first = await check();
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.messages.map(subjectOf)).toEqual(["Welcome to your new mail server"]);
    expect((await check()).messages.map(subjectOf), "at once again").toEqual([]);
    await untilCopied(person, oldMail.length);
    expect((await check()).messages.map(subjectOf), "once all is copied").toEqual([]);
    await mailferry.crash();
    expect((await check()).messages.map(subjectOf), "after the server was killed").toEqual([]);
    expect((await oldListing(company, person)).count, "left on the old server").toBe(oldMail.length);
  });
});

interface Transfer {
  readonly address: string;
  readonly state: string;
  readonly messagesHere: number;
}

function subjectOf(message: Buffer): string {
  return /^Subject: (.*)$/m.exec(message.toString("latin1"))?.[1]?.trim() ?? "";
}
