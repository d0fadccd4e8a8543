// People whose programs leave mail on the server have read it all there before the move. Afterwards their programs
// find one new message, the one that says welcome, and download nothing again: not at the first login while the
// mail is still on the old server, not while it is copied, and not later. What they download is counted on the wire.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account, Download } from "./clients/account.ts";
import { setUpFetchmail } from "./clients/fetchmail.ts";
import { setUpGetmail } from "./clients/getmail.ts";
import { setUpMpop } from "./clients/mpop.ts";
import { eventually } from "./eventually.ts";
import { openFrontDoor } from "./front-door.ts";
import { letter, letters } from "./letters.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import {
  startCourierCompany,
  startDovecotCompany,
  startMailutilsCompany,
  startPopa3dCompany,
} from "./peers/companies.ts";
import { loginOf, type OldCompany, oldListing, type Person } from "./peers/old-company.ts";
import { pop3Record } from "./pop3-record.ts";
import { openRetrGate, type RetrGate } from "./retr-gate.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
import { beginMove, COMPANY, check, status } from "./walk-through/administrator.ts";

const COMPANIES: readonly (readonly [string, () => Promise<OldCompany>])[] = [
  ["Dovecot", () => startDovecotCompany()],
  ["popa3d", () => startPopa3dCompany()],
  ["Courier", () => startCourierCompany()],
  ["GNU pop3d", () => startMailutilsCompany()],
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
const WELCOME = "Welcome to your new mail server";
/** So many messages have been copied when the programs look again. */
const MOMENTS = [1, 9, 31];

type Fetch = (account: Account) => Promise<Download>;

describe.each(COMPANIES)("moved off %s", (_, startCompany) => {
  let company: OldCompany;
  let gate: RetrGate;
  let mailferry: Mailferry;
  let home: Scratch;
  const polls = new Map<string, () => Promise<readonly string[]>>();
  const cleanup = new AsyncDisposableStack();
  beforeAll(async () => {
    company = cleanup.use(await startCompany());
    gate = cleanup.use(await openRetrGate(company.pop3));
    mailferry = cleanup.use(await startMailferry({ sweepInterval: "1 h", toml: 'cutover-quiet = "1 s"\n' }));
    home = cleanup.use(await makeScratch("programs"));
    await beginMove(mailferry, { pop3: gate.endpoint, smtp: company.exchanger.smtp });
  }, 120_000);
  afterAll(() => cleanup.disposeAsync());

  const untilHere = (person: Person, messages: number, state: RegExp) =>
    eventually(async () => {
      const { transfers } = await status(mailferry);
      const transfer = transfers.find(({ address }) => address === person.address);
      expect(transfer).toMatchObject({ state: expect.stringMatching(state), messagesHere: messages });
    });

  test.each([
    ["mpop", OLD_MAIL, async (path: string): Promise<Fetch> => (await setUpMpop(path)).fetch],
    ["fetchmail", OLD_MAIL, async (path: string): Promise<Fetch> => (await setUpFetchmail(path)).fetch],
    // It refuses maildrops with repeated unique-ids outright, and popa3d gives one to equal messages.
    ["getmail", letters(32), async (path: string): Promise<Fetch> => (await setUpGetmail(path)).fetch],
  ] as const)("%s downloads nothing again", async (name, oldMail, setUp) => {
    const person = company.person(name);
    await company.addPerson(person);
    await company.place(person, oldMail);
    const fetch = await setUp(join(home.path, name));
    const record = pop3Record();
    const door = cleanup.use(await openFrontDoor(company.pop3, record.hear));
    const login = loginOf(company, person);
    /** Checks for mail; the subjects of what was asked for on the wire, which is what was delivered. */
    const poll = async (): Promise<readonly string[]> => {
      record.forget();
      const download = await fetch({ server: door.endpoint, login, password: person.password });
      // fetchmail says 1 where there was no new mail.
      expect(name === "fetchmail" ? [0, 1] : [0], download.stderr).toContain(download.exitCode);
      const asked = record.retrievals().map(({ body }) => subjectOf(body));
      expect(asked.toSorted()).toEqual(download.messages.map(subjectOf).toSorted());
      return asked;
    };

    const before = await poll();
    const distinct = new Set((await oldListing(company, person)).uidls.map(([, uidl]) => uidl)).size;
    expect(before.length).toBeGreaterThanOrEqual(distinct);
    expect(await poll(), "a second time, still there").toEqual([]);

    gate.allow(0);
    door.lead(mailferry.pop3);
    expect(await poll(), "at the first login").toEqual([WELCOME]);
    expect(await poll(), "at once again").toEqual([]);
    let here = 0;
    for (const moment of MOMENTS) {
      gate.allow(moment - here);
      here = moment;
      // On a very slow machine it may have taken the wait for a stall.
      await untilHere(person, here, /copying|waiting/);
      expect(await poll(), `once ${here} are copied`).toEqual([]);
    }
    gate.allow(Number.POSITIVE_INFINITY);
    await untilHere(person, oldMail.length, /following/);
    expect(await poll(), "once all is copied").toEqual([]);

    const late = `late for ${name}`;
    await company.place(person, [letter(late, "It came to the old server.")]);
    expect((await check(mailferry)).get(person.address)).toBe(1);
    expect(await poll(), "after a sweep").toEqual([late]);
    await mailferry.crash();
    expect(await poll(), "after the server was killed").toEqual([]);
    expect((await oldListing(company, person)).count, "left on the old server").toBe(oldMail.length + 1);
    polls.set(name, poll);
  });

  test("nor after the cutover", async () => {
    expect([...polls.keys()]).toEqual(["mpop", "fetchmail", "getmail"]);
    expect(await mailferry.must("migration", "cutover", COMPANY)).toContain(`${COMPANY} has moved`);
    for (const [name, poll] of polls) expect(await poll(), name).toEqual([]);
    expect(gate.verbs().filter((verb) => !READING.has(verb))).toEqual([]);
  });
});

/** What may be said to an old server. */
const READING = new Set("CAPA UTF8 USER PASS STAT LIST UIDL TOP RETR NOOP QUIT".split(" "));

function subjectOf(message: Buffer): string {
  return /^Subject: (.*)$/m.exec(message.toString("latin1"))?.[1]?.trim() ?? "";
}
