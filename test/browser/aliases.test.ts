/** The other addresses of a mailbox, on its page: seen, added, removed, and not over what somebody else did. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { WholeAliasView } from "#http/aliases";
import { domain } from "../crossing/company.ts";
import { Office } from "./office.ts";

let office: Office;
const at = (name: string) => `${name}@${domain}`;
const page = `#/mailbox/${at("anna")}`;
const targets = async (name: string) =>
  (await office.company.command.get<WholeAliasView>(`/aliases/${at(name)}`)).targets;
const add = (name: string, target: string) =>
  office.company.command.post("/aliases", { address: at(name), target: at(target) });

beforeAll(async () => {
  office = await Office.start();
  await (await office.company.login("anna", "secret"))[Symbol.asyncDispose]();
  await office.company.command.post("/domains", {
    ...{ kind: "alias", name: "big-company.net", target: domain },
  });
});
afterAll(async () => office?.[Symbol.asyncDispose]());

test("an address is checked as it is typed, added, and removed after what that does was told", async () => {
  await add("help", "bob");
  await office.at(page, async (window) => {
    const part = window.getByRole("region", { name: "Other addresses" });
    await part.getByText("anna@big-company.net").waitFor();
    const name = part.getByLabel("Another address");
    const button = part.getByRole("button", { name: "Add the address" });
    expect(await button.isDisabled()).toBe(true);
    await name.fill(at("anna"));
    await part.getByRole("alert").getByText("cannot be an alias of itself").waitFor();
    expect(await button.isDisabled()).toBe(true);
    await name.fill("info@elsewhere.example");
    await part.getByRole("alert").getByText("elsewhere.example is no local domain").waitFor();
    await name.fill("not an address");
    await part.getByRole("alert").getByText("is not a mail address").waitFor();
    await name.fill("help");
    await part.getByText(`Mail for ${at("help")} goes to ${at("bob")} already: it will come`).waitFor();
    await name.fill("Sales");
    await part.getByText(`Mail for ${at("sales")} will come here.`).waitFor();
    await name.press("Enter");
    await part.getByText(`Mail for ${at("sales")} comes here now.`).waitFor();
    await part.getByRole("button", { name: `Remove ${at("sales")}` }).click();
    const dialog = window.getByRole("dialog");
    await dialog.getByText(`no longer comes to ${at("anna")}; it is treated as for an unknown`).waitFor();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.waitFor({ state: "detached" });
    await part.getByText(at("sales"), { exact: true }).waitFor({ state: "detached" });
  });
  expect(await targets("sales")).toEqual([]);
});

test("the later of two administrators is told, and sees what is so now", async () => {
  await add("sales", "anna");
  await office.at(page, async (window) => {
    await window.getByRole("button", { name: `Remove ${at("sales")}` }).click();
    const dialog = window.getByRole("dialog");
    await dialog.getByText("it is treated as for an unknown user").waitFor();
    const remove = dialog.getByRole("button", { name: "Remove" });
    // What the other did is not yet shown when the button is pressed.
    const asked = (url: URL) => url.pathname.startsWith("/api/aliases/");
    await window.route(asked, (route) =>
      route.request().method() === "GET" ? route.abort() : route.continue(),
    );
    await add("sales", "bob");
    await remove.click();
    await dialog.getByText("Changed: targets.").waitFor();
    expect(await targets("sales")).toEqual([at("anna"), at("bob")]);
    await window.unroute(asked);
    await dialog.getByText(`it still goes to ${at("bob")}.`).waitFor();
    await remove.click();
    await dialog.waitFor({ state: "detached" });
  });
  expect(await targets("sales")).toEqual([at("bob")]);
});

test("are sound to look at, shared ones and those of an alias domain among them", async () => {
  await add("sales", "anna");
  await add("office", "anna");
  await office.expectSoundEverywhere("mailbox-aliases", page, async (window) => {
    const part = window.getByRole("region", { name: "Other addresses" });
    await part.getByText("goes to 1 other address, too").waitFor();
    await part.getByLabel("Another address").fill("info@elsewhere.example");
    await part.getByRole("alert").waitFor();
  });
});
