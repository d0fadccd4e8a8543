// The end of a move in one guarded act, off four real old servers with 200 messages of the corpus each: every message
// arrived by its hash, the certificate closes and can be verified later, the old server keeps what it had, and back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { corpusMessages } from "./corpus.ts";
import { eventually } from "./eventually.ts";
import { letters } from "./letters.ts";
import { type Mailferry, startMailferry } from "./mailferry.ts";
import {
  startCourierCompany,
  startDovecotCompany,
  startMailutilsCompany,
  startPopa3dCompany,
} from "./peers/companies.ts";
import { listMaildrop, type Maildrop, readMaildrop } from "./peers/maildrop.ts";
import { loginOf, type OldCompany, oldListing, oldMaildrop, type Person } from "./peers/old-company.ts";
import { contentHash, withoutStoreFields } from "./store-fields.ts";
import { beginMove, COMPANY, ROUTE, refused, status } from "./walk-through/administrator.ts";

interface Peer {
  readonly name: string;
  readonly start: () => Promise<OldCompany>;
  readonly options?: readonly string[];
  /** What counts of a message. */
  readonly essence?: (content: Buffer) => Buffer;
}

const companies: readonly Peer[] = [
  { name: "Dovecot", start: () => startDovecotCompany() },
  { name: "popa3d", start: () => startPopa3dCompany(), options: ["--login-as", "{local}"] },
  { name: "Courier", start: () => startCourierCompany() },
  // It writes these four fields into messages by itself, some when they are listed and some at QUIT: whoever reads a
  // message twice reads it otherwise. Everything else has to be the same, octet for octet.
  { name: "GNU pop3d", start: () => startMailutilsCompany(), essence: withoutStoreFields },
];
const perMaildrop = 200;

interface ReportedMailbox {
  readonly address: string;
  readonly closes: boolean;
}

/** As many messages as wanted: the corpus from its beginning, or from the middle on, and letters where it is absent. */
function oldMail(from: number): readonly Buffer[] {
  return [...corpusMessages().slice(from, from + perMaildrop), ...letters(perMaildrop)].slice(0, perMaildrop);
}

describe.each(companies)(
  "the cutover off $name",
  ({ start, options = [], essence = (content) => content }) => {
    const cleanup = new AsyncDisposableStack();
    const before = new Map<Person, Maildrop>();
    let company: OldCompany;
    let mailferry: Mailferry;
    let failed = false;

    beforeAll(async () => {
      company = await start();
      cleanup.defer(() => company[Symbol.asyncDispose]());
      mailferry = cleanup.use(
        await startMailferry({ sweepInterval: "1 h", toml: 'cutover-quiet = "1 s"\n' }),
      );
      for (const [who, from] of [
        ["anna", 0],
        ["bob", 250],
      ] as const) {
        const person = company.person(who);
        await company.addPerson(person);
        await company.place(person, oldMail(from));
        // The second reading is what counts: GNU pop3d has written its fields by then.
        if (essence === withoutStoreFields) await oldMaildrop(company, person);
        before.set(person, await oldMaildrop(company, person));
      }
      await beginMove(mailferry, { pop3: company.pop3, smtp: company.exchanger.smtp }, ...options);
    }, 300_000);
    afterAll(() => cleanup.disposeAsync());
    beforeEach(({ skip, onTestFailed }) => {
      skip(failed, "an earlier step of this move failed");
      onTestFailed(() => {
        failed = true;
        console.error(`--- Mailferry\n${mailferry.log().slice(-8000)}`);
      });
    });

    const here = (person: Person) => readMaildrop(mailferry.pop3, loginOf(company, person), person.password);
    const hashes = ({ messages }: Maildrop) => messages.map(({ content }) => contentHash(essence(content)));

    test("nobody is forgotten: it is refused until the second of two has come", async () => {
      const [anna, bob] = [...before.keys()];
      if (!anna || !bob) throw new Error("nobody is there");
      await mailferry.must("migration", "add-users", COMPANY, anna.address, bob.address);
      await listMaildrop(mailferry.pop3, loginOf(company, anna), anna.password);
      const text = await refused(mailferry, "migration", "cutover", COMPANY);
      expect(text).toContain(bob.address);
      await listMaildrop(mailferry.pop3, loginOf(company, bob), bob.password);
      await eventually(async () => {
        const { transfers } = await status(mailferry);
        expect(transfers.map(({ state }) => state)).toEqual(["following", "following"]);
      });
    });

    test("it brings the last letter, and every message is here by its hash", async () => {
      const [last] = letters(1, "the last letter");
      const [anna] = before.keys();
      if (!anna || !last) throw new Error("nobody is there");
      await company.place(anna, [last]);
      const told = await mailferry.must("migration", "cutover", COMPANY);
      expect(told).toContain(`${COMPANY} has moved`);
      for (const [person, old] of before) {
        const now = await here(person);
        // The old ones in their order, the welcome, and what came last.
        expect(hashes(now).slice(0, old.count)).toEqual(hashes(old));
        expect(now.uidls.slice(0, old.count)).toEqual(old.uidls);
        expect(now.count).toBe((await oldListing(company, person)).count + 1);
      }
    });

    test("the certificate closes, and what it says is still so", async () => {
      const report = await mailferry.must("migration", "report", COMPANY, "--format", "json");
      const { mailboxes } = JSON.parse(report) as { readonly mailboxes: readonly ReportedMailbox[] };
      expect(mailboxes.map(({ address, closes }) => ({ address, closes }))).toEqual(
        [...before.keys()].map(({ address }) => ({ address, closes: true })),
      );
      let count = 0;
      for (const person of before.keys()) count += (await oldListing(company, person)).count;
      expect(await mailferry.must("migration", "verify", COMPANY)).toContain(String(count));
    });

    test("the old server has what it had, and hears nothing more", async () => {
      for (const [person, old] of before) {
        const now = await oldMaildrop(company, person);
        expect(hashes(now).slice(0, old.count)).toEqual(hashes(old));
        expect(now.uidls.slice(0, old.count)).toEqual(old.uidls);
      }
      expect(await refused(mailferry, "migration", "check", COMPANY, "--wait")).toContain("not migrating");
    });

    test("and back: the next login brings the old password, and late mail with it; then it ends again", async () => {
      const [anna, bob] = [...before.keys()];
      const [late] = letters(1, "after the end");
      if (!anna || !bob || !late) throw new Error("nobody is there");
      await company.place(anna, [late]);
      await mailferry.must("migration", "cutover", COMPANY, "--undo");
      for (const person of [anna, bob]) await here(person);
      await eventually(async () => {
        const { transfers } = await status(mailferry);
        expect(transfers.map(({ state }) => state)).toEqual(["following", "following"]);
      });
      expect((await here(anna)).messages.at(-1)?.content.toString("latin1")).toContain("after the end");
      await mailferry.must("migration", "cutover", COMPANY);
      expect((await here(anna)).count).toBe((await oldListing(company, anna)).count + 1);
      await mailferry.must("domain", "remove", ROUTE);
    });
  },
  300_000,
);
