/** What an administrator sees of a domain before changing it, and the changes, against a real server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoginsView, RemovalView, RuleCheckView, TriedView } from "#http/domain-checks";
import type { DomainView } from "#http/domains";
import type { MessagePreviewView, MigrationSettingsView } from "#http/migration-settings";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Company, domain } from "./company.ts";

let company: Company;
beforeAll(async () => {
  company = await Company.start();
  put(company.mailboxes.add("anna", "secret"), letter("anna", "hello"));
});
afterAll(async () => company?.[Symbol.asyncDispose]());

const check = async (rule: string) =>
  await company.command.get<RuleCheckView>(
    `/domains/${domain}/unknown-users?rule=${encodeURIComponent(rule)}`,
  );

describe("before a change", () => {
  test("a rule tells where mail would go, and what is wrong with it", async () => {
    const pipe = await check(`*@${domain}|big-company.old`);
    expect(pipe).toMatchObject({ problem: null, warnings: [], missing: 0, missingThisWeek: 0 });
    expect(pipe.route).toMatchObject({ name: "big-company.old", deliver: "immediately" });
    expect((await check("nonsense")).rule).toBeNull();
    expect((await check(`forward nobody@${domain}`)).problem).toContain("come back");
    // Nothing was set.
    const shown = await company.command.get<DomainView>(`/domains/${domain}`);
    expect(shown).toMatchObject({ unknownUsers: `*@${domain}|big-company.old` });
  });

  test("what stands in the way of a removal is counted", async () => {
    const route = await company.command.get<RemovalView>("/domains/big-company.old/removal");
    expect(route).toMatchObject({ pipedFrom: [domain], waiting: 0, mailboxes: 0 });
    expect(await company.command.get<RemovalView>(`/domains/${domain}/removal`)).toMatchObject({
      isMigrating: true,
      pipedFrom: [],
    });
    await expect(company.command.delete("/domains/big-company.old")).rejects.toThrow(/still needs it/);
  });

  test("the servers of a remote domain are tried, without mail", async () => {
    const { servers } = await company.command.post<TriedView>("/domains/big-company.old/test");
    expect(servers).toMatchObject([{ isGood: true, isSecure: false }]);
    await expect(company.command.post(`/domains/${domain}/test`)).rejects.toThrow(/not a remote domain/);
  });
});

describe("a change", () => {
  test("of a route leaves the rest as it was, and this server is found out as its own next hop", async () => {
    const path = "/domains/big-company.old";
    const before = await company.command.get<DomainView>(path);
    await company.command.patch(path, { deliver: "hold" });
    expect(await company.command.get(path)).toEqual({ ...before, deliver: "hold" });
    await company.command.patch(path, { hosts: [{ host: "127.0.0.1", port: company.ports.smtp }] });
    const { servers } = await company.command.post<TriedView>(`${path}/test`);
    expect(servers).toMatchObject([{ isGood: false }]);
    expect((await check(`*@${domain}|big-company.old`)).warnings[0]).toContain("this server itself");
    const { hosts, deliver } = before as Extract<DomainView, { kind: "remote" }>;
    await company.command.patch(path, { hosts, deliver });
    expect(await company.command.get(path)).toEqual(before);
  });

  test.each([
    {},
    { unknownUsers: "reject", deliver: "hold" },
    { deliver: "soon" },
    { unknownUsers: "defer", login: "x" },
  ])("%j is refused", async (change) => {
    await expect(company.command.patch(`/domains/${domain}`, change)).rejects.toThrow();
  });

  test("of a route is not one of a local domain", async () => {
    await expect(company.command.patch(`/domains/${domain}`, { deliver: "hold" })).rejects.toThrow(
      /not a remote domain/,
    );
  });
});

describe("a migration", () => {
  test("shows how it is set, in the words that set it", async () => {
    const path = `/migrations/${domain}`;
    const shown = await company.command.get<MigrationSettingsView>(`${path}/settings`);
    expect(shown.settings).toMatchObject({ tls: "none", message: null, seen: "status", loginAs: null });
    const { settings } = shown;
    if (settings === null) throw new Error("no migration");
    const changed = {
      ...settings,
      message: "Subject: Moved\n\nWelcome.",
      limits: { bandwidth: "1.5 MB/s", connections: "4", copyHours: "22:00-06:00" },
    };
    await company.command.put(path, changed);
    const after = await company.command.get<MigrationSettingsView>(`${path}/settings`);
    expect(after.settings).toEqual({ ...changed, limits: { ...changed.limits, bandwidth: "1536 kB/s" } });
    await company.command.put(path, settings);
    expect(await company.command.get(`${path}/settings`)).toEqual(shown);
  });

  test("shows its message as people will see it, and what is wrong with one", async () => {
    const path = `/migrations/${domain}/message`;
    const builtIn = await company.command.post<MessagePreviewView>(path, { message: null });
    expect(builtIn).toMatchObject({ from: `postmaster@${domain}`, replyTo: null });
    const own = await company.command.post<MessagePreviewView>(path, {
      message: "Subject: Moved\nFrom: IT <it@big-company.com>\n\nWelcome.",
    });
    expect(own).toEqual({
      from: "IT <it@big-company.com>",
      replyTo: null,
      subject: "Moved",
      text: "Welcome.",
    });
    await expect(company.command.post(path, { message: "From: nobody\n\nx" })).rejects.toThrow(/Line 1/);
  });

  test("tells who has logged in, and how", async () => {
    await (await company.login("anna", "secret"))[Symbol.asyncDispose]();
    const [first] = await company.command.get<LoginsView>(`/domains/${domain}/logins`);
    expect(first).toMatchObject({ address: `anna@${domain}`, protocol: "pop3", peer: "127.0.0.1" });
    expect(await company.command.get("/domains/big-company.old/logins")).toEqual([]);
  });
});
