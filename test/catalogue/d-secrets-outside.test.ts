/** D14 of the failure catalogue, seen from outside: argument lists, environments and core files of a real process. */
import { globSync, mkdtempDisposableSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "commander";
import { expect, test, vi } from "vitest";
import { adminCommands } from "#cli/admin";
import { aliasCommands } from "#cli/alias";
import { doctorCommand } from "#cli/doctor";
import { domainCommands } from "#cli/domain";
import { mailboxCommands } from "#cli/mailbox";
import { migrationCommands } from "#cli/migration";
import { queueCommands } from "#cli/queue";
import { domain, Mailferry } from "../crossing/mailferry.ts";
import { OldMailboxes } from "../old-server/maildrop.ts";
import { type RunningOldServer, startOldServer } from "../old-server/old-server.ts";
import { settle } from "../old-server/people.ts";
import { Pop3Program } from "../programs/pop3-program.ts";

// Each test starts programs, on machines that may have much else to do.
vi.setConfig({ testTimeout: 120_000 });

const password = "Tr0ub4dor battery 4711";
const anna = `anna@${domain}`;

async function oldServer(): Promise<RunningOldServer> {
  const mailboxes = new OldMailboxes();
  settle(mailboxes, [{ name: "anna", password, mail: 12 }], { domain, newest: Date.UTC(2026, 10, 2) });
  return await startOldServer({ mailboxes, domain });
}

/** Argument lists and environments of everything that runs here, as far as they can be read. */
function processes(): readonly string[] {
  return globSync("/proc/[0-9]*/{cmdline,environ}").flatMap((file) => {
    try {
      return [readFileSync(file, "latin1")];
    } catch {
      return []; // It has ended.
    }
  });
}

test("D14: no password in an argument list or an environment, from the rehearsal to the first login", async () => {
  await using old = await oldServer();
  await using mailferry = await Mailferry.start();
  await mailferry.people();
  const from = ["--from", `pop3://127.0.0.1:${old.pop3.port}`, "--tls", "none"];
  let isOver = false;
  const seen = new Set<string>();
  const watching = (async () => {
    for (; !isOver; await wait(10)) for (const text of processes()) seen.add(text);
  })();
  const rehearsed = await mailferry.run(
    ["migration", "rehearse", domain, "--user", "anna", ...from],
    password,
  );
  const added = await mailferry.run(
    ["mailbox", "add", `bob@${domain}`, "--new", "--password-stdin"],
    password,
  );
  const on = await mailferry.run(["migration", "on", domain, ...from]);
  await using program = await Pop3Program.login(mailferry.ports.pop3, anna, password);
  expect((await program.list()).length).toBe(13);
  isOver = true;
  await watching;
  expect([rehearsed.code, added.code, on.code], rehearsed.stderr + added.stderr + on.stderr).toEqual([
    0, 0, 0,
  ]);
  const all = [...seen].join("\n");
  for (const what of ["rehearse", "--password-stdin", "serve"]) expect(all).toContain(what);
  expect(all).not.toContain(password);
});

test("D14: no option or argument of any command takes a password", () => {
  const every = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(every)];
  const nouns = [
    adminCommands,
    aliasCommands,
    doctorCommand,
    domainCommands,
    mailboxCommands,
    migrationCommands,
    queueCommands,
  ];
  const commands = nouns.flatMap(every);
  expect(commands.length).toBeGreaterThan(30);
  const isSecret = (name: string): boolean => /pass|secret|credential|token/i.test(name);
  const options = commands.flatMap((command) => command.options.filter(({ long }) => isSecret(long ?? "")));
  expect(new Set(options.map(({ long }) => long))).toEqual(new Set(["--password-stdin", "--with-passwords"]));
  expect(options.filter(({ required, optional }) => required || optional)).toEqual([]);
  const taken = commands.flatMap((command) => command.registeredArguments.map((argument) => argument.name()));
  expect(taken.filter(isSecret)).toEqual([]);
});

test("D14: a core file holds no password", async () => {
  await using old = await oldServer();
  using place = mkdtempDisposableSync(join(tmpdir(), "mailferry-core-"));
  const chdir = `data:text/javascript,process.chdir(${encodeURIComponent(JSON.stringify(place.path))})`;
  await using mailferry = await Mailferry.start({
    under: ["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh"],
    nodeOptions: ["--import", chdir],
  });
  await mailferry.people();
  const from = ["--from", `pop3://127.0.0.1:${old.pop3.port}`, "--tls", "none"];
  await mailferry.run(["migration", "on", domain, ...from]);
  const program = await Pop3Program.login(mailferry.ports.pop3, anna, password);
  expect((await program.list()).length).toBe(13);
  const { pid } = mailferry;
  expect(readFileSync(`/proc/${pid}/coredump_filter`, "latin1").trim()).toBe("00000000");
  process.kill(pid, "SIGABRT");
  await expect.poll(() => mailferry.isRunning, { timeout: 60_000 }).toBe(false);
  const pattern = readFileSync("/proc/sys/kernel/core_pattern", "latin1").trim();
  // Elsewhere the system takes the core: what it is given is the same.
  if (/[|/]/.test(pattern))
    return console.warn(`core files go to ${pattern}: only what goes into them is looked at`);
  const [core, ...others] = readdirSync(place.path);
  expect(others).toEqual([]);
  const octets = readFileSync(join(place.path, core ?? "core"));
  expect(octets.includes("ELF")).toBe(true);
  for (const form of [password, Buffer.from(password, "utf16le")]) expect(octets.includes(form)).toBe(false);
});
