/** Everything that the port `migration/people` promises, for any engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, newMailbox, type OpenHarness, plainFiling, staged, value } from "./harness.ts";
import { domain, start, startMigration } from "./ledger-words.ts";

export function peopleContract(open: OpenHarness): void {
  describe("people who may still come", () => {
    let store: Harness;
    const at = (name: string) => `${name}@${domain}`;
    const signal = new AbortController().signal;

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
      await newMailbox(store, "here");
      value(await store.directory.addAlias({ address: at("sales"), target: at("here") }));
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("are expected until they have a home here, or are expected no more", async () => {
      await store.people.expect(domain, [at("zoe"), at("bea"), at("here"), at("sales")], start);
      await store.people.expect(domain, [at("bea"), at("carl")], start + 5);
      await store.reopen();
      expect(await store.people.expected(domain)).toEqual([
        { address: at("bea"), since: start },
        { address: at("carl"), since: start + 5 },
        { address: at("zoe"), since: start },
      ]);
      expect(await store.people.expectNoMore(domain, [at("zoe"), at("nobody")])).toBe(1);
      expect((await store.people.expected(domain)).map(({ address }) => address)).toEqual([
        at("bea"),
        at("carl"),
      ]);
      expect(await store.people.expected("example.org")).toEqual([]);
    });

    it("have an old mailbox of which an administrator told, until they have a home here", async () => {
      const told = [
        { address: at("dora"), octets: 5_000_000_000, lastMail: null },
        { address: at("here"), octets: 1, lastMail: start },
        { address: at("emil"), octets: null, lastMail: start },
      ];
      await store.people.noteOldMaildrops(domain, told);
      await store.people.noteOldMaildrops(domain, [
        { address: at("dora"), octets: null, lastMail: start - 5 },
      ]);
      await store.reopen();
      expect(await store.people.oldMaildrops(domain)).toEqual([
        { address: at("dora"), octets: 5_000_000_000, lastMail: start - 5 },
        { address: at("emil"), octets: null, lastMail: start },
      ]);
      await store.people.expectNoMore(domain, [at("dora"), at("emil")]);
      expect(await store.people.oldMaildrops(domain)).toEqual([]);
    });

    it("have tried to log in so often, last then", async () => {
      await store.people.loginTried(domain, at("otto"), start);
      await store.people.loginTried(domain, at("otto"), start + 9);
      await store.people.loginTried(domain, at("here"), start);
      await store.people.loginTried("nowhere.example", "otto@nowhere.example", start);
      await store.reopen();
      expect(await store.people.triedLogins(domain)).toEqual([
        { address: at("otto"), times: 2, last: start + 9 },
      ]);
      expect(await store.people.triedLogins("nowhere.example")).toEqual([]);
    });

    it("are named in the headers of mail, each message counted once", async () => {
      const mailbox = await newMailbox(store, "reader");
      const letters = [
        `From: Nina <Nina@Big-Company.com>\r\nTo: team@${domain}, "N" <nina@${domain}>\r\n\r\n`,
        `From: x@example.org\r\nCc: "odd \\" one" <"we ird"@${domain}>, here@${domain}\r\n\r\n`,
        `Subject: team@${domain}\r\nTo: ${at("sales")}, someone@notbig-company.com\r\n\r\n`,
        "no header at all",
        `To: team@${domain}\r\n\r\n`,
      ];
      const folders = await store.mail.folders(mailbox);
      const inbox = folders.find(({ name }) => name === "INBOX");
      if (!inbox) throw new Error("there is no INBOX");
      for (const letter of letters) {
        await using content = await staged(store.stage, Buffer.from(letter));
        value(await store.mail.append(inbox.id, content, plainFiling));
      }
      expect(await store.people.namedInHeaders(domain, signal)).toEqual([
        { address: `"we ird"@${domain}`, messages: 1 },
        { address: at("nina"), messages: 1 },
        { address: at("team"), messages: 2 },
      ]);
      expect(await store.people.namedInHeaders("example.org", signal)).toEqual([]);
    });
  });
}
