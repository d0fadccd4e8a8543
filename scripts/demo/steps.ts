/** The twelve steps of a move, each checked. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { letter } from "../../test/programs/letter.ts";
import { Pop3Program, sha256 } from "../../test/programs/pop3-program.ts";
import { endsWith, type Stage } from "./stage.ts";

const domain = "big-company.com";
const anna = `anna@${domain}`;
const bob = `bob@${domain}`;
const carol = `carol@${domain}`;
const dave = `dave@${domain}`;

/** Steps 2 to 5: the administrator sets everything up. */
export async function setUp(stage: Stage): Promise<void> {
  const { narrator, old } = stage;
  narrator.step("The company's domain");
  await stage.mustWork("domain", "add", domain);
  narrator.step("A route to the old server");
  await stage.mustWork(
    "domain",
    "add",
    "big-company.old",
    "--remote",
    "--host",
    `127.0.0.1:${old.smtp}`,
    "--deliver",
    "immediately",
  );
  narrator.step("Mail for people who have not moved goes there");
  await stage.mustWork("domain", "set", domain, "--unknown-users", `*@${domain}|big-company.old`);
  narrator.step("The migration");
  const message = join(stage.data, "welcome.txt");
  writeFileSync(
    message,
    "Subject: Welcome to the new mail server\n\nYour mail has moved. You need not do anything.\n",
  );
  await stage.mustWork(
    "migration",
    "on",
    domain,
    "--from",
    `pop3://127.0.0.1:${old.pop3}`,
    "--tls",
    "none",
    "--message",
    message,
  );
}

/** Step 6: people connect as they always did. */
export async function firstLogins(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.step("People connect with their usual name and password");
  for (const { address } of stage.old.people) stage.before.set(address, await stage.lookAtOldServer(address));
  {
    await using program = await Pop3Program.login(stage.ports.pop3, anna, stage.passwordOf(anna));
    const listing = await program.list();
    const before = stage.before.get(anna);
    const count = before?.listing.length ?? 0;
    narrator.check(
      `anna's first POP3 login lists all ${count} old messages, with the old numbers and unique-ids`,
      JSON.stringify(listing.slice(0, count)) === JSON.stringify(before?.listing),
    );
    narrator.check("and the migration message after them", listing.length === count + 1);
    const first = await program.retrieve(1);
    narrator.check(
      "her oldest message opens at once, read through from the old server",
      sha256(first) === before?.hashes[0],
    );
  }
  const refused = await Pop3Program.login(stage.ports.pop3, bob, "not his password").then(
    () => "",
    (error: Error) => error.message,
  );
  narrator.check("a wrong password is refused", /^-ERR \[AUTH\]/.test(refused), refused);
  const sent = await stage.send(stage.ports.submission, [anna], letter(anna, "bob writes before he reads"), {
    user: bob,
    pass: stage.passwordOf(bob),
  });
  narrator.check(
    "bob's first login is to send a message, and it is accepted",
    sent.length === 0,
    sent.join(),
  );
  await followCopies(stage);
}

/** Step 7: mail from outside. */
export async function mailFromOutside(stage: Stage): Promise<void> {
  const { narrator, ports, old } = stage;
  narrator.step("Mail from outside finds everybody");
  const text = letter(anna, "one message for both servers");
  const refused = await stage.send(ports.smtp, [anna, carol], text);
  narrator.check(
    "one message to anna (moved) and carol (not yet) is accepted",
    refused.length === 0,
    refused.join(),
  );
  const atAnna = await stage.find(ports.pop3, anna, "one message for both servers");
  narrator.check(
    "anna has it here, once",
    atAnna.length === 1 && atAnna.every((octets) => endsWith(octets, text)),
  );
  const atCarol = await eventually(() => stage.find(old.pop3, carol, "one message for both servers"));
  const [found] = atCarol;
  narrator.check("carol has it on the old server, once", atCarol.length === 1);
  const above = found ? found.subarray(0, found.length - text.length).toString("latin1") : "";
  narrator.check(
    "below the one Received header that was added, every octet is as it was sent",
    found !== undefined &&
      endsWith(found, text) &&
      /^(?:Return-Path: [^\r]*\r\n)?Received: [^\r]*\r\n(?:[ \t][^\r]*\r\n)*$/.test(above),
    above,
  );
  const unknown = await stage.send(ports.smtp, [`nobody@${domain}`], letter("nobody", "for nobody"));
  narrator.check(
    "an address that neither server knows is refused",
    /^550 5\.1\.1|: 550 5\.1\.1/.test(unknown.join()),
    unknown.join(),
  );
}

/** Step 8: mail that still lands on the old server. */
export async function lateMail(stage: Stage): Promise<void> {
  const { narrator, ports, old } = stage;
  narrator.step("Mail that still lands on the old server comes over: Check mailboxes");
  await stage.send(old.smtp, [anna], letter(anna, "landed on the old server"));
  await stage.mustWork("migration", "check", domain, "--wait");
  narrator.check(
    "anna has it here, once",
    (await stage.find(ports.pop3, anna, "landed on the old server")).length === 1,
  );
  await stage.send(old.smtp, [anna], letter(anna, "comes by itself"));
  const arrived = await eventually(() => stage.find(ports.pop3, anna, "comes by itself"));
  narrator.check("the next one comes by itself within a sweep interval (3 s here)", arrived.length === 1);
}

/** Steps 9 to 12: the end. */
export async function finish(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.step("When all are over, unknown users are rejected");
  const early = await stage.command("domain", "set", domain, "--unknown-users", "reject");
  narrator.check(
    "not yet: carol has not come, and the refusal names her",
    early.code === 1 && early.stderr.includes(carol),
  );
  for (const address of [carol, dave]) {
    const here = await stage.lookHere(address);
    const before = await stage.lookAtOldServer(address);
    narrator.check(
      `${address} comes, and finds all ${before.listing.length} messages, octet for octet`,
      JSON.stringify(here.hashes.slice(0, before.hashes.length)) === JSON.stringify(before.hashes),
    );
  }
  await followCopies(stage);
  await stage.mustWork("domain", "set", domain, "--unknown-users", "reject");
  narrator.step("The mailboxes are checked once more");
  await stage.mustWork("migration", "check", domain, "--wait");
  narrator.step("The migration is switched off");
  await stage.mustWork("migration", "off", domain);
  const keys = existsSync(join(stage.data, "keys")) ? readdirSync(join(stage.data, "keys")) : [];
  narrator.check(
    "the key of the old passwords is destroyed",
    keys.every((name) => !name.includes("migration")),
    keys.join(),
  );
  narrator.step("The route is removed, and people go on working");
  await stage.mustWork("domain", "remove", "big-company.old");
  for (const [address, before] of stage.before) {
    const here = await stage.lookHere(address);
    const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
      JSON.stringify(a) === JSON.stringify(b);
    narrator.check(
      `${address}: ${before.listing.length} old messages, numbers, unique-ids and SHA-256 all as before`,
      same(here.listing.slice(0, before.listing.length), before.listing) &&
        same(here.hashes.slice(0, before.hashes.length), before.hashes),
    );
  }
}

/** Watches the background copies until all content is here. */
async function followCopies(stage: Stage): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const { transfers } = await stage.status();
    const here = transfers.reduce((sum, { messagesHere }) => sum + messagesHere, 0);
    const all = transfers.reduce((sum, { messages }) => sum + messages, 0);
    const filled = Math.floor((here / Math.max(1, all)) * 30);
    const line = `[${"█".repeat(filled)}${"░".repeat(30 - filled)}] ${here} of ${all} messages of ${transfers.length} mailboxes are here`;
    if (transfers.length > 0 && transfers.every(({ state }) => state === "following")) {
      stage.narrator.progressEnds(line);
      stage.narrator.check("the background copies are complete", here === all);
      return;
    }
    stage.narrator.progress(line);
    await wait(100);
  }
  stage.narrator.check("the background copies are complete", false, "not within 30 s");
}

/** Asks again until something is found, for at most ten seconds. */
async function eventually<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  for (let tries = 0; tries < 40; tries++) {
    const found = await ask();
    if (found.length > 0) return found;
    await wait(250);
  }
  return [];
}
