/** What may not be changed behind a cutover's back, and how a remote domain is reached. */
import { expect, test, vi } from "vitest";
import type { CutoverView } from "#http/cutover";
import type { DomainView } from "#http/domains";
import { Company, domain } from "./company.ts";
import { runMailferry } from "./mailferry.ts";

vi.setConfig({ testTimeout: 120_000 });

const path = `/migrations/${domain}/cutover`;
const environment = { MAILFERRY_MIGRATION_CUTOVER_QUIET: "1 h" };

test("while a cutover is under way the rule for unknown users and the route stay as they are", async () => {
  await using company = await Company.start({ environment, sweepInterval: "1 h" });
  company.mailboxes.add("anna", "secret");
  await (await company.login("anna", "secret")).quit();
  const run = (...args: readonly string[]) => runMailferry([...args, "--data", company.data]);
  const rule = async () => {
    const view = await company.command.get<DomainView>(`/domains/${domain}`);
    return view.kind === "local" ? view.unknownUsers : null;
  };
  const before = await rule();
  const route = before?.split("|")[1] ?? "";
  expect(route).not.toBe("");
  await company.command.post(path, {});
  await expect
    .poll(
      async () =>
        (await company.command.get<CutoverView>(path)).steps.find(({ state }) => state === "now")?.step,
      { timeout: 30_000 },
    )
    .toBe("quiet");

  const set = await run("domain", "set", domain, "--unknown-users", before ?? "");
  expect(set.code).toBe(1);
  expect(set.stderr).toContain(
    `A cutover of ${domain} is under way and decides about mail for unknown users`,
  );
  const removed = await run("domain", "remove", route);
  expect(removed.code).toBe(1);
  expect(removed.stderr).toContain(`A cutover of ${domain} is under way and needs ${route}`);
  expect(await rule()).toBe("defer");
  // Others are none of its business.
  const added = await run(
    "domain",
    "add",
    "example.org",
    "--remote",
    "--tls",
    "verify,allow-expired,min=1.0",
  );
  expect(added).toMatchObject({ code: 0, stderr: "" });
  expect(await company.command.get<DomainView>("/domains/example.org")).toMatchObject({
    tls: { mode: "verify", allowExpired: true, minVersion: "1.0" },
  });
  expect((await run("domain", "show", "example.org")).stdout).toContain("TLS verify,allow-expired,min=1.0");
  expect((await run("domain", "add", "b.example", "--remote", "--tls", "none,min=1.0")).stderr).toContain(
    "--tls: found",
  );
  expect((await run("domain", "remove", "example.org")).code).toBe(0);

  expect((await run("migration", "cutover", domain, "--undo")).code).toBe(0);
  expect(await rule()).toBe(before);
  expect((await run("domain", "set", domain, "--unknown-users", "defer")).code).toBe(0);
});
