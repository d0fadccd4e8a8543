/**
 * The administrator's pages against a real server in the middle of a move: from the link that the server prints to
 * everybody who has come, in a real browser.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccessKeyView } from "#http/access/administrators";
import { Company, domain } from "../crossing/company.ts";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { complaintsOf, expectSound, looks, openBrowser, still } from "./browser.ts";

const password = "correct horse battery";
let company: Company;
let browser: Browser;
let base: string;
/** The cookies of somebody who is signed in. */
let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;

beforeAll(async () => {
  company = await Company.start();
  for (const name of ["anna", "bob"]) {
    const mailbox = company.mailboxes.add(name, "secret");
    for (let n = 1; n <= 12; n++) put(mailbox, letter(name, `message ${n}`));
  }
  base = `http://127.0.0.1:${company.ports.http}/`;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await company?.[Symbol.asyncDispose]();
});

/** Opens a window, and closes it afterwards; the page must not have complained of anything. */
async function inWindow(
  options: BrowserContextOptions,
  use: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  await using context = await browser.newContext({ ...still, ...options });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await use(page, context);
  expect(complaints).toEqual([]);
}

const nameField = (page: Page) => page.getByLabel("Name");
const passwordField = (page: Page) => page.getByRole("textbox", { name: "Password" });
const heading = (page: Page, name: string) => page.getByRole("heading", { name }).waitFor();

describe("the first administrator", () => {
  test("begins by the link that the server prints, which is good once", async () => {
    const link = /Begin at (\S+)/.exec(company.log)?.[1] ?? "";
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/set-up\/[\w-]{43}$/);
    await inWindow({}, async (page, context) => {
      await page.goto(link);
      await nameField(page).fill("carol");
      await passwordField(page).fill("short");
      await page.getByRole("button", { name: "Begin" }).click();
      // The browser itself asks for more.
      expect(page.url()).toBe(link);
      await expectSound(page);
      await passwordField(page).fill(password);
      await page.getByRole("button", { name: "Begin" }).click();
      await heading(page, "The move");
      expect(page.url()).not.toContain("set-up");
      signedIn = await context.storageState();
      const [cookie] = signedIn.cookies;
      expect(cookie).toMatchObject({ name: "mailferry", httpOnly: true, sameSite: "Strict" });
    });
    await inWindow({}, async (page) => {
      await page.goto(link);
      await nameField(page).fill("mallory");
      await passwordField(page).fill(password);
      await page.getByRole("button", { name: "Begin" }).click();
      await page.getByRole("alert").getByText("This link was used").waitFor();
    });
  });
});

describe("signing in", () => {
  test("keeps the name when the password is wrong, and goes on with the right one, by keyboard alone", async () => {
    await inWindow({}, async (page) => {
      await page.goto(base);
      await nameField(page).fill("carol");
      await passwordField(page).fill("wrong");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
      expect(await nameField(page).inputValue()).toBe("carol");
      await expectSound(page);
      await passwordField(page).fill(password);
      await page.keyboard.press("Enter");
      await heading(page, "The move");
    });
  });
});

describe("the move", () => {
  test("is seen as it happens: who comes, and what Check mailboxes finds", async () => {
    await inWindow({ storageState: signedIn }, async (page) => {
      await page.goto(base);
      await page.getByText("Nobody has come yet.").waitFor();
      await (await company.login("anna", "secret"))[Symbol.asyncDispose]();
      await page.getByText("The only person is over.").waitFor();
      await page.getByRole("link", { name: domain }).click();
      await page.getByRole("row", { name: /anna@big-company\.com over 12 \/ 12/ }).waitFor();
      const anna = company.mailboxes.find("anna");
      if (anna) put(anna, letter("anna", "late"));
      await page.getByRole("button", { name: "Check mailboxes" }).click();
      await page.getByText(/1 mailbox checked, \d+ messages? found\./).waitFor();
      await page.getByRole("link", { name: "Mailboxes" }).click();
      await page.getByRole("searchbox", { name: "Find an address" }).fill("nobody");
      await page.getByText("Nobody matches.").waitFor();
    });
  });

  test.each(looks)("is sound to look at: %s", async (_, look) => {
    await inWindow({ ...look, storageState: signedIn }, async (page) => {
      await page.goto(base);
      await page.getByText("The only person is over.").waitFor();
      await expectSound(page);
      await page.goto(`${base}#/domain/${domain}`);
      await page
        .getByRole("row", { name: /anna@big-company\.com/ })
        .first()
        .waitFor();
      await expectSound(page);
    });
  });

  test("goes on by itself after the server was away", async () => {
    await inWindow({ storageState: signedIn }, async (page) => {
      await page.goto(base);
      await page.getByText("The only person is over.").waitFor();
      await company.kill();
      await page.getByText("The server cannot be reached.").first().waitFor();
      // What was known stays on the page.
      expect(await page.getByText("The only person is over.").count()).toBe(1);
      await company.startServer();
      await page.getByText("The server cannot be reached.").first().waitFor({ state: "detached" });
      await (await company.login("bob", "secret"))[Symbol.asyncDispose]();
      await page.getByText("All 2 people are over.").waitFor();
    });
    expect(company.log.match(/Begin at/g)).toHaveLength(1);
  });

  test("asks to sign in again when the session has ended", async () => {
    await inWindow({ storageState: signedIn }, async (page) => {
      await page.goto(base);
      await heading(page, "The move");
      const keys = await company.command.get<readonly AccessKeyView[]>("/administrators/carol/keys");
      for (const { id } of keys) await company.command.delete(`/administrators/carol/keys/${id}`);
      await page.getByText("Your session has ended.").waitFor();
      await nameField(page).fill("carol");
      await passwordField(page).fill(password);
      await page.keyboard.press("Enter");
      await page.getByText("All 2 people are over.").waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    });
  });
});

test("what the browser loads for all this is less than 300 KB", async () => {
  await inWindow({}, async (page) => {
    const sizes: Promise<number>[] = [];
    page.on("response", (response) =>
      sizes.push(
        response
          .request()
          .sizes()
          .then((all) => all.responseBodySize),
      ),
    );
    await page.goto(base);
    await nameField(page).waitFor();
    const all = await Promise.all(sizes);
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(all.reduce((sum, size) => sum + size, 0)).toBeLessThan(300 * 1024);
  });
});
