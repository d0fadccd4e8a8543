/** Check mailboxes: what each mailbox had is seen as it becomes known, by whoever looks, and whenever. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { domain } from "../crossing/company.ts";
import type { Fault } from "../old-server/faults.ts";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Office } from "./office.ts";

let office: Office;
/** Bob's maildrop answers once this has been resolved. */
let gate = Promise.withResolvers<void>();
beforeAll(async () => {
  gate.resolve();
  const fault: Fault = ({ verb, name }) =>
    verb === "STAT" && name.startsWith("bob") ? { do: "wait", until: gate.promise } : null;
  office = await Office.start({ pop3: { behaviours: [{ fault }] } });
  const { company } = office;
  put(company.mailboxes.add("dave", "secret"), letter("dave", "only one"));
  for (const name of ["anna", "bob", "dave"])
    await (await company.login(name, "secret"))[Symbol.asyncDispose]();
  await company.copied(3);
});
afterAll(async () => {
  gate.resolve();
  await office?.[Symbol.asyncDispose]();
});

test("each mailbox's result arrives by itself, and whoever left finds it again", async () => {
  const { mailboxes } = office.company;
  const anna = mailboxes.find("anna");
  if (anna) put(anna, letter("anna", "landed over there"));
  const dave = mailboxes.find("dave");
  if (dave) dave.password = "changed over there";
  gate = Promise.withResolvers();
  await office.at(`#/domain/${domain}`, async (page) => {
    const row = (name: string) => page.getByRole("row", { name: new RegExp(`^${name}@`) });
    const result = page.getByRole("region", { name: "The last check" });
    await page.getByRole("button", { name: "Check mailboxes" }).click();
    await result
      .getByText("2 of 3 mailboxes checked, 1 message found so far. 1 mailbox with a problem")
      .waitFor();
    const rows = result.getByRole("row");
    const cells = async (at: number) =>
      (await rows.nth(at).getByRole("cell").allInnerTexts()).map((text) => text.trim());
    expect(await cells(1)).toEqual([`dave@${domain}`, "", "", expect.stringContaining("password")]);
    expect(await cells(2)).toEqual([`anna@${domain}`, "13", "1", "Everything is here."]);
    expect(await cells(3)).toEqual([`bob@${domain}`, "", "", "Not done yet"]);
    await result.getByLabel("Show").selectOption({ label: "not done yet (1)" });
    await expect.poll(() => rows.count()).toBe(2);
    expect(await cells(1)).toEqual([`bob@${domain}`, "", "", "Not done yet"]);
    await result.getByLabel("Show").selectOption({ label: "with a problem (1)" });
    await result.getByText(`dave@${domain}`).waitFor();
    await page.getByRole("link", { name: "Mailboxes" }).click();
    await row("anna").first().waitFor();
    await page.goBack();
    await result.getByText("2 of 3 mailboxes checked").waitFor();
    gate.resolve();
    await result.getByText("3 mailboxes checked, 1 message found. 1 mailbox with a problem").waitFor();
    expect(await cells(3)).toEqual([`bob@${domain}`, "12", "0", "Everything is here."]);
  });
});

test("its result is sound to look at", async () => {
  await office.expectSoundEverywhere("check", `#/domain/${domain}`, async (page) => {
    await page.getByText("3 mailboxes checked, 1 message found.").waitFor();
  });
});

test("many mailboxes are looked at fifty at a time", async () => {
  const { company } = office;
  for (let n = 10; n < 70; n++) company.mailboxes.add(`p${n}`, "secret");
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      await (await company.login(`p${n + 10}`, "secret"))[Symbol.asyncDispose]();
    }),
  );
  await office.at(`#/domain/${domain}`, async (page) => {
    const result = page.getByRole("region", { name: "The last check" });
    await page.getByRole("button", { name: "Check mailboxes" }).click();
    await result.getByText("63 mailboxes checked, 0 messages found.").waitFor();
    await result.getByText("1–50 of 63").waitFor();
    expect(await result.getByRole("row").count()).toBe(51);
    await result.getByRole("button", { name: "Later" }).click();
    await result.getByText("51–63 of 63").waitFor();
    await expect.poll(() => result.getByRole("row").count()).toBe(14);
    await result.getByLabel("Show").selectOption({ label: "with a problem (1)" });
    await expect.poll(() => result.getByRole("row").count()).toBe(2);
    await result.getByText(`dave@${domain}`).waitFor();
  });
});
