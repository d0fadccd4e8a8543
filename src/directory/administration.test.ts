import { describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { done } from "#mailbox/problem";
import { addAlias, removeDomain, setUnknownUsers } from "./administration.ts";
import type { Alias, DirectoryStore, Mailbox } from "./directory-store.ts";
import type { Domain } from "./domain.ts";

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

describe("while a cutover is under way", () => {
  const local: Domain = { kind: "local", name: "big-company.com", unknownUsers: { rule: "defer" } };
  const remote: Domain = {
    kind: "remote",
    name: "big-company.old",
    hosts: [],
    tls: { mode: "none" },
    deliver: "hold",
  };

  function deps(underCutover: readonly { domain: string; route: string | null }[]) {
    const kept = new Map<string, Domain>([local, remote].map((domain) => [domain.name, domain]));
    const directory = {
      domain: async (name: string) => kept.get(name) ?? null,
      setDomain: async (domain: Domain) => done(void kept.set(domain.name, domain)),
      removeDomain: async (name: string) => done(void kept.delete(name)),
    } as unknown as DirectoryStore;
    const use = {
      waitingFor: async () => 0,
      missing: async () => [],
      isMigrating: async () => false,
      underCutover: async () => underCutover,
    };
    return { directory, use };
  }

  it("it alone decides about unknown users, and keeps its domains", async () => {
    const house = deps([{ domain: "big-company.com", route: "big-company.old" }]);
    const set = await setUnknownUsers(house, "big-company.com", { rule: "postmaster" });
    expect(set).toMatchObject({
      problem: { kind: "in-use", text: expect.stringContaining("undo it first") },
    });
    for (const name of ["big-company.com", "big-company.old"]) {
      const removed = await removeDomain(house, name);
      expect(removed).toMatchObject({
        problem: { kind: "in-use", text: expect.stringContaining("A cutover of") },
      });
    }
  });

  it("other domains are changed as ever", async () => {
    const house = deps([{ domain: "example.org", route: null }]);
    expect(await setUnknownUsers(house, "big-company.com", { rule: "postmaster" })).toMatchObject({
      ok: true,
    });
    expect(await removeDomain(house, "big-company.old")).toMatchObject({ ok: true });
  });
});
