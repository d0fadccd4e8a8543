import { describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { done } from "#mailbox/problem";
import { addAlias } from "./administration.ts";
import type { Alias, Mailbox } from "./directory-store.ts";

/** Anna is here, Bob is prepared. */
function house() {
  const added: Alias[] = [];
  const mailboxes = new Map([
    ["anna@big-company.com", true],
    ["bob@big-company.com", false],
  ]);
  const directory = {
    mailbox: async (address: string): Promise<Mailbox | null> => {
      const admitted = mailboxes.get(address);
      if (admitted === undefined) return null;
      const domain = "big-company.com";
      return { id: 1 as MailboxId, address, domain, admitted, hasPassword: true, quota: null, createdAt: 0 };
    },
    addAlias: async (alias: Alias) => {
      added.push(alias);
      return done(undefined);
    },
  };
  return { added, directory };
}

describe("an alias", () => {
  it.each(["sales@big-company.com", "bob@big-company.com"])("%s is taken", async (address) => {
    const { directory, added } = house();
    const alias = { address, target: "anna@big-company.com" };
    expect(await addAlias({ directory }, alias)).toEqual({ ok: true, value: undefined });
    expect(added).toEqual([alias]);
  });

  it("that mail would never follow is refused, with the reason", async () => {
    const { directory, added } = house();
    const ofAnna = { address: "anna@big-company.com", target: "bob@big-company.com" };
    expect(await addAlias({ directory }, ofAnna)).toMatchObject({
      ok: false,
      problem: { kind: "exists", text: expect.stringContaining("is a mailbox") },
    });
    const ofItself = { address: "sales@big-company.com", target: "sales@big-company.com" };
    expect(await addAlias({ directory }, ofItself)).toMatchObject({
      ok: false,
      problem: { kind: "invalid", text: expect.stringContaining("itself") },
    });
    expect(added).toEqual([]);
  });
});
