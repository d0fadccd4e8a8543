/**
 * The whole walk-through in a browser, from the link that the server prints to the finished certificate, off a real
 * Dovecot with a real Postfix before it. What an administrator does is done on the pages alone; people log in with
 * their mail programs, and mail comes from outside.
 */
import { readFile } from "node:fs/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ReportView } from "#http/proof-views";
import { letters } from "../interop/letters.ts";
import { listMaildrop } from "../interop/peers/maildrop.ts";
import { complaintsOf, openBrowser, still } from "./browser.ts";
import { domain, type MovingCompany, startMovingCompany } from "./moving-company.ts";

const password = "correct horse battery";
const names = ["anna", "bob", "carol"] as const;
const cleanup = new AsyncDisposableStack();
let company: MovingCompany;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[] = [];
let failed = false;

beforeAll(async () => {
  company = cleanup.use(await startMovingCompany(names));
  browser = await openBrowser();
  cleanup.defer(() => browser.close());
  context = await browser.newContext({ ...still, viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  complaints = complaintsOf(page);
}, 300_000);
afterAll(() => cleanup.disposeAsync());
beforeEach(({ skip, onTestFailed }) => {
  skip(failed, "an earlier step of this move failed");
  onTestFailed(async () => {
    failed = true;
    const { MAILFERRY_SHOTS: folder } = process.env;
    if (folder) await page.screenshot({ path: `${folder}/walk-through-failed.png`, fullPage: true });
    console.error(`--- Mailferry\n${company.mailferry.log().slice(-6000)}`);
  });
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");
const open = (name: string) => page.goto(`${company.base}#/${name}`);
/** A person's mail program checks for mail. */
const checkMail = async (name: string): Promise<void> => {
  const person = company.person(name);
  await listMaildrop(company.mailferry.pop3, person.address, person.password);
};
/** A letter that nobody else has. */
const letterAbout = (about: string): Buffer => letters(1, about)[0] ?? Buffer.alloc(0);

test("the first administrator begins by the link", async () => {
  await page.goto(company.link);
  await page.getByLabel("Name").fill("carol");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await button("Begin").click();
  await button("Sign out").waitFor();
});

test("the guide: the domain, the old server rehearsed, the migration, the pipe", async () => {
  await open("guide");
  await page.getByLabel("Domain name").fill(domain);
  await button("Add the domain").click();
  const anna = company.person("anna");
  await page.getByRole("textbox", { name: "Old server" }).fill(company.old.pop3.host);
  await page.getByLabel("Port").fill(String(company.old.pop3.port));
  await page.getByLabel("Connection").selectOption("clear");
  await page.getByLabel("Address of the test login").fill(anna.address);
  await page.getByRole("textbox", { name: "Its password there" }).fill(anna.password);
  await button("Rehearse").click();
  await page.getByText("What the rehearsal found").waitFor({ timeout: 60_000 });
  await page
    .getByText(/^Go[:,]/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Go on" }).first().click();
  await button("Switch the migration on").click();
  await page.getByLabel("Old server's SMTP").fill(`127.0.0.1:${company.old.exchanger.smtp.port}`);
  await button("Make the route and pipe unknown users there").click();
  await page.getByText("Point people's programs").waitFor();
  await button("Skip this step").click();
  await page.getByText("Nobody has come yet.").waitFor();
});

test("the first test login is seen as it happens, and the mail is here", async () => {
  await checkMail("anna");
  await page.getByText("That is all: people can come.").waitFor();
  await open(`domain/${domain}`);
  await page.getByText(company.person("anna").address).first().waitFor();
});

test("bob comes by his own page: signing in there is his first login", async () => {
  const bob = company.person("bob");
  await using own = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true });
  const window = await own.newPage();
  const told = complaintsOf(window);
  await window.goto(`${company.base}my`);
  await window.getByLabel("Mail address").fill(bob.address);
  await window.getByRole("textbox", { name: "Password" }).fill(bob.password);
  await window.getByRole("button", { name: "Sign in" }).click();
  await window.getByText("You have moved").waitFor({ timeout: 60_000 });
  await window.getByText("30 of 30 messages are here.").waitFor({ timeout: 60_000 });
  expect(told).toEqual([]);
  await page.getByText(bob.address).first().waitFor();
});

test("mail for somebody who has not come is piped to the old server, and the page names her", async () => {
  const [anna, carol] = [company.person("anna"), company.person("carol")];
  await company.sendFromOutside([anna.address, carol.address], letterAbout("to both servers"));
  await expect.poll(async () => (await company.hashesThere(carol)).length, { timeout: 60_000 }).toBe(31);
  await open(`cutover/${domain}`);
  await page.getByText("1 person has not moved, and received mail this week.").waitFor();
  await page.getByText(`${carol.address} is known to the old server`).waitFor();
});

test("what still lands on the old server comes over: Check mailboxes", async () => {
  await company.old.place(company.person("anna"), [letterAbout("landed over there")]);
  await open(`domain/${domain}`);
  await button("Check mailboxes").click();
  await page.getByText("2 mailboxes checked, 1 message found.").waitFor({ timeout: 60_000 });
});

test("the cutover is refused while somebody would be cut off, and names her", async () => {
  await open(`cutover/${domain}`);
  await button("Cut over").click();
  await dialog().getByText("2 mailboxes with 61 messages are compared").waitFor();
  await dialog().getByRole("button", { name: "Cut over" }).click();
  await dialog().getByRole("alert").getByText(company.person("carol").address).waitFor();
  await page.keyboard.press("Escape");
  // Until it is gone it shows what has become of her, too.
  await dialog().waitFor({ state: "detached" });
  await checkMail("carol");
  await page.getByText("Everybody who is known has moved.").waitFor();
  await page.getByText("Nothing is in the way.").waitFor({ timeout: 60_000 });
});

test("cut over; and back from the end: late mail comes with the next login", async () => {
  await cutOver();
  await page.getByText("The sum closes: every message").waitFor();
  await button("Undo the cutover").click();
  await dialog().getByText("each comes back when its owner logs in next").waitFor();
  await dialog().getByRole("button", { name: "Undo the cutover" }).click();
  await page.getByText("It was undone").waitFor();
  await company.old.place(company.person("bob"), [letterAbout("after the end")]);
  for (const name of names) await checkMail(name);
  await page.getByText("Nothing is in the way.").waitFor({ timeout: 60_000 });
});

test("cut over again, and the finished certificate is read, verified and kept", async () => {
  await cutOver();
  await button("Verify again").click();
  await page.getByText(/All is as certified: 93 messages verified/).waitFor();
  await button("Read the report").click();
  for (const [name, count] of [
    ["anna", 31],
    ["bob", 31],
    ["carol", 31],
  ] as const)
    await page
      .getByRole("row", { name: `${company.person(name).address} ${count} ${count} 0 0 0 closes` })
      .waitFor();
  const report = JSON.parse(await downloaded("JSON")) as ReportView;
  expect(report.finished).toBe(true);
  expect(report.certificate?.closes).toBe(true);
  expect(await downloaded("Text")).toContain("The sum closes");
  const rows = await downloaded("CSV");
  for (const name of names)
    for (const hash of await company.hashesThere(company.person(name))) expect(rows).toContain(hash);
});

test("everything on the old server is here, octet for octet", async () => {
  for (const name of names) {
    const person = company.person(name);
    const here = await company.hashesHere(person);
    for (const hash of await company.hashesThere(person)) expect(here).toContain(hash);
  }
});

test("the way to the old server is removed, and no page has complained", async () => {
  await page
    .getByRole("main")
    .getByRole("button", { name: /^Remove / })
    .click();
  await dialog()
    .getByRole("button", { name: /^Remove / })
    .click();
  await page
    .getByRole("main")
    .getByRole("button", { name: /^Remove / })
    .waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});

async function cutOver(): Promise<void> {
  await button("Cut over").click();
  await dialog().getByRole("button", { name: "Cut over" }).click();
  await page.getByText("The move is over.").waitFor({ timeout: 120_000 });
}

/** The report in one of its forms, as the browser keeps it. */
async function downloaded(form: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: form, exact: true }).click(),
  ]);
  return await readFile(await download.path(), "utf8");
}
