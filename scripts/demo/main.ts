/**
 * The demo: an example old server and Mailferry on free loopback ports with temporary data, and a company's
 * move from one to the other in twelve steps, each checked. Exit code 0 only if everything held.
 * With --keep both go on running in the middle of it, to be followed and finished in a browser.
 */
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../test/programs/free-ports.ts";
import { onTheWay, people, stay } from "./keep.ts";
import { Narrator } from "./narrator.ts";
import { Processes } from "./processes.ts";
import { Stage } from "./stage.ts";
import { finish, firstLogins, lateMail, mailFromOutside, setUp } from "./steps.ts";

const keep = process.argv.includes("--keep");
const narrator = new Narrator();
const data = mkdtempSync(join(tmpdir(), "mailferry-demo-"));
let held = false;
try {
  await using processes = new Processes();
  narrator.say("An example old server starts: POP3 and SMTP, with people and their mail.");
  const old = await processes.startOldServer(keep ? people : null);
  for (const { address, messages } of old.people) narrator.say(`   ${address}: ${messages} messages`);

  narrator.step("Mailferry starts with a configuration of a few lines");
  const [smtp = 0, submission = 0, pop3 = 0, http = 0] = await freePorts(4);
  const config = join(data, "mailferry.toml");
  const lines = [
    'hostname = "mail.big-company.com"',
    'default-domain = "big-company.com"',
    ...Object.entries({ smtp, submission, pop3, http }).map(
      ([name, port]) => `listeners.${name}.address = "127.0.0.1:${port}"`,
    ),
    'migration.sweep-interval = "3 s"',
    'migration.cutover-quiet = "10 s"',
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  narrator.output(lines.join("\n"));
  const log = join(data, "mailferry.log");
  await processes.startMailferry(config, data, openSync(log, "a"));
  const stage = new Stage(narrator, old, data, { smtp, submission, pop3 });
  narrator.check("it answers", true);

  await setUp(stage);
  await firstLogins(stage);
  await mailFromOutside(stage);
  await lateMail(stage);
  if (keep) {
    await onTheWay(stage);
    const link = /Begin at (\S+)/.exec(readFileSync(log, "utf8"))?.[1] ?? "";
    await stay(stage, link, http);
  } else await finish(stage);
  held = narrator.finish();
} catch (error) {
  narrator.check(
    "the demo runs to its end",
    false,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
  narrator.finish();
}
if (held || keep) rmSync(data, { recursive: true, force: true });
else narrator.say(`The log is in ${join(data, "mailferry.log")}.`);
process.exitCode = held ? 0 : 1;
