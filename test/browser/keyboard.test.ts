/** Everything on every page that does something is reached by the Tab key alone, and seen when it is. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { domain } from "../crossing/company.ts";
import { Office } from "./office.ts";

let office: Office;

beforeAll(async () => {
  office = await Office.start();
  await (await office.company.login("anna", "secret"))[Symbol.asyncDispose]();
});
afterAll(async () => {
  await office?.[Symbol.asyncDispose]();
});

/** Marks what does something, and is no one of a group of radio buttons, of which Tab reaches one. */
const mark = `(() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']")];
  const shown = all.filter((one) => !one.disabled && one.type !== "radio" && one.tabIndex >= 0 && one.checkVisibility());
  shown.forEach((one, at) => one.setAttribute("data-reach", String(at)));
  return shown.length;
})()`;

/** What Tab did not reach, as its text. */
async function unreached(page: Page): Promise<readonly string[]> {
  const count = (await page.evaluate(mark)) as number;
  expect(count).toBeGreaterThan(4);
  for (let n = 0; n < count * 2 + 20; n++) {
    await page.keyboard.press("Tab");
    await page.evaluate('document.activeElement?.setAttribute("data-reached", "")');
  }
  return (await page.evaluate(
    '[...document.querySelectorAll("[data-reach]:not([data-reached])")].map((one) => one.outerHTML.slice(0, 200))',
  )) as string[];
}

test.each([
  ["overview", "#/", "The move"],
  ["guide", "#/guide", "First steps"],
  ["domains", "#/domains", "Domains"],
  ["domain", `#/domain/${domain}`, domain],
  ["mailboxes", `#/mailboxes/${domain}`, "Mailboxes"],
  ["mailbox", `#/mailbox/anna@${domain}`, `anna@${domain}`],
  ["settings of a domain", `#/domain-settings/${domain}`, `Settings of ${domain}`],
  ["cutover", `#/cutover/${domain}`, `Cutover of ${domain}`],
  ["queue", "#/queue", "Queue"],
  ["log", "#/log", "Log"],
  ["settings", "#/settings", "Settings"],
])("%s", async (_, address, title) => {
  await office.at(address, async (page) => {
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    // What is shown later must be there as well.
    await page.waitForTimeout(700);
    expect(await unreached(page)).toEqual([]);
  });
});
