/** What waits to leave, and who did what: looked through, and acted on. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { domain } from "../crossing/company.ts";
import { letter } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Office } from "./office.ts";

let office: Office;
beforeAll(async () => {
  office = await Office.start();
});
afterAll(async () => {
  await office?.[Symbol.asyncDispose]();
});

describe("the queue", () => {
  test("says when nothing waits", async () => {
    await office.at("#/queue", (page) => page.getByText("Nothing waits to leave.").waitFor());
  });

  test("shows what waits, holds and drops it, one and all, with numbers told before", async () => {
    await office.company.command.patch("/domains/big-company.old", { deliver: "hold" });
    for (const name of ["anna", "bob", "bob", "bob"]) {
      using program = await SmtpProgram.connect(office.company.ports.smtp);
      await program.send("friend@example.net", [`${name}@${domain}`], letter(name, "waiting"));
    }
    await office.at("#/queue", async (page) => {
      await page.getByText("4 recipients wait").waitFor();
      const anna = page.getByRole("row", { name: /anna@big-company\.com/ });
      await anna.getByRole("button", { name: /Hold/ }).click();
      await anna.getByText("held", { exact: true }).waitFor();
      await page.getByLabel("State").selectOption("held");
      await page.getByText("1 recipient of 1 message found.").waitFor();
      await anna.getByRole("button", { name: /Release/ }).click();
      await page.getByText("Nothing in the queue is like that.").waitFor();
      await page.getByLabel("State").selectOption("");
      await page.getByText("4 recipients of 4 messages found.").waitFor();
      await anna.getByRole("button", { name: /Drop/ }).click();
      await page.getByRole("dialog").getByText("Their senders are not told.").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Drop" }).click();
      await page.getByText("3 recipients of 3 messages found.").waitFor();
    });
    await office.expectSoundEverywhere("queue", "#/queue", (page) =>
      page.getByText("3 recipients wait").waitFor(),
    );
    await office.at("#/queue", async (page) => {
      await page.getByText("3 recipients of 3 messages found.").waitFor();
      await page.getByRole("button", { name: "Drop", exact: true }).first().click();
      await page.getByRole("dialog").getByText("This is done to 3 recipients of 3 messages.").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Drop" }).click();
      await page.getByText("Nothing waits to leave.").waitFor();
    });
  });
});

describe("the log", () => {
  test("shows who did what, the newest first, and what comes while somebody looks on", async () => {
    await office.at("#/log", async (page) => {
      await page
        .getByRole("row", { name: /administrator: carol .*queue-drop/ })
        .first()
        .waitFor();
      await office.company.command.post("/aliases", { address: `sales@${domain}`, target: `anna@${domain}` });
      await page.getByRole("row", { name: /alias-add/ }).waitFor();
      await page.getByLabel("Act, word for word").fill("alias-add");
      await expect.poll(() => page.getByRole("row").count()).toBe(2);
      const file = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download as CSV" }).click();
      expect((await file).suggestedFilename()).toBe("audit.csv");
      await page.getByLabel("Act, word for word").fill("no-such-act");
      await page.getByText("No record is like that.").waitFor();
    });
    await office.expectSoundEverywhere("log", "#/log", (page) =>
      page.getByRole("row", { name: /alias-add/ }).waitFor(),
    );
  });
});
