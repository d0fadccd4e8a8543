/** The pages of mailboxes: all of a domain, looked through; and one, with everything that can be done with it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MailboxView } from "#http/mailboxes";
import { domain } from "../crossing/company.ts";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Office } from "./office.ts";

let office: Office;
const at = (name: string) => `${name}@${domain}`;
const come = async (name: string) =>
  await (await office.company.login(name, "secret"))[Symbol.asyncDispose]();

beforeAll(async () => {
  office = await Office.start();
});
afterAll(async () => {
  await office?.[Symbol.asyncDispose]();
});

describe("the mailboxes of a domain", () => {
  test("say what to do while there are none, and are sound to look at", async () => {
    await office.expectSoundEverywhere("mailboxes-empty", `#/mailboxes/${domain}`, (page) =>
      page.getByText("No mailboxes yet.").waitFor(),
    );
  });

  test("are searched and filtered by the server, and news come by themselves", async () => {
    await office.at(`#/mailboxes/${domain}`, async (page) => {
      await page.getByText("No mailboxes yet.").waitFor();
      await come("anna");
      await page.getByRole("row", { name: /anna@big-company\.com over 12 \/ 12/ }).waitFor();
      await page.getByRole("button", { name: "Add a mailbox" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("carol");
      await page.getByRole("textbox", { name: "Password" }).fill("a new password");
      await page.getByLabel("This person has no old mail").check();
      await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
      await page.getByRole("row", { name: /carol@big-company\.com never moved/ }).waitFor();
      await page.getByRole("searchbox", { name: "Find an address" }).fill("CAR");
      await page.getByText("1 mailbox found").waitFor();
      expect(await page.getByRole("row", { name: /anna/ }).count()).toBe(0);
      await page.getByLabel("Show").selectOption("over");
      await page.getByText("Nobody matches.").waitFor();
      await page.getByRole("searchbox", { name: "Find an address" }).fill("");
      await page.getByRole("link", { name: at("anna") }).click();
      await page.getByRole("heading", { name: at("anna") }).waitFor();
    });
    await office.expectSoundEverywhere("mailboxes", `#/mailboxes/${domain}`, (page) =>
      page.getByRole("row", { name: /carol/ }).waitFor(),
    );
  });

  test("come fifty at a time", async () => {
    for (let n = 1; n <= 60; n++)
      await office.company.command.post("/mailboxes", {
        address: at(`zoe${String(n).padStart(2, "0")}`),
      });
    await office.at(`#/mailboxes/${domain}`, async (page) => {
      await page.getByText("62 mailboxes found").waitFor();
      await page.getByText("1–50 of 62").waitFor();
      await page.getByRole("button", { name: "Later" }).click();
      await page.getByText("51–62 of 62").waitFor();
      await page.getByRole("row", { name: /zoe60/ }).waitFor();
      await page.getByRole("button", { name: "Earlier" }).click();
      await page.getByRole("row", { name: /anna/ }).waitFor();
    });
  });
});

describe("people who do not come", () => {
  test("are brought by an administrator's login there, and what came of each is told", async () => {
    await office.at(`#/mailboxes/${domain}`, async (page) => {
      await page.getByRole("button", { name: "Bring people" }).click();
      await page.getByRole("textbox", { name: "Addresses" }).fill(`bob\nanna@${domain}`);
      await page.getByLabel("Administrator's name there").fill("master");
      await page.getByRole("textbox", { name: "Administrator's password there" }).fill("wrong");
      await page.getByRole("button", { name: "Bring 2 people" }).click();
      await page.getByRole("row", { name: /bob@big-company\.com refused by the old server/ }).waitFor();
      await page.getByRole("row", { name: /anna@big-company\.com was here already/ }).waitFor();
    });
  });
});

describe("one mailbox", () => {
  test("shows its move, what became of each message, and its folders", async () => {
    await office.expectSoundEverywhere("mailbox", `#/mailbox/${at("anna")}`, async (page) => {
      await page.getByText("12 messages of 12 here").waitFor();
      await page.getByRole("row", { name: /message 7 .*copied/ }).waitFor();
      await page.getByRole("row", { name: /INBOX 13/ }).waitFor();
    });
    await office.at(`#/mailbox/${at("anna")}`, async (page) => {
      await page.getByRole("searchbox", { name: "Find a subject" }).fill("no such subject");
      await page.getByText("No message matches.").waitFor();
    });
  });

  test("is paused and goes on, gets a password, a quota, and is removed with its number of messages told", async () => {
    await come("bob");
    await office.at(`#/mailbox/${at("bob")}`, async (page) => {
      await page.getByText("12 messages of 12 here").waitFor();
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Go on", exact: true }).click();
      await page.getByRole("button", { name: "Pause" }).waitFor();
      await page.getByRole("textbox", { name: "New password" }).fill("another one");
      await page.getByRole("button", { name: "Set the password" }).click();
      await page.getByText("The password is set.").waitFor();
      await page.getByLabel("Quota in MB").fill("250");
      await page.getByRole("button", { name: "Set the quota" }).click();
      await page.getByText("of 250 MB").waitFor();
      const path = `/mailboxes/${encodeURIComponent(at("bob"))}`;
      expect((await office.company.command.get<MailboxView>(path)).quota).toBe(250 * 1024 * 1024);
      await page.getByRole("button", { name: "Remove this mailbox" }).click();
      await page.getByRole("dialog").getByText("13 messages").waitFor();
      await page.getByRole("button", { name: "Remove it with its mail" }).click();
      await page.getByRole("heading", { name: "Mailboxes" }).waitFor();
      await expect(office.company.command.get(path)).rejects.toThrow(/no mailbox/);
    });
    await (await office.company.login("anna", "secret"))[Symbol.asyncDispose]();
  });

  test("keeps the quota that somebody else has set meanwhile, until whoever typed another one has seen it", async () => {
    const path = `/mailboxes/${encodeURIComponent(at("anna"))}`;
    const quota = async () => (await office.company.command.get<MailboxView>(path)).quota;
    const other = (megabytes: number) =>
      office.company.command.put(`${path}/quota`, { quota: megabytes * 1024 * 1024 });
    await other(100);
    await office.at(`#/mailbox/${at("anna")}`, async (page) => {
      await page.getByText("of 100 MB").waitFor();
      // What the other did is not yet shown when the button is pressed.
      await page.route(`**/api${path}`, (route) => route.abort());
      await page.getByLabel("Quota in MB").fill("300");
      await other(200);
      await page.getByRole("button", { name: "Set the quota" }).click();
      await page.getByText("Changed: quota.").waitFor();
      expect(await quota()).toBe(200 * 1024 * 1024);
      await page.unroute(`**/api${path}`);
      await page.getByText("Now it is: 200 MB").waitFor();
      await page.getByText("You typed: 300 MB").waitFor();
      await page.getByRole("button", { name: "Go on with mine" }).click();
      await page.getByRole("button", { name: "Set the quota" }).click();
      await page.getByText("of 300 MB").waitFor();
      expect(await quota()).toBe(300 * 1024 * 1024);
    });
  });

  test("goes back to the old server after its numbers were told, and comes again", async () => {
    await office.at(`#/mailbox/${at("anna")}`, async (page) => {
      await page.getByRole("button", { name: "Send back to the old server" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("nothing has to be sent").waitFor();
      await dialog.getByRole("button", { name: "Send back" }).click();
      await page.getByRole("heading", { name: "Back on the old server" }).waitFor();
      await page.getByText("Everything that was sent was found there.").waitFor();
      await page.getByRole("button", { name: "Let them come over again" }).click();
      await page.getByText("The next login here brings them over again.").waitFor();
    });
    const anna = office.company.mailboxes.find("anna");
    if (anna) put(anna, letter("anna", "meanwhile"));
    await come("anna");
    await office.at(`#/mailbox/${at("anna")}`, async (page) => {
      await page.getByText("13 messages of 13 here").waitFor();
    });
  });
});
