/** The settings of a domain, in a browser, against a real server and its old server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AliasView } from "#http/aliases";
import type { DomainView } from "#http/domains";
import type { MigrationSettingsView } from "#http/migration-settings";
import { domain } from "../crossing/company.ts";
import { sendMail } from "../old-server/send-mail.ts";
import { Office } from "./office.ts";

let office: Office;
beforeAll(async () => {
  office = await Office.start();
});
afterAll(async () => office?.[Symbol.asyncDispose]());

const page = `#/domain-settings/${domain}`;
const shown = async () => await office.company.command.get<DomainView>(`/domains/${domain}`);
const set = async (unknownUsers: string) =>
  await office.company.command.patch(`/domains/${domain}`, { unknownUsers });
const pipe = `*@${domain}|big-company.old`;

describe("mail for unknown users", () => {
  test("is checked as it is typed, and the consequence is spelled out before it is set", async () => {
    await office.at(page, async (window) => {
      const part = window.getByRole("region", { name: "Mail for unknown users" });
      await part.getByText(/goes to 127\.0\.0\.1:\d+; the recipient stays as it is/).waitFor();
      await part.getByRole("radio", { name: /^Forward/ }).check();
      await part.getByText("Say where it is to go.").waitFor();
      await part.getByLabel("Forward to").fill("nobody");
      await part.getByText("It is no rule").waitFor();
      await part.getByLabel("Forward to").fill(`nobody@${domain}`);
      await part.getByText("would come back to this rule").waitFor();
      expect(await part.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await part.getByLabel("Forward to").fill("office@elsewhere.example");
      await part.getByText("goes to office@elsewhere.example.").waitFor();
      await part.getByRole("button", { name: "Save" }).click();
      await part.getByText("Saved.").waitFor();
    });
    expect(await shown()).toMatchObject({ unknownUsers: "forward office@elsewhere.example" });
    await set(pipe);
  });

  test("that somebody else sets meanwhile is shown beside what was typed", async () => {
    await office.at(page, async (window) => {
      const part = window.getByRole("region", { name: "Mail for unknown users" });
      await part.getByRole("radio", { name: /^Defer/ }).check();
      await set("postmaster");
      await part.getByText("Somebody else changed this meanwhile.").waitFor();
      await part.getByText("Now it is: postmaster").waitFor();
      await part.getByText("You typed: defer").waitFor();
      expect(await part.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await part.getByRole("button", { name: "Go on with mine" }).click();
      await part.getByRole("button", { name: "Save" }).click();
      await part.getByText("Saved.").waitFor();
      expect(await shown()).toMatchObject({ unknownUsers: "defer" });
      await part.getByRole("radio", { name: /^Reject/ }).check();
      await set(pipe);
      await part.getByRole("button", { name: "Leave it as it is now" }).click();
      expect(await part.getByRole("radio", { name: /^Pipe/ }).isChecked()).toBe(true);
    });
  });

  test("stays typed while the server is away, and is saved when it is back", async () => {
    await office.at(page, async (window) => {
      const part = window.getByRole("region", { name: "Mail for unknown users" });
      await part.getByRole("radio", { name: /^Forward/ }).check();
      await part.getByLabel("Forward to").fill("office@elsewhere.example");
      await office.company.kill();
      await window.getByText("The server cannot be reached. This page goes on").first().waitFor();
      await office.company.startServer();
      await window.getByText("The server cannot be reached.").first().waitFor({ state: "detached" });
      expect(await part.getByLabel("Forward to").inputValue()).toBe("office@elsewhere.example");
      await part.getByText("goes to office@elsewhere.example.").waitFor();
      await part.getByRole("button", { name: "Save" }).click();
      await part.getByText("Saved.").waitFor();
    });
    await set(pipe);
  });
});

describe("other names", () => {
  test("are aliases, added and removed, and alias domains", async () => {
    await office.at(page, async (window) => {
      const aliases = window.getByRole("region", { name: "Aliases", exact: true });
      await aliases.getByLabel("Address").fill("sales");
      await aliases.getByLabel("Goes to").fill("anna");
      await aliases.getByRole("button", { name: "Add the alias" }).click();
      await aliases.getByRole("alert").getByText('"anna" is not a mail address').waitFor();
      await aliases.getByLabel("Goes to").fill(`anna@${domain}`);
      await aliases.getByRole("button", { name: "Add the alias" }).click();
      await aliases.getByRole("row", { name: `sales@${domain} anna@${domain}` }).waitFor();
      await aliases.getByRole("button", { name: `Remove sales@${domain}` }).click();
      const dialog = window.getByRole("dialog");
      await dialog.getByText(`Mail for sales@${domain} no longer goes to anna@${domain}`).waitFor();
      await dialog.getByRole("button", { name: "Remove" }).click();
      await aliases.getByText("No aliases.").waitFor();
      const names = window.getByRole("region", { name: "Alias domains" });
      await names.getByLabel("Another name").fill("big-company.net");
      await names.getByRole("button", { name: "Add the name" }).click();
      await names.getByText("big-company.net").waitFor();
    });
    expect(await office.company.command.get<readonly AliasView[]>(`/domains/${domain}/aliases`)).toEqual([]);
  });
});

describe("a remote domain", () => {
  test("is tried, held, and given other hosts", async () => {
    await office.at("#/domain-settings/big-company.old", async (window) => {
      await window.getByRole("button", { name: "Try it now" }).click();
      await window.getByText(/127\.0\.0\.1:\d+ answers in clear text/).waitFor();
      await window.getByRole("radio", { name: "held in the queue" }).check();
      await window.getByRole("button", { name: "Save" }).click();
      await window.getByText("Saved.").waitFor();
    });
    const route = await office.company.command.get<DomainView>("/domains/big-company.old");
    expect(route).toMatchObject({ deliver: "hold", hosts: [{ host: "127.0.0.1" }] });
    await office.company.command.patch("/domains/big-company.old", { deliver: "immediately" });
  });
});

describe("the migration", () => {
  test("has its limits and its message, shown as people will see it", async () => {
    await office.at(page, async (window) => {
      const part = window.getByRole("region", { name: "Migration", exact: true });
      await part.getByLabel("Bandwidth of copying").fill("2 MB/s");
      await part.getByLabel("Text").fill("Subject: Moved <b>here</b>\n\nWelcome.");
      const preview = part.getByRole("region", { name: "As people will see it" });
      await preview.getByText("Subject: Moved <b>here</b>").waitFor();
      await part.getByRole("button", { name: "Save" }).click();
      await part.getByText("Saved.").waitFor();
    });
    const { settings } = await office.company.command.get<MigrationSettingsView>(
      `/migrations/${domain}/settings`,
    );
    expect(settings).toMatchObject({ limits: { bandwidth: "2 MB/s" }, tls: "none" });
    expect(settings?.message).toBe("Subject: Moved <b>here</b>\n\nWelcome.");
  });

  test("is switched off only through the guards, after the numbers were told", async () => {
    const { company } = office;
    await (await company.login("anna", "secret"))[Symbol.asyncDispose]();
    await company.command.patch("/domains/big-company.old", { deliver: "hold" });
    const mail = {
      from: "x@elsewhere.example",
      to: `bob@${domain}`,
      octets: Buffer.from("Subject: x\r\n\r\nx\r\n"),
    };
    expect(await sendMail(company.ports.smtp, mail)).toMatch(/^250/);
    await office.at(page, async (window) => {
      await window.getByRole("button", { name: "Switch the migration off" }).click();
      const dialog = window.getByRole("dialog");
      await dialog.getByText("1 person has come, 1 of them not settled").waitFor();
      await dialog.getByRole("button", { name: "Switch the migration off" }).click();
      await dialog.getByRole("alert").waitFor();
      await dialog.getByLabel("People whose remaining old mail is given up").waitFor();
    });
    const { on } = await office.company.command.get<MigrationSettingsView>(`/migrations/${domain}/settings`);
    expect(on).toBe(true);
    await company.command.patch("/domains/big-company.old", { deliver: "immediately" });
  });
});

test("the settings are sound to look at", async () => {
  await office.expectSoundEverywhere("domain-settings", page, async (window) => {
    await window.getByRole("region", { name: "Programs and DNS" }).getByRole("row").nth(3).waitFor();
    await window.getByLabel("Bandwidth of copying").waitFor();
    await window.getByText(/the recipient stays as it is/).waitFor();
  });
  await office.expectSoundEverywhere(
    "domain-settings-remote",
    "#/domain-settings/big-company.old",
    async (window) => {
      await window.getByRole("button", { name: "Try it now" }).click();
      await window.getByText(/answers in clear text/).waitFor();
    },
  );
});
