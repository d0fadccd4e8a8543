/** A person's own page, in a browser: it begins the move, shows how far it is, and keeps the password. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { say } from "../../web/src/words/my.ts";
import { complaintsOf, expectSound, looks } from "./browser.ts";
import { Office } from "./office.ts";

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel(say.signIn.address).fill("anna@big-company.com");
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

it("tells a wrong password from an old server that cannot tell", async () => {
  await using office = await Office.start();
  const { company, browser } = office;
  await using context = await browser.newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(office.base);
  await page.getByRole("link", { name: "To your own mailbox" }).click();
  await page.getByLabel(say.signIn.address).waitFor();
  await expectSound(page);

  await signIn(page, "wrong");
  await page.getByText("The address or the password is wrong.").waitFor();
  await company.oldPop3[Symbol.asyncDispose]();
  await signIn(page, "secret");
  await page.getByText(/old mail server cannot be asked now/).waitFor({ timeout: 30_000 });
  expect((await company.status()).transfers).toEqual([]);
  expect(complaints).toEqual([]);
});

it("begins the move, shows how far it is, changes the password, and is sound in every look", async () => {
  await using office = await Office.start();
  const { company, browser } = office;
  await using context = await browser.newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(`${office.base}my`);
  await page.getByLabel(say.signIn.address).waitFor();
  await signIn(page, "secret");
  await page.getByText(say.move.states.following).waitFor({ timeout: 30_000 });
  await page.getByText("12 of 12 messages are here.").waitFor();
  const { transfers } = await company.status();
  expect(transfers.map(({ address }) => address)).toEqual(["anna@big-company.com"]);
  await page.getByRole("cell", { name: "this page" }).waitFor();
  await page.getByRole("button", { name: /^Copy: User name/ }).waitFor();

  await page.getByLabel(say.password.old).fill("not it");
  await page.getByLabel(say.password.new).fill("a new password");
  await page.getByRole("button", { name: say.password.button }).click();
  await page.getByText("The address or the password is wrong.").waitFor();
  await page.getByLabel(say.password.old).fill("secret");
  await page.getByRole("button", { name: say.password.button }).click();
  await page.getByText(say.password.doneWhileFollowed).waitFor();
  await (await company.login("anna", "a new password")).quit();
  expect(loaded.some((path) => /^\/assets\/(index|overview|domain)/.test(path))).toBe(false);
  expect(complaints).toEqual([]);

  const state = await context.storageState();
  for (const [look, options] of looks) {
    await using other = await browser.newContext({ ...options, storageState: state });
    const window = await other.newPage();
    await window.goto(`${office.base}my`);
    await window.getByText("12 of 12 messages are here.").waitFor();
    await window.getByRole("cell", { name: "this page" }).waitFor();
    await expectSound(window);
    const { MAILFERRY_SHOTS: folder } = process.env;
    if (folder)
      await window.screenshot({ path: `${folder}/my-${look.replace(", ", "-")}.png`, fullPage: true });
  }
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel(say.signIn.address).waitFor();
});
