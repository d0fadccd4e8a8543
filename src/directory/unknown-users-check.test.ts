import { describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import type { Mailbox } from "./directory-store.ts";
import type { Domain, LocalDomain } from "./domain.ts";
import { parseUnknownUsers } from "./unknown-users.ts";
import { checkUnknownUsers } from "./unknown-users-check.ts";

const name = "big-company.com";

/** Anna has a mailbox; big-company.org forwards to bob, whom nobody knows. */
const domains: readonly Domain[] = [
  { kind: "local", name, unknownUsers: { rule: "reject" } },
  { kind: "local", name: "big-company.org", unknownUsers: { rule: "forward", address: `bob@${name}` } },
  { kind: "alias", name: "big-company.net", target: name },
  {
    kind: "remote",
    name: "big-company.old",
    hosts: [{ host: "10.0.0.5", port: 25 }],
    tls: { mode: "none" },
    deliver: "hold",
  },
];
const anna: Mailbox = {
  id: 1 as MailboxId,
  address: `anna@${name}`,
  domain: name,
  admitted: true,
  hasPassword: true,
  quota: null,
  createdAt: 0,
};
const directory = {
  domain: async (wanted: string) => domains.find((one) => one.name === wanted) ?? null,
  mailbox: async (address: string) => (address === anna.address ? anna : null),
  aliasTargets: async () => [],
};

async function check(text: string, leadsToUs = false) {
  const unknownUsers = parseUnknownUsers(text);
  if (unknownUsers === null) throw new Error(`${text} is no rule`);
  const domain: LocalDomain = { kind: "local", name, unknownUsers };
  return await checkUnknownUsers(directory, domain, () => leadsToUs);
}

describe("a rule for unknown users", () => {
  it.each(["reject", "defer", "postmaster", "forward x@elsewhere.example", `forward anna@${name}`])(
    "%s can be set",
    async (text) => expect(await check(text)).toEqual({ problem: null, warnings: [], route: null }),
  );

  it.each([`forward bob@${name}`, "forward bob@big-company.net", "forward eve@big-company.org"])(
    "%s would turn in a circle",
    async (text) => expect((await check(text)).problem).toContain("would come back to this rule"),
  );

  it("tells where a pipe leads", async () => {
    expect(await check(`*@${name}|big-company.old`)).toEqual({
      problem: null,
      warnings: [],
      route: { name: "big-company.old", hosts: [{ host: "10.0.0.5", port: 25 }], deliver: "hold" },
    });
  });

  it("warns of a pipe that leads to this server, and refuses one that leads nowhere", async () => {
    expect((await check(`*@${name}|big-company.old`, true)).warnings[0]).toContain("this server itself");
    expect((await check(`*@${name}|nowhere.example`)).problem).toContain("not a remote domain");
    expect((await check("*@other.example|big-company.old")).problem).toContain("the pipe is for");
  });
});
