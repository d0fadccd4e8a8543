/** What is published works where it is installed: compiled, without its sources, with the user's own Node. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { Connection } from "#cli/connection";
import type { ServerView } from "#http/server-info";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "mailferry-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the packed tarball, installed elsewhere, serves", async () => {
  await run(process.execPath, [join(root, "scripts", "run.js"), "build"], { cwd: root });
  await run("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], { cwd: root });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  writeFileSync(join(folder, "package.json"), '{ "name": "elsewhere", "private": true }');
  await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `./${tarball}`], {
    cwd: folder,
  });

  const program = join(folder, "node_modules", "mailferry", "bin", "mailferry.js");
  const data = join(folder, "data");
  const mailferry = (...args: string[]) => run(process.execPath, [program, ...args], { cwd: folder });
  const listen = ["smtp", "submission", "pop3", "http"].map((name) => `${name}=127.0.0.1:0`);
  const server = spawn(process.execPath, [program, "serve", "--data", data, "--listen", ...listen], {
    cwd: folder,
    stdio: "ignore",
  });
  try {
    for (let tries = 0; ; tries++) {
      const answered = await mailferry("domain", "add", "big-company.com", "--data", data).then(
        () => true,
        () => false,
      );
      if (answered) break;
      if (tries === 50 || server.exitCode !== null) throw new Error("the installed package does not serve");
      await wait(100);
    }
    const { stdout } = await mailferry("domain", "list", "--json", "--data", data);
    const { listeners } = await new Connection(data).get<ServerView>("/server");
    const page = await fetch(`http://127.0.0.1:${listeners.find(({ name }) => name === "http")?.port}/`);
    expect(await page.text()).toContain('<div id="root">');
    expect(JSON.parse(stdout)).toEqual([{ kind: "local", name: "big-company.com", unknownUsers: "reject" }]);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
  expect(server.exitCode).toBe(0);
}, 120_000);
