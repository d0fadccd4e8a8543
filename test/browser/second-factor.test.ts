/** A code of a second device, from switching it on to signing in with it, on the pages. */
import { expect, test } from "vitest";
import { codeOf } from "#http/access/totp";
import { say } from "../../web/src/words/settings.ts";
import { octetsOf } from "../programs/base32.ts";
import { administrator, Office } from "./office.ts";

const { factor } = say;
const step = () => Math.floor(Date.now() / 30_000);

test("is switched on with the first code, and asked for at the next sign-in", async () => {
  await using office = await Office.start();
  let secret: Uint8Array = new Uint8Array();
  await office.at("#/settings", async (page) => {
    await page.getByText(factor.off).waitFor();
    await page.getByRole("button", { name: factor.begin }).click();
    await page.getByText(factor.secret).waitFor();
    secret = octetsOf((await page.locator("code").first().textContent()) ?? "");
    await page.getByRole("textbox", { name: factor.code }).fill("000 00");
    await page.getByRole("button", { name: factor.confirm }).click();
    await page.getByRole("alert").getByText("This is not the code of the moment").waitFor();
    await page.getByRole("textbox", { name: factor.code }).fill(codeOf(secret, step()));
    await page.getByRole("button", { name: factor.confirm }).click();
    await page.getByText(factor.on(10)).waitFor();
    expect(await page.getByRole("status").locator("code").count()).toBe(10);
  });
  await using context = await office.browser.newContext();
  const page = await context.newPage();
  await page.goto(office.base);
  await page.getByLabel("Name").fill(administrator.name);
  await page.getByRole("textbox", { name: "Password" }).fill(administrator.password);
  await page.keyboard.press("Enter");
  await page.getByLabel("Code").fill(codeOf(secret, step() + 1));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "The move" }).waitFor();
});
