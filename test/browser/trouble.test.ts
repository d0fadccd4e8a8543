/**
 * What happens to people at their pages: the server goes in the middle of a cutover, a session ends over what was
 * typed, two administrators change the same setting, the window is narrow.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccessKeyView } from "#http/access/administrators";
import { domain } from "../crossing/company.ts";
import { expectSound } from "./browser.ts";
import { administrator, Office } from "./office.ts";

let office: Office;
const at = `#/cutover/${domain}`;
const narrow = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

beforeAll(async () => {
  // Long enough to be in the middle of it when the server goes.
  office = await Office.start({ environment: { MAILFERRY_MIGRATION_CUTOVER_QUIET: "6 s" } });
  await everybodyComes();
});
afterAll(() => office?.[Symbol.asyncDispose]());

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog");

async function everybodyComes(): Promise<void> {
  for (const name of ["anna", "bob"])
    await (await office.company.login(name, "secret"))[Symbol.asyncDispose]();
  await office.company.copied(2);
}

test("two administrators change one setting: the later one is told what has changed", async () => {
  const settings = `#/domain-settings/${domain}`;
  const rule = (page: Page, name: RegExp) => page.getByRole("radio", { name });
  await office.at(settings, async (first) => {
    await office.at(settings, async (second) => {
      await rule(second, /^Give it to the postmaster/).check();
      await rule(first, /^Defer/).check();
      await first.getByRole("button", { name: "Save" }).first().click();
      await first.getByText("Saved.").waitFor();
      const told = second.getByRole("alert").filter({ hasText: "Somebody else changed this meanwhile." });
      await told.getByText(/defer/).waitFor();
      expect(await second.getByRole("button", { name: "Save" }).first().isDisabled()).toBe(true);
      // What was typed is not lost: both are shown, and one of them is chosen.
      await told.getByText(/postmaster/).waitFor();
      await told.getByRole("button").first().click();
      expect(await rule(second, /^Defer/).isChecked()).toBe(true);
    });
  });
  const before = { unknownUsers: `*@${domain}|big-company.old` };
  await office.company.command.patch(`/domains/${domain}`, before);
});

/** All sessions and tokens of the administrator are ended by somebody else. */
async function endSessions(): Promise<void> {
  const keys = `/administrators/${administrator.name}/keys`;
  for (const { id } of await office.company.command.get<readonly AccessKeyView[]>(keys))
    await office.company.command.delete(`${keys}/${id}`);
}

test.each([
  ["told by the server", false],
  ["met by a change", true],
])("a session that ends, %s, keeps what was typed, and goes on where it was", async (_, byChange) => {
  await office.at(at, async (page) => {
    const names = page.getByRole("textbox", { name: "Say who will come" });
    await names.fill("nina@big-company.com\nzoe@big-company.com");
    const questions = Promise.withResolvers<void>();
    // What the page asks by itself waits, so that only the change can learn of it.
    if (byChange)
      await page.route("**/api/**", async (route) => {
        if (route.request().method() === "GET") await questions.promise;
        await route.continue();
      });
    await endSessions();
    if (byChange) await button(page, "Expect them").click();
    await page.getByText("Your session has ended.").waitFor();
    questions.resolve();
    await page.getByLabel("Name").fill(administrator.name);
    await page.getByRole("textbox", { name: "Password" }).fill(administrator.password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `Cutover of ${domain}` }).waitFor();
    expect(await names.inputValue()).toBe("nina@big-company.com\nzoe@big-company.com");
    office.signedIn.cookies = (await page.context().storageState()).cookies;
  });
});

test("the server goes in the middle of a cutover: the page says so, and sees it to its end", async () => {
  await office.at(at, async (page) => {
    await button(page, "Cut over").click();
    await dialog(page).getByRole("button", { name: "Cut over" }).click();
    await page.getByText("It waits: the old server puts what it took last").waitFor();
    await office.company.kill();
    await page.getByText("The server cannot be reached.").first().waitFor();
    // What was known stays on the page, and nothing is told that is not known.
    expect(await page.getByText("The cutover goes on by itself").isVisible()).toBe(true);
    await office.company.startServer();
    await page.getByText("The server cannot be reached.").first().waitFor({ state: "detached" });
    await page.getByText("The move is over.").waitFor();
    await page.reload();
    await page.getByText("The move is over.").waitFor();
  });
});

test("all of it in a narrow window: back, and to the end once more", async () => {
  await office.at(
    at,
    async (page) => {
      await page.getByText("The move is over.").waitFor();
      await button(page, "Undo the cutover").tap();
      await expectSound(page);
      await dialog(page).getByRole("button", { name: "Undo the cutover" }).tap();
      await page.getByText("It was undone").waitFor();
      await everybodyComes();
      await page.getByText("Nothing is in the way.").waitFor();
      await button(page, "Cut over").tap();
      await dialog(page).getByText("24 messages are compared").waitFor();
      await expectSound(page);
      await dialog(page).getByRole("button", { name: "Cut over" }).tap();
      await page.getByText("The cutover goes on by itself").waitFor();
      await expectSound(page);
      await page.getByText("The move is over.").waitFor();
      await button(page, "Read the report").tap();
      await page.getByRole("row", { name: `anna@${domain} 12 12 0 0 0 closes` }).waitFor();
      await expectSound(page);
    },
    narrow,
  );
});
