// One person goes back to four real old servers: what came here is delivered there by Postfix, is found in the maildrop
// and compared, and nothing is doubled when the person comes again.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ReturnView } from "#http/returns";
import { swaksSend } from "./clients/swaks.ts";
import { eventually } from "./eventually.ts";
import { awkwardLetters, letter, letters } from "./letters.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import {
  startCourierCompany,
  startDovecotCompany,
  startMailutilsCompany,
  startPopa3dCompany,
} from "./peers/companies.ts";
import { listMaildrop, readMaildrop } from "./peers/maildrop.ts";
import { loginOf, type OldCompany, oldMaildrop, type Person } from "./peers/old-company.ts";
import { beginMove, COMPANY, refused, status } from "./walk-through/administrator.ts";

interface Peer {
  readonly name: string;
  readonly start: () => Promise<OldCompany>;
  readonly options?: readonly string[];
  /** The subject of a message that comes out of its store otherwise than it went in. */
  readonly alters?: string;
}

const companies: readonly Peer[] = [
  { name: "Dovecot", start: () => startDovecotCompany() },
  {
    name: "popa3d",
    start: () => startPopa3dCompany(),
    options: ["--login-as", "{local}"],
    // Postfix writes ">From " into the mbox file, and popa3d shows it so.
    alters: "From at the start of a line",
  },
  { name: "Courier", start: () => startCourierCompany() },
  { name: "GNU pop3d", start: () => startMailutilsCompany() },
];

/** What comes here after the move; among it lines that begin with "From ", dots, 8-bit text and 2 MB. */
const news: readonly Buffer[] = [
  ...letters(5, "new letter"),
  ...awkwardLetters().filter((octets) => octets.includes("Subject:") && octets.includes("From: ")),
];

describe.each(companies)(
  "back to $name",
  ({ start, options = [], alters }) => {
    const cleanup = new AsyncDisposableStack();
    let company: OldCompany;
    let mailferry: Mailferry;
    let anna: Person;
    let failed = false;

    beforeAll(async () => {
      company = await start();
      cleanup.defer(() => company[Symbol.asyncDispose]());
      mailferry = cleanup.use(await startMailferry({ sweepInterval: "1 h" }));
      anna = company.person("anna");
      await company.addPerson(anna);
      await company.place(anna, letters(3, "old letter"));
      await beginMove(mailferry, { pop3: company.pop3, smtp: company.exchanger.smtp }, ...options);
      await listMaildrop(mailferry.pop3, loginOf(company, anna), anna.password);
      await following();
    }, 300_000);
    afterAll(() => cleanup.disposeAsync());
    beforeEach(({ skip, onTestFailed }) => {
      skip(failed, "an earlier step failed");
      onTestFailed(async () => {
        failed = true;
        console.error(
          `--- Mailferry\n${mailferry.log().slice(-6000)}\n--- old\n${(await company.log()).slice(-4000)}`,
        );
      });
    });

    async function following(): Promise<void> {
      await eventually(async () => {
        const { transfers } = await status(mailferry);
        expect(transfers.map(({ state }) => state)).toEqual(["following"]);
      });
    }
    async function send(message: Buffer): Promise<void> {
      const mail = { from: "carl@example.com", to: [anna.address], message };
      expect(await swaksSend({ server: mailferry.smtp }, mail)).toMatchObject({ exitCode: 0 });
    }
    const here = () => readMaildrop(mailferry.pop3, loginOf(company, anna), anna.password);
    /** How many messages of the old maildrop hold this text. */
    async function there(text: string): Promise<number> {
      const { messages } = await oldMaildrop(company, anna);
      return messages.filter(({ content }) => content.includes(text)).length;
    }

    test("everything that came here is there, octet for octet below the trace", async () => {
      for (const message of news) await send(message);
      expect((await here()).count).toBe(3 + 1 + news.length);
      const view = await mailferry.json<ReturnView>("migration", "return", anna.address, "--yes", "--wait");
      const altered = alters === undefined ? 0 : 1;
      expect(view).toMatchObject({
        ...{ phase: "proved", sent: news.length, same: news.length - altered, changed: altered, missing: [] },
      });
      const { count, messages } = await oldMaildrop(company, anna);
      expect(count).toBe(3 + news.length);
      for (const message of news) {
        const isAsItWas = alters === undefined || !message.includes(alters);
        const body = message.subarray(message.indexOf("\r\n\r\n"));
        expect(messages.some(({ content }) => content.includes(body))).toBe(isAsItWas);
      }
    });

    test("new mail goes there, and a program that still asks here is told to ask later", async () => {
      await send(letter("for the old one", "It takes the pipe."));
      await eventually(async () => expect(await there("It takes the pipe.")).toBe(1));
      await expect(here()).rejects.toThrow(/moved back to the old mail server/);
      expect(await refused(mailferry, "migration", "cutover", COMPANY)).toContain(
        `${anna.address} went back`,
      );
    });

    test("and here again: nothing is doubled, nothing is missing", async () => {
      await mailferry.must("migration", "return", anna.address, "--undo");
      const before = await oldMaildrop(company, anna);
      await eventually(async () => expect((await here()).count).toBe(3 + 1 + news.length + 1));
      await following();
      await mailferry.must("migration", "check", COMPANY, "--wait");
      const now = await here();
      expect(now.count).toBe(3 + 1 + news.length + 1);
      expect(new Set(now.uidls).size).toBe(now.count);
      expect((await oldMaildrop(company, anna)).count).toBe(before.count);
    });
  },
  300_000,
);
