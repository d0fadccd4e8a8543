/** The page of the cutover: what is in the way, the end step by step, its proof, and the way back. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { domain } from "../crossing/company.ts";
import { Office } from "./office.ts";

let office: Office;
const at = `#/cutover/${domain}`;
/** Long enough that both windows are seen on the way. */
const environment = { MAILFERRY_MIGRATION_CUTOVER_QUIET: "4 s" };

beforeAll(async () => {
  office = await Office.start({ environment });
  for (const name of ["anna", "bob"])
    await (await office.company.login(name, "secret"))[Symbol.asyncDispose]();
  await office.company.copied(2);
  await office.company.command.post(`/migrations/${domain}/people`, {
    add: [{ address: `nina@${domain}`, octets: null, lastMail: new Date().toISOString() }],
  });
});
afterAll(() => office?.[Symbol.asyncDispose]());

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog");

test("names what is in the way, and says it in numbers before anything is done", async () => {
  await office.expectSoundEverywhere("cutover-before", at, async (page) => {
    await page.getByText("1 person has not moved, and received mail this week.").first().waitFor();
    await page.getByText(`nina@${domain} is known to the old server`).waitFor();
  });
  await office.at(at, async (page) => {
    await button(page, "Cut over").click();
    await dialog(page).getByText("24 messages are compared").waitFor();
    await dialog(page).getByRole("button", { name: "Cut over" }).click();
    // Nobody was given up: the server refuses, and says who would be lost.
    await dialog(page).getByRole("alert").getByText(`nina@${domain}`).waitFor();
    await page.keyboard.press("Escape");
    await button(page, "Show them").click();
    await page.getByRole("row", { name: new RegExp(`nina@${domain}.*yes`) }).waitFor();
  });
});

test("the end, seen alike from two windows; then back, and to the end again", async () => {
  await office.at(at, async (other) => {
    await office.at(at, async (page) => {
      await page.getByRole("checkbox", { name: `Give up nina@${domain}` }).check();
      await page.getByText("1 person will be given up.").waitFor();
      await button(page, "Cut over").click();
      const sure = dialog(page).getByRole("button", { name: "Cut over" });
      expect(await sure.isDisabled()).toBe(true);
      await dialog(page).getByRole("checkbox", { name: "I give up 1 person by name" }).check();
      await sure.click();
      const bothTell = (what: string) =>
        Promise.all([page, other].map((window) => window.getByText(what).waitFor()));
      await bothTell("The cutover goes on by itself");
      await bothTell("The move is over.");
      await button(page, "Undo the cutover").click();
      await dialog(page).getByText("each comes back when its owner logs in next").waitFor();
      await dialog(page).getByRole("button", { name: "Undo the cutover" }).click();
      await bothTell("It was undone");
    });
  });
  for (const name of ["anna", "bob"])
    await (await office.company.login(name, "secret"))[Symbol.asyncDispose]();
  await office.company.copied(2);
});

test("a certificate is made while the move goes on, and stopped by nothing", async () => {
  await office.at(at, async (page) => {
    await button(page, "Compare now").click();
    await page.getByText("The sum closes: every message").waitFor();
    await button(page, "Read the report").click();
    await page.getByRole("heading", { name: "as it is now: nothing is proved yet" }).waitFor();
  });
});

test("the finished certificate is read, downloaded in four forms, printed and verified again", async () => {
  await office.at(at, async (page) => {
    await page.getByRole("textbox", { name: "Give up by name" }).fill(`nina@${domain}`);
    await button(page, "Cut over").click();
    await dialog(page).getByRole("checkbox").check();
    await dialog(page).getByRole("button", { name: "Cut over" }).click();
    await page.getByText("The move is over.").waitFor();
    await button(page, "Verify again").click();
    await page.getByText("All is as certified: 24 messages verified").waitFor();
    await button(page, "Read the report").click();
    await page.getByRole("row", { name: `anna@${domain} 12 12 0 0 0 closes` }).waitFor();
    for (const [name, holds] of [
      ["Text", "The sum closes"],
      ["HTML", "<!doctype html>"],
      ["JSON", '"mailferry-report-1"'],
      ["CSV", "sha256"],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name, exact: true }).click(),
      ]);
      const pieces: Buffer[] = [];
      for await (const piece of await download.createReadStream()) pieces.push(piece as Buffer);
      expect(Buffer.concat(pieces).toString()).toContain(holds);
    }
    await page.evaluate(
      "window.print = () => { window.printed = document.querySelectorAll('tbody tr').length; }",
    );
    await button(page, "Print").click();
    expect(await page.evaluate("window.printed")).toBeGreaterThanOrEqual(2);
    await page.emulateMedia({ media: "print" });
    expect(await button(page, "Print").isVisible()).toBe(false);
    expect(await page.getByText("The sum closes: every message").isVisible()).toBe(true);
  });
  await office.expectSoundEverywhere("cutover-done", at, async (page) => {
    await button(page, "Read the report").click();
    await page.getByRole("row", { name: `anna@${domain} 12 12 0 0 0 closes` }).waitFor();
  });
});

test("the way to the old server is removed at last", async () => {
  await office.at(at, async (page) => {
    const remove = page.getByRole("main").getByRole("button", { name: "Remove big-company.old" });
    await remove.click();
    await dialog(page).getByRole("button", { name: "Remove big-company.old" }).click();
    await remove.waitFor({ state: "detached" });
  });
});
