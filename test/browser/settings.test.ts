/** The page of settings in a browser: two administrators, their sessions and tokens, and what the file says. */
import { expect, it } from "vitest";
import { say } from "../../web/src/words/settings.ts";
import { Office } from "./office.ts";

it("keeps administrators and tokens, and shows how the server is set", async () => {
  await using office = await Office.start();
  await office.at("#/settings", async (page, context) => {
    await page.getByText(say.server.noCertificate).waitFor();
    await page.getByRole("cell", { name: "also in clear" }).first().waitFor();

    await page.getByRole("button", { name: say.keys.make }).click();
    await page.getByLabel(say.keys.forWhat).fill('<img src=x onerror="alert(1)">');
    await page.getByRole("button", { name: say.keys.button }).click();
    const token = (await page.locator("code").first().textContent()) ?? "";
    expect(token).toMatch(/^[\w-]{43}$/);
    const bearer = { authorization: `Bearer ${token}` };
    const asked = (method: "GET" | "POST") =>
      context.request.fetch(`${office.base}api/domains`, { method, headers: bearer, data: {} });
    expect([(await asked("GET")).status(), (await asked("POST")).status()]).toEqual([200, 403]);
    await page.getByRole("button", { name: /^End the token/ }).click();
    await page.getByText(say.keys.endToken).waitFor();
    await page.getByRole("button", { name: "End", exact: true }).last().click();
    await expect.poll(async () => (await asked("GET")).status(), { timeout: 10_000 }).toBe(401);

    await page.getByRole("button", { name: say.administrators.add }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("dave");
    await page.getByLabel(say.administrators.domains).fill("big-company.com");
    await page
      .getByRole("dialog")
      .locator('input[autocomplete="new-password"]')
      .fill("a long enough password");
    await page.getByRole("dialog").getByRole("button", { name: say.administrators.add }).click();
    await page.getByText("dave may sign in now.").waitFor();
    await page.getByRole("cell", { name: "look after big-company.com" }).waitFor();
  });

  await using dave = await office.browser.newContext();
  const data = { name: "dave", password: "a long enough password" };
  expect((await dave.request.post(`${office.base}api/session`, { data })).status()).toBe(200);
  const seen = async (path: string) => (await dave.request.get(`${office.base}api/${path}`)).status();
  expect([
    await seen("settings"),
    await seen("administrators"),
    await seen("administrators/carol/keys"),
  ]).toEqual([403, 403, 403]);
  const window = await dave.newPage();
  await window.goto(office.base);
  await window.getByRole("link", { name: "Overview" }).waitFor();
  await window.getByRole("link", { name: "Settings" }).click();
  await window.getByText("Codes of a second device").waitFor();
  expect(await window.getByRole("button", { name: "Add an administrator" }).count()).toBe(0);
  await using elsewhere = await office.browser.newContext();
  expect((await elsewhere.request.post(`${office.base}api/session`, { data })).status()).toBe(200);
  await window.getByRole("cell", { name: "session", exact: true }).nth(1).waitFor();
  await window.getByLabel(say.ownPassword.old).fill("another password");
  await window.getByLabel(say.ownPassword.new).fill("a password of my own");
  await window.getByRole("button", { name: say.ownPassword.button }).click();
  await window.getByText("The password until now is another one.").waitFor();
  await window.getByLabel(say.ownPassword.old).fill(data.password);
  await window.getByRole("button", { name: say.ownPassword.button }).click();
  await window.getByText(say.ownPassword.done).waitFor();
  await expect.poll(() => window.getByRole("cell", { name: "session", exact: true }).count()).toBe(1);
  expect((await elsewhere.request.get(`${office.base}api/session`)).status()).toBe(401);

  await office.at("#/settings", async (page) => {
    await page.getByRole("button", { name: "Remove dave" }).click();
    await page.getByText(say.administrators.removeExplain(1, 0)).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("cell", { name: "dave", exact: true }).waitFor({ state: "detached" });
    expect(await seen("session")).toBe(401);
  });
  await office.expectSoundEverywhere("settings", "#/settings", async (page) => {
    await page.getByText(say.server.noCertificate).waitFor();
    await page.getByRole("cell", { name: "session", exact: true }).first().waitFor();
  });
});
