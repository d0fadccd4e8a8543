/** A code of a second device, from switching it on to signing in with it, on the pages. */
import jsQr from "jsqr";
import { expect, test } from "vitest";
import { codeOf } from "#http/access/totp";
import { say } from "../../web/src/words/settings.ts";
import { domain } from "../crossing/company.ts";
import { octetsOf } from "../programs/base32.ts";
import { complaintsOf, expectSound } from "./browser.ts";
import { administrator, Office } from "./office.ts";

const { factor } = say;

/** What a camera reads in a QR code that is drawn as squares of one unit. */
function read(path: string | null): string | undefined {
  const squares = [...(path ?? "").matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  const [scale, side] = [4, 4 * (4 + Math.max(...squares.flat()) + 1)];
  const picture = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [x = 0, y = 0] of squares) {
    for (let dy = 0; dy < scale; dy++) {
      const from = ((y * scale + dy) * side + x * scale) * 4;
      for (let at = from; at < from + scale * 4; at += 4) picture.fill(0, at, at + 3);
    }
  }
  const decode = jsQr as unknown as typeof jsQr.default;
  return decode(picture, side, side)?.data;
}

const step = () => Math.floor(Date.now() / 30_000);

test("is there for an administrator of some domains, who sees nothing else of the settings", async () => {
  await using office = await Office.start();
  const password = "a password of their own";
  const account = { name: "dave", role: "domain-administrator", domains: [domain], password };
  await office.company.command.post("/administrators", account);
  await using context = await office.browser.newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(office.base);
  await page.getByLabel("Name").fill("dave");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.getByText(factor.off).waitFor();
  await page.getByRole("button", { name: factor.begin }).click();
  await page.getByText(factor.secret).waitFor();
  expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual([say.account.title]);
  await expectSound(page);
  expect(complaints).toEqual([]);
});

test("is switched on with the first code, and asked for at the next sign-in", async () => {
  await using office = await Office.start();
  let secret: Uint8Array = new Uint8Array();
  await office.at("#/settings", async (page) => {
    await page.getByText(factor.off).waitFor();
    await page.getByRole("button", { name: factor.begin }).click();
    await page.getByText(factor.secret).waitFor();
    secret = octetsOf((await page.locator("code").first().textContent()) ?? "");
    const link = await page.getByRole("link", { name: factor.open }).getAttribute("href");
    expect(
      read(await page.getByRole("img", { name: factor.pictureLabel }).locator("path").getAttribute("d")),
    ).toBe(link);
    await expectSound(page);
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
