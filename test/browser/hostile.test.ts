/**
 * Whatever mail, the old server, the other side or a person at a login says is shown as text on every page that shows
 * it: nothing of it runs, no element is made of it, and it fits.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { CertifyingLine } from "#http/proof-views";
import { say as my } from "../../web/src/words/my.ts";
import { domain } from "../crossing/company.ts";
import { put } from "../old-server/maildrop.ts";
import { Dialogue } from "../programs/dialogue.ts";
import { complaintsOf } from "./browser.ts";
import { everything, expectHarmless, inAddress, mark, narrowly, payloads, watch } from "./hostile-mail.ts";
import { administrator, Office } from "./office.ts";

const scratch = mkdtempSync(join(tmpdir(), "mailferry-hostile-"));
const narrow = { viewport: { width: 390, height: 844 }, isMobile: true } as const;
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
const header = (text: string) => Buffer.from(text.replace(/[\r\n\0]/g, " ")).toString("latin1");
/** Whose own page is looked at. */
const person = `${quoted(inAddress)}@${domain}`;
const encoded = (text: string) => `=?utf-8?b?${Buffer.from(text).toString("base64")}?=`;
let office: Office;

beforeAll(async () => {
  office = await Office.start({ pop3: { greeting: `+OK ${header(everything)}` } });
  const { company } = office;
  fillMailboxes();
  // The first message of each kind is never given, so reports name it.
  company.oldPop3.options.fault = ({ verb, argument, name }) =>
    verb === "RETR" && name.startsWith("anna") && Number(argument) > 12 && Number(argument) % 2 === 0
      ? { do: "reply", line: `-ERR ${header(everything)}` }
      : null;
  for (const name of ["anna", "bob"]) await (await company.login(name, "secret"))[Symbol.asyncDispose]();
  await makeFolders();
  await tryLogins();
  await leaveMailWaiting();
  await administrate();
  await nameThem();
});
afterAll(async () => {
  await office?.[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

/** Subjects, senders, dates and unique-ids. */
function fillMailboxes(): void {
  const anna = office.company.mailboxes.find("anna");
  if (!anna) throw new Error("anna is not there");
  let n = 0;
  for (const [name, text] of Object.entries(payloads))
    for (const form of [header, encoded]) {
      const told = form(text);
      const head = `From: ${told} <${name}@example.net>\r\nTo: ${told}\r\nSubject: ${told}\r\nDate: ${told}\r\nMessage-ID: <${n}@x>`;
      put(anna, `${head}\r\n\r\n${header(text)}\r\n`, `${narrowly}${n++}`);
    }
}

async function makeFolders(): Promise<void> {
  const program = new Dialogue(office.company.ports.imap);
  await program.line();
  program.say(`a LOGIN anna@${domain} secret\r\n`);
  await program.until("a OK");
  let n = 0;
  for (const text of [payloads.markup, payloads.attribute, payloads.template, payloads.formula]) {
    const name = text.replace(/[\r\n\0]/g, "").replaceAll("&", "&-");
    program.say(`f${n} CREATE ${quoted(name)}\r\n`);
    await program.until(`f${n++} `);
  }
  program.say("z LOGOUT\r\n");
  await program.until("z OK");
}

/** Names nobody has, with passwords that say something, too. */
async function tryLogins(): Promise<void> {
  for (const name of [`${quoted(inAddress)}@${domain}`, payloads.script, `${narrowly}@${domain}`]) {
    const program = new Dialogue(office.company.ports.pop3);
    await program.line();
    program.say(`USER ${name}\r\n`);
    await program.line();
    program.say(`PASS ${everything}\r\n`);
    await program.line();
    program.say("QUIT\r\n");
  }
}

/** The old server puts off what is piped to it, and says why in its own words. */
async function leaveMailWaiting(): Promise<void> {
  const { company } = office;
  company.mailboxes.add("zoe", "secret");
  company.oldSmtp.options.fault = ({ verb }) =>
    verb === "DATA" ? { do: "reply", line: `451 4.3.0 ${header(everything)}` } : null;
  const program = new Dialogue(company.ports.smtp);
  await program.line();
  const say = async (line: string): Promise<string> => {
    program.say(`${line}\r\n`);
    return await program.line();
  };
  await say(`HELO ${narrowly}`);
  expect(await say(`MAIL FROM:<${quoted(inAddress)}@example.net>`)).toMatch(/^250/);
  expect(await say(`RCPT TO:<zoe@${domain}>`)).toMatch(/^250/);
  expect(await say("DATA")).toMatch(/^354/);
  expect(await say(`Subject: ${header(everything)}\r\n\r\n${header(everything)}\r\n.`)).toMatch(/^250/);
  program.say("QUIT\r\n");
  await vi.waitFor(
    async () => expect(JSON.stringify(await company.command.get("/queue"))).toContain(mark),
    20_000,
  );
}

/** What administrators write themselves, or programs in their name. */
async function administrate(): Promise<void> {
  const { command, oldPop3 } = office.company;
  const move = { from: `pop3://127.0.0.1:${oldPop3.port}`, tls: "none" };
  await command.put(`/migrations/${domain}`, { ...move, message: `Subject: ${everything}\n\n${everything}` });
  const alias = `${quoted(`a ${inAddress}`)}@${domain}`;
  await command.post("/aliases", { address: alias, target: `anna@${domain}` });
  await command.post(`/migrations/${domain}/people`, { add: [`${quoted(`svg ${inAddress}`)}@${domain}`] });
  for await (const line of command.lines<CertifyingLine>(`/migrations/${domain}/certificates`))
    if (line.kind === "certificate") return;
}

/** Administrators, tokens, and the person whose own page is looked at; names as far as they are allowed. */
async function nameThem(): Promise<void> {
  await using context = await office.browser.newContext({ storageState: office.signedIn });
  const { csrfToken } = await (await context.request.get(`${office.base}api/session`)).json();
  const post = async (path: string, data: object) => {
    const headers = { "x-csrf-token": csrfToken };
    const answer = await context.request.post(`${office.base}api/${path}`, { data, headers });
    expect(answer.status(), await answer.text()).toBe(200);
  };
  const password = "a long enough password";
  const longest = { name: `${mark}${"W".repeat(93)}`, password };
  await post("administrators", { ...longest, role: "domain-administrator", domains: ["w".repeat(253)] });
  for (const text of Object.values(payloads))
    await post(`administrators/${administrator.name}/tokens`, {
      ...{ label: text.slice(0, 200), mayWrite: false, days: 9 },
    });
  await office.company.command.post("/mailboxes", { address: person, password, isNew: true });
}

const agent = everything.replace(/[^ -~]/g, "");

describe.each([
  ["wide", {}],
  ["narrow", narrow],
] as const)("in a %s window", (_, look) => {
  test.each([
    ["overview", "#/", null],
    ["domains", "#/domains", null],
    ["the first steps", "#/guide", null],
    ["the move", `#/domain/${domain}`, null],
    ["its settings", `#/domain-settings/${domain}`, mark],
    ["mailboxes", `#/mailboxes/${domain}`, null],
    ["one mailbox", `#/mailbox/anna@${domain}`, mark],
    ["queue", "#/queue", mark],
    ["log", "#/log", mark],
    ["settings", "#/settings", mark],
    ["cutover", `#/cutover/${domain}`, mark],
  ] as const)("%s shows it as text", async (name, at, shown) => {
    await office.at(
      at,
      async (page) => {
        const met = await watch(page);
        await page.reload();
        await page.getByRole("heading", { level: 1 }).waitFor();
        if (shown !== null) await page.getByText(shown).filter({ visible: true }).first().waitFor();
        if (name === "cutover") {
          await page.getByRole("button", { name: "Show them" }).click();
          await page.getByRole("button", { name: "Read the report" }).click();
          await page.getByText("Not taken, unaccounted for").waitFor();
        }
        if (name === "settings") {
          await page.getByRole("button", { name: payloads.template }).click();
          await page.getByRole("dialog").getByText(payloads.template).waitFor();
        }
        await page.waitForTimeout(500);
        await expectHarmless(page, name);
        expect(met).toEqual([]);
      },
      { ...look, userAgent: agent },
    );
  });

  test("a person's own page shows it as text", async () => {
    await using context = await office.browser.newContext({ ...look, userAgent: agent });
    const page = await context.newPage();
    const [met, complaints] = [await watch(page), complaintsOf(page)];
    await page.goto(`${office.base}my`);
    await page.getByLabel(my.signIn.address).fill(person);
    await page.locator('input[autocomplete="current-password"]').fill("a long enough password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(mark).first().waitFor();
    await page.getByRole("cell", { name: my.signIns.protocols.web }).waitFor();
    await expectHarmless(page, "my");
    expect([met, complaints]).toEqual([[], []]);
  });
});

test("a page that took text for markup would be noticed", async () => {
  await using context = await office.browser.newContext();
  const page = await context.newPage();
  for (const text of [payloads.markup, payloads.svg, `<a href="${payloads.link}">`, payloads.long]) {
    await page.setContent(`<p>${text}</p>`);
    await expect(expectHarmless(page, "planted")).rejects.toThrow();
  }
});

test("the page kept of a report shows it as text, wherever it is opened, and a spreadsheet calculates nothing", async () => {
  const path = `${office.base}api/migrations/${domain}/report?certificate=latest&format=`;
  await using context = await office.browser.newContext({ storageState: office.signedIn, ...narrow });
  const html = await (await context.request.get(`${path}html`)).text();
  expect(html).toContain(mark);
  const file = join(scratch, "report.html");
  // Without its own policy, as if a mail program or a viewer took it out.
  writeFileSync(file, html.replace(/<meta http-equiv[^>]*>/, ""));
  const page = await context.newPage();
  const met = await watch(page);
  await page.goto(`file://${file}`);
  await expectHarmless(page, "the report");
  expect(met).toEqual([]);
  const csv = await (await context.request.get(`${path}csv`)).text();
  expect(csv).toContain(mark);
  expect(csv).not.toMatch(/(?:^|,|\n)"?[=+\-@]/);
});
