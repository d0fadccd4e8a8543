/** The page of all domains, in a browser, against a real server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DomainView } from "#http/domains";
import { domain } from "../crossing/company.ts";
import { Office } from "./office.ts";

let office: Office;
beforeAll(async () => {
  office = await Office.start();
});
afterAll(async () => office?.[Symbol.asyncDispose]());

const domains = async () => await office.company.command.get<readonly DomainView[]>("/domains");

describe("the domains", () => {
  test("stand in one list with what matters of each", async () => {
    await office.at("#/domains", async (page) => {
      await page.getByRole("row", { name: /big-company\.com Local Mail for unknown users: \*@/ }).waitFor();
      await page
        .getByRole("row", { name: /big-company\.old Remote To 127\.0\.0\.1:\d+, delivered immediately/ })
        .waitFor();
    });
  });

  test("are added in three kinds, by keyboard; what is wrong is told and what was typed stays", async () => {
    await office.at("#/domains", async (page) => {
      await page.getByRole("button", { name: "Add a domain" }).focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("radio", { name: /^A remote domain/ }).check();
      await dialog.getByLabel("Domain name").fill("branch.example");
      await dialog.getByLabel("Delivery hosts").fill("10.0.0.7 25");
      await dialog.getByRole("button", { name: "Add a domain" }).click();
      await dialog.getByRole("alert").getByText('"10.0.0.7 25" is no HOST').waitFor();
      expect(await dialog.getByLabel("Domain name").inputValue()).toBe("branch.example");
      await dialog.getByLabel("Delivery hosts").fill("10.0.0.7:2525\n[::1]:25");
      await page.keyboard.press("Tab");
      await dialog.getByRole("button", { name: "Add a domain" }).click();
      await page.getByRole("row", { name: /branch\.example Remote To 10\.0\.0\.7:2525, ::1:25/ }).waitFor();
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Add a domain" }).click();
      await dialog.getByRole("radio", { name: /^An alias domain/ }).check();
      await dialog.getByLabel("Domain name").fill("Big-Company.net");
      await dialog.getByRole("button", { name: "Add a domain" }).click();
      await page
        .getByRole("row", { name: /big-company\.net Alias Another name for big-company\.com/ })
        .waitFor();
    });
    expect((await domains()).map(({ name }) => name)).toEqual([
      "big-company.com",
      "big-company.net",
      "big-company.old",
      "branch.example",
    ]);
  });

  test("are removed only when nothing would be lost, and what would be is counted before", async () => {
    await office.company.command.post("/aliases", {
      address: `sales@${domain}`,
      target: `anna@${domain}`,
    });
    await office.at("#/domains", async (page) => {
      await page.getByRole("button", { name: `Remove ${domain}` }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("Its migration is on").waitFor();
      await dialog.getByText("1 alias would be lost").waitFor();
      await dialog.getByText("It is the target of big-company.net").waitFor();
      expect(await dialog.getByRole("button", { name: "Remove" }).isDisabled()).toBe(true);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Remove big-company.net" }).click();
      await dialog.getByText("Nothing here depends on it").waitFor();
      await dialog.getByRole("button", { name: "Remove" }).click();
      await page.getByRole("row", { name: /big-company\.net/ }).waitFor({ state: "detached" });
    });
    expect((await domains()).some(({ name }) => name === "big-company.net")).toBe(false);
  });

  test("are sound to look at", async () => {
    await office.expectSoundEverywhere("domains", "#/domains", async (page) => {
      await page.getByRole("row", { name: /^big-company\.old Remote/ }).waitFor();
    });
    await office.expectSoundEverywhere("domains-add", "#/domains", async (page) => {
      await page.getByRole("button", { name: "Add a domain" }).click();
      await page.getByRole("dialog").getByLabel("Domain name").waitFor();
    });
  });
});
