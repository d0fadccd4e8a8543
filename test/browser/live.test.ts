/** Pages hear of what happens: they do not ask again and again, and one stream serves a whole window. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { domain } from "../crossing/company.ts";
import { Office } from "./office.ts";

let office: Office;
beforeAll(async () => {
  office = await Office.start();
});
afterAll(async () => await office?.[Symbol.asyncDispose]());

test("a page asks when something has changed, and not otherwise", async () => {
  await office.at("#/domains", async (page) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.getByText(domain).first().waitFor();
    expect(asked.filter((path) => path === "/api/events")).toHaveLength(1);
    // What came in while the page was built is over; then nothing happens, and longer than it would be asked before.
    await page.waitForTimeout(1500);
    asked.length = 0;
    await page.waitForTimeout(5000);
    expect(asked).toEqual([]);
    await office.company.command.post("/domains", { kind: "alias", name: "big-company.net", target: domain });
    await page.getByText("big-company.net").first().waitFor({ timeout: 10_000 });
    expect(asked).toContain("/api/domains");
    expect(asked).not.toContain("/api/events");
  });
});

test("while the stream is refused it asks as before", async () => {
  await office.at("#/domains", async (page) => {
    await page.route("**/api/events", (route) => route.fulfill({ status: 429, body: "" }));
    await page.reload();
    await page.getByText(domain).first().waitFor();
    await office.company.command.post("/domains", { kind: "alias", name: "big-company.org", target: domain });
    await page.getByText("big-company.org").first().waitFor({ timeout: 10_000 });
  });
});
