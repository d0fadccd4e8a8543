// One company on its last day with the old server: its people, their programs, and the names (front doors) that
// the programs know the mail server by.
import { join } from "node:path";
import type { Account, Download, Outgoing } from "../clients/account.ts";
import { setUpFetchmail } from "../clients/fetchmail.ts";
import { setUpGetmail } from "../clients/getmail.ts";
import { setUpMpop } from "../clients/mpop.ts";
import { type SmtplibOutcome, smtplibSend } from "../clients/python.ts";
import { corpusMessages } from "../corpus.ts";
import { type FrontDoor, openFrontDoor } from "../front-door.ts";
import { awkwardLetters, letters } from "../letters.ts";
import { type Mailferry, startMailferry } from "../mailferry.ts";
import { type Maildrop, readMaildrop } from "../peers/maildrop.ts";
import { loginOf, type OldCompany, oldMaildrop, type Person } from "../peers/old-company.ts";
import { makeScratch } from "../scratch.ts";

/** Somebody who works there. */
export interface Employee extends Person {
  /** Checks for mail with this person's own program, which leaves mail on the server; what it downloaded. */
  readonly checkMail: () => Promise<Download>;
  /** Everything the program has ever downloaded. */
  readonly downloaded: Buffer[];
  /** The maildrop as it was before anything happened. */
  readonly before: Maildrop;
}

/** The names of the people. */
export type Name = "anna" | "bob" | "carol" | "dora" | "edgar" | "frank";

/** The company and the server it moves to. */
export interface World extends AsyncDisposable {
  readonly company: OldCompany;
  readonly mailferry: Mailferry;
  /** What programs have in their settings for incoming mail, and what the MX record says. */
  readonly pop3: FrontDoor;
  readonly mx: FrontDoor;
  readonly people: Readonly<Record<Name, Employee>>;
  /** The judge's reading of a maildrop here. */
  newMaildrop(person: Person): Promise<Maildrop>;
  /** The judge's reading of a maildrop on the old server. */
  oldMaildrop(person: Person): Promise<Maildrop>;
  /** Mail from outside, to whatever the MX is. */
  sendFromOutside(to: readonly string[], message: Buffer): Promise<SmtplibOutcome>;
  /** Account settings of a program that sends. */
  submissionOf(person: Person): Account;
}

/** Who sends from outside. */
export const STRANGER = "carl@example.com";

/** Starts the old server, fills its maildrops, lets every program download them, and starts Mailferry. */
export async function makeWorld(startCompany: () => Promise<OldCompany>): Promise<World> {
  await using cleanup = new AsyncDisposableStack();
  const home = cleanup.use(await makeScratch("people"));
  const company = cleanup.use(await startCompany());
  const mailferry = cleanup.use(await startMailferry());
  const pop3 = cleanup.use(await openFrontDoor(company.pop3));
  const mx = cleanup.use(await openFrontDoor(company.exchanger.smtp));

  const hire = async (
    name: Name,
    oldMail: readonly Buffer[],
    fetch: (account: Account) => Promise<Download>,
  ) => {
    const person = company.person(name);
    await company.addPerson(person);
    await company.place(person, oldMail);
    const downloaded: Buffer[] = [];
    const account = { server: pop3.endpoint, login: loginOf(company, person), password: person.password };
    const checkMail = async () => {
      const download = await fetch(account);
      downloaded.push(...download.messages);
      return download;
    };
    return { ...person, checkMail, downloaded, before: await oldMaildrop(company, person) };
  };
  const mpop = await setUpMpop(join(home.path, "anna"));
  const fetchmail = await setUpFetchmail(join(home.path, "bob"));
  const getmail = await setUpGetmail(join(home.path, "carol"));
  const people = {
    anna: await hire("anna", [...letters(20, "old letter"), ...awkwardLetters()], mpop.fetch),
    bob: await hire("bob", corpusMessages(), fetchmail.fetch),
    carol: await hire("carol", letters(40, "note"), getmail.fetch),
    dora: await hire("dora", letters(10, "memo"), noProgram),
    edgar: await hire("edgar", letters(3, "draft"), noProgram),
    frank: await hire("frank", letters(5, "page"), noProgram),
  };
  const running = cleanup.move();
  return {
    company,
    mailferry,
    pop3,
    mx,
    people,
    newMaildrop: (person) => readMaildrop(mailferry.pop3, loginOf(company, person), person.password),
    oldMaildrop: (person) => oldMaildrop(company, person),
    sendFromOutside: (to, message) => smtplibSend({ server: mx.endpoint }, outgoing(to, message)),
    submissionOf: (person) => ({
      server: mailferry.submission,
      login: loginOf(company, person),
      password: person.password,
    }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function outgoing(to: readonly string[], message: Buffer): Outgoing {
  return { from: STRANGER, to, message };
}

async function noProgram(): Promise<Download> {
  throw new Error("has no program of that kind");
}
