import { expect, test } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import type { Admissions } from "../admission/admissions.ts";
import type { MailboxReturn } from "./mailbox-return.ts";
import { admissionsOfThoseHere } from "./returned-admissions.ts";

const anna = "anna@big-company.com";

function door(way: Pick<MailboxReturn, "mayCome"> | null) {
  const asked: string[] = [];
  const admissions: Admissions = {
    judge: async () => "judge",
    async admit({ address }) {
      asked.push(address);
      return { answer: "admitted", mailbox: 1 as MailboxId };
    },
    provedHere: () => undefined,
    isUnhashed: async () => false,
  };
  const guarded = admissionsOfThoseHere(admissions, { of: async () => way as MailboxReturn | null });
  const request = {
    address: anna,
    domain: "big-company.com",
    password: Buffer.from("secret"),
    peerAddress: "192.0.2.1",
  };
  return { asked, answer: () => guarded.admit(request) };
}

test("whoever went back is told so, for the moment, and the old server is not asked", async () => {
  const { asked, answer } = door({ mayCome: false });
  expect(await answer()).toEqual({
    answer: "cannot-tell",
    reason: expect.stringContaining("moved back to the old mail server"),
  });
  expect(asked).toEqual([]);
});

test("whoever may come again, or never went, is asked about as ever", async () => {
  for (const way of [{ mayCome: true }, null]) {
    const { asked, answer } = door(way);
    expect(await answer()).toMatchObject({ answer: "admitted" });
    expect(asked).toEqual([anna]);
  }
});
