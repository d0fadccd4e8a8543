/** The overview in the middle of a move: how the server is doing, what mail does, and what needs a decision. */
import { afterAll, beforeAll, test } from "vitest";
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

async function send(name: string): Promise<void> {
  using program = await SmtpProgram.connect(office.company.ports.smtp);
  await program.send("friend@example.net", [`${name}@${domain}`], letter(name, "news"));
}

test("tells what mail does as it happens, who is missing, and what is held", async () => {
  await office.at("#/", async (page) => {
    await page.getByText("Nothing needs you now.").waitFor();
    await (await office.company.login("anna", "secret"))[Symbol.asyncDispose]();
    await send("anna");
    await send("bob");
    const row = (kind: string) => page.getByRole("row", { name: new RegExp(`${kind} 1 1$`) });
    await row("delivered here").waitFor();
    await row("piped to the old server").waitFor();
    await page.getByRole("row", { name: "messages in 2 2" }).waitFor();
    await page.getByRole("link", { name: "1 person has not come; 1 got mail this week" }).waitFor();
    await office.company.command.patch("/domains/big-company.old", { deliver: "hold" });
    await send("bob");
    await page.getByText("1 recipient waits to leave").waitFor();
    const [queued] = await office.company.command.get<readonly { readonly id: string }[]>("/queue");
    await office.company.command.post(`/queue/${queued?.id}/hold`);
    await page.getByRole("link", { name: "1 recipient is held in the queue" }).click();
    await page.getByRole("heading", { name: "Queue" }).waitFor();
  });
  await office.expectSoundEverywhere("overview-flow", "#/", async (page) => {
    await page.getByRole("row", { name: "messages in 3 3" }).waitFor();
    await page.getByText("1 of 2 people over.").waitFor();
  });
});
