/** What a monitoring program gets from a server in the middle of a move: figures of the real store, over the web. */
import { expect, test } from "vitest";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Company, domain } from "./company.ts";

/** The value of a metric with these labels, in the order in which they are told. */
function told(text: string, name: string, labels: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${name}{${labels}} `));
  return Number(line?.split(" ").at(-1));
}

test("how far a move is, and how its old server does, is told to whoever shows a token", async () => {
  await using company = await Company.start();
  const letters = Array.from({ length: 12 }, (_, n) => letter("anna", `message ${n}`));
  const anna = company.mailboxes.add("anna", "secret");
  for (const one of letters) put(anna, one);
  await (await company.login("anna", "secret"))[Symbol.asyncDispose]();
  await company.copied(1);
  const password = "correct horse battery";
  await company.command.post("/administrators", {
    name: "carol",
    role: "administrator",
    domains: [],
    password,
  });
  const made = { label: "monitoring", mayWrite: false, days: 1 };
  const { token } = await company.command.post<{ readonly token: string }>(
    "/administrators/carol/tokens",
    made,
  );
  const url = `http://127.0.0.1:${company.ports.http}/metrics`;
  expect((await fetch(url)).status).toBe(401);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  const octets = letters.reduce((sum, one) => sum + one.length, 0);
  const ours = `domain="${domain}"`;
  expect(told(text, "mailferry_transfers", `${ours},state="following"`)).toBe(1);
  expect(told(text, "mailferry_transfer_bytes", `${ours},part="listed"`)).toBe(octets);
  expect(told(text, "mailferry_transfer_bytes", `${ours},part="here"`)).toBe(octets);
  expect(told(text, "mailferry_old_server_in_trouble", ours)).toBe(0);
});
