/** The guide, in a browser: from a server without domains to the first login, against a real old server. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DomainView } from "#http/domains";
import { domain } from "../crossing/company.ts";
import { Office } from "./office.ts";

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  // Back to a fresh server: the guide makes all of it.
  const { command } = office.company;
  await command.post(`/migrations/${domain}/off`, {});
  await command.patch(`/domains/${domain}`, { unknownUsers: "reject" });
  await command.delete(`/domains/${domain}`);
  await command.delete("/domains/big-company.old");
});
afterAll(async () => office?.[Symbol.asyncDispose]());

const step = (page: Page, name: string) => page.getByRole("region", { name });

describe("the guide", () => {
  test("is where a fresh server leads", async () => {
    await office.at("#/", async (page) => {
      await page.getByRole("link", { name: /^The guide leads/ }).click();
      await page.getByRole("heading", { name: "First steps" }).waitFor();
    });
  });

  test("is sound to look at before anything is there", async () => {
    await office.expectSoundEverywhere("guide-begin", "#/guide", async (page) => {
      await page.getByText("0 of 6 steps are done.").waitFor();
      await page.getByLabel("Domain name").waitFor();
    });
  });

  test("makes the domain, and rehearses the move until the old server can be used", async () => {
    await office.at("#/guide", async (page) => {
      await page.getByLabel("Domain name").fill("Big-Company.com");
      await page.getByRole("button", { name: "Add the domain" }).click();
      const old = step(page, "The old server");
      await old.getByRole("textbox", { name: "Old server" }).fill("127.0.0.1");
      await old.getByLabel("Port").fill(String(office.company.oldPop3.port));
      await old.getByLabel("Address of the test login").fill("anna");
      await old.getByRole("textbox", { name: "Its password there" }).fill("secret");
      await old.getByRole("button", { name: "Rehearse" }).click();
      // It offers no TLS: the rehearsal says so, and which option helps.
      await old.getByRole("button", { name: "Take this option over" }).first().click();
      expect(await old.getByLabel("Connection").inputValue()).toBe("clear");
      await old.getByRole("button", { name: "Rehearse again" }).click();
      await old
        .getByRole("row", { name: /anna@big-company\.com anna@big-company\.com 12 messages/ })
        .waitFor();
      await old.getByRole("status").getByText(/^Go/).waitFor();
      // Left and taken up again: nothing that was typed is lost, but the password.
      await page.goto(`${office.base}#/domains`);
      await page.getByRole("row", { name: /big-company\.com/ }).waitFor();
      await page.goto(`${office.base}#/guide`);
      await page.reload();
      expect(await old.getByRole("textbox", { name: "Old server" }).inputValue()).toBe("127.0.0.1");
      expect(await old.getByRole("textbox", { name: "Its password there" }).inputValue()).toBe("");
      await old
        .getByRole("row", { name: /anna@big-company\.com anna@big-company\.com 12 messages/ })
        .waitFor();
      expect(await page.evaluate("JSON.stringify(sessionStorage)")).not.toContain("secret");
      await old.getByRole("button", { name: "Go on" }).click();
      const message = step(page, "The migration message, and begin");
      await message.getByText("Subject: Welcome to your new mail server").waitFor();
      await message.getByLabel("Text").fill("Subject: Moved\n\nAll your mail is here.");
      await message.getByText("Subject: Moved", { exact: true }).first().waitFor();
      await message.getByRole("button", { name: "Switch the migration on" }).click();
      const unknown = step(page, "Mail for those who have not come");
      await unknown.getByLabel("Old server's SMTP").fill(`127.0.0.1:${office.company.oldSmtp.port}`);
      expect(await unknown.getByLabel("Name of the remote domain").inputValue()).toBe("big-company.old");
      await unknown.getByRole("button", { name: "Make the route and pipe" }).click();
      await step(page, "Where programs and DNS point")
        .getByRole("row", { name: /^big-company\.com\. MX/ })
        .waitFor();
    });
    expect(await office.company.command.get<readonly DomainView[]>("/domains")).toMatchObject([
      { name: domain, unknownUsers: `*@${domain}|big-company.old` },
      { name: "big-company.old", hosts: [{ host: "127.0.0.1", port: office.company.oldSmtp.port }] },
    ]);
  });

  test("takes up in another window where the server stands, and shows the first login as it happens", async () => {
    await office.at("#/guide", async (page) => {
      await page.getByText("4 of 6 steps are done.").waitFor();
      await page.getByRole("button", { name: "Skip this step" }).click();
      const watch = step(page, "The first test login");
      await watch.getByText("Waiting for the first login").waitFor();
      await (await office.company.login("anna", "secret"))[Symbol.asyncDispose]();
      await watch.getByText(/anna@big-company\.com logged in over POP3, .* from 127\.0\.0\.1\./).waitFor();
      await watch.getByText("12 of 12 messages here").waitFor();
      await watch.getByRole("link", { name: "Open the move" }).waitFor();
      await page.getByText("5 of 6 steps are done.").waitFor();
      // Each step can be looked at again.
      await page.getByRole("button", { name: /^4\. Mail for those/ }).click();
      await page.getByRole("button", { name: "Try it now" }).click();
      await page.getByText(/answers in clear text/).waitFor();
    });
  });

  test("is sound to look at, with a report of the rehearsal and at its end", async () => {
    await office.expectSoundEverywhere("guide", "#/guide", async (page) => {
      await page.getByText("5 of 6 steps are done.").waitFor();
      await page.getByRole("button", { name: /^6\. The first/ }).click();
      await page.getByText(/logged in over POP3/).waitFor();
    });
    await office.company.command.post("/domains", { kind: "local", name: "big-company.org" });
    await office.expectSoundEverywhere("guide-rehearsal", "#/guide", async (page) => {
      await page.getByLabel("Domain that moves").selectOption("big-company.org");
      const old = step(page, "The old server");
      await old.getByRole("textbox", { name: "Old server" }).fill("127.0.0.1");
      await old.getByLabel("Port").fill(String(office.company.oldPop3.port));
      await old.getByRole("button", { name: "Rehearse" }).click();
      await old.getByRole("button", { name: "Rehearse again" }).waitFor();
      await old.getByText("What to do:").first().waitFor();
    });
  });
});
