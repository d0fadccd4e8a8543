/** `mailferry migration rehearse` from the command line to the old server and back. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { RehearsalView } from "#http/rehearsal";
import { OldMailboxes } from "../old-server/maildrop.ts";
import { type RunningOldServer, startOldServer } from "../old-server/old-server.ts";
import { settle } from "../old-server/people.ts";
import { Pop3Program } from "../programs/pop3-program.ts";
import { domain, Mailferry } from "./mailferry.ts";

// Each test starts programs, on machines that may have much else to do.
vi.setConfig({ testTimeout: 120_000 });

const password = "gher#kin 4711";
const anna = `anna@${domain}`;

async function oldServer(scenario: string): Promise<RunningOldServer> {
  const mailboxes = new OldMailboxes();
  settle(mailboxes, [{ name: "anna", password, mail: 12 }], { domain, newest: Date.UTC(2026, 10, 2) });
  return await startOldServer({ mailboxes, domain, scenario });
}

const fromOf = (old: RunningOldServer): string => `pop3://127.0.0.1:${old.pop3.port}`;

test("the password passes, and is nowhere afterwards", async () => {
  await using old = await oldServer("");
  await using mailferry = await Mailferry.start({ environment: { MAILFERRY_LOG_LEVEL: "debug" } });
  await mailferry.people();
  const args = ["migration", "rehearse", domain, "--user", "anna", "--from", fromOf(old), "--tls", "none"];
  const page = await mailferry.run(args, `${password}\n`);
  expect([page.code, page.stdout.split("\n")[0]]).toEqual([
    0,
    `Rehearsal of the move of ${domain} from ${fromOf(old)}: GO`,
  ]);
  expect(page.stderr).toContain("--no-retr");
  const json = await mailferry.run([...args, "--json", "--no-retr"], `${password}\n`);
  expect(json.stderr).toBe("");
  const report = JSON.parse(json.stdout) as RehearsalView;
  expect(report.people).toMatchObject([{ address: anna, loginName: anna, messages: 12 }]);
  expect(report.next).toBe(`mailferry migration on ${domain} --from ${fromOf(old)} --tls none`);
  const everything = [page.stdout, page.stderr, json.stdout, mailferry.log];
  for (const name of readdirSync(mailferry.data, { recursive: true, encoding: "utf8" })) {
    const path = join(mailferry.data, name);
    if (statSync(path).isFile()) everything.push(readFileSync(path, "latin1"));
  }
  expect(everything.filter((text) => text.includes(password))).toEqual([]);
  const api = await mailferry.command.get<{ paths: object }>("/openapi.json");
  expect(Object.keys(api.paths)).toContain("/api/migrations/{domain}/rehearsal");
});

test("what cannot be rehearsed is refused in one clear line", async () => {
  await using mailferry = await Mailferry.start();
  await mailferry.people();
  const refusal = async (args: readonly string[], input = ""): Promise<string> => {
    const { code, stdout, stderr } = await mailferry.run(["migration", "rehearse", ...args], input);
    expect([code, stdout]).toEqual([1, ""]);
    return stderr.trim().split("\n").at(-1) ?? "";
  };
  expect(await refusal(["other.com", "--from", "pop3://10.0.0.5"])).toContain(
    "other.com is not a local domain here: add it first",
  );
  expect(await refusal([domain])).toContain("Name the old server: pop3://");
  expect(await refusal([domain, "--from", "imap://10.0.0.5"])).toContain("name its POP3 service");
  expect(await refusal([domain, "--from", "pop3://10.0.0.5", "--tls", "min=1.0"])).toContain(
    "expected verify",
  );
  expect(await refusal([domain, "--from", "pop3://10.0.0.5", "--user", "anna", "bob"], "one\n")).toContain(
    "2 passwords were expected on standard input, one a line, and 1 came",
  );
  expect(await refusal([domain, "--from", "pop3://10.0.0.5", "--user", "anna@other.com"], "x\n")).toContain(
    "is not an address of big-company.com",
  );
});

test("A18: the one message that an old server took away is kept beside the data", async () => {
  await using old = await oldServer("A18:form=deletes");
  await using mailferry = await Mailferry.start();
  await mailferry.people();
  const args = ["migration", "rehearse", domain, "--user", anna, "--from", fromOf(old), "--tls", "none"];
  const { code, stdout, stderr } = await mailferry.run([...args, "--json"], `${password}\n`);
  expect(code).toBe(1);
  expect(stderr).toContain("stop: 1 of the findings must be mended first");
  expect(old.mailboxes.find("anna")?.messages).toHaveLength(11);
  const [name = ""] = readdirSync(join(mailferry.data, "rehearsal"));
  const kept = join(mailferry.data, "rehearsal", name);
  expect(stdout).toContain(kept);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(readFileSync(kept, "latin1")).toContain("Message-ID:");
});

test("A28: with the options that the rehearsal names, the move begins over TLS 1.0", async () => {
  await using old = await oldServer("A28:form=tls10");
  await using mailferry = await Mailferry.start();
  await mailferry.people();
  const rehearse = ["migration", "rehearse", domain, "--user", "anna", "--from", fromOf(old), "--json"];
  const first = JSON.parse((await mailferry.run(rehearse, `${password}\n`)).stdout) as RehearsalView;
  expect(first.verdict).toBe("stop");
  const tls = first.findings[0]?.settings?.tls ?? "";
  expect(tls).toMatch(/^pin=[0-9a-f]{64},min=1\.0$/);
  const again = await mailferry.run([...rehearse, "--tls", tls], `${password}\n`);
  const second = JSON.parse(again.stdout) as RehearsalView;
  expect([again.code, second.verdict]).toEqual([0, "go"]);
  const on = await mailferry.run(["migration", "on", domain, "--from", fromOf(old), "--tls", tls]);
  expect([on.code, on.stderr]).toEqual([0, ""]);
  await using program = await Pop3Program.login(mailferry.ports.pop3, anna, password);
  expect((await program.list()).length).toBe(13);
  // Without options the running migration's are taken.
  const rest = ["migration", "rehearse", domain, "--user", "anna", "--json"];
  const third = JSON.parse((await mailferry.run(rest, `${password}\n`)).stdout) as RehearsalView;
  expect(third.oldServer).toBe(fromOf(old));
  expect(third.findings.find(({ id }) => id === "tls")?.seen).toContain("TLS 1");
});
