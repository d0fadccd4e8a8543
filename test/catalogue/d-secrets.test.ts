/** D14 of the failure catalogue: where an old password may be found, and where not. */
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Dialogue } from "../programs/dialogue.ts";
import { Doors, patient } from "./doors.ts";
import { domain, type Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

const password = "Tr0ub4dor\u00a7 battery";
const wrong = "Wr0ng horse staple";

/** Forms in which a password may have been written down. */
function forms(secret: string): readonly Buffer[] {
  const octets = Buffer.from(secret);
  const inside = octets.toString("base64").slice(0, -4);
  return [
    octets,
    Buffer.from(secret, "latin1"),
    Buffer.from(secret, "utf16le"),
    Buffer.from(octets.toString("hex")),
    Buffer.from(inside),
    Buffer.from(Buffer.from(`\0anna@${domain}\0${secret}`).toString("base64").slice(0, -4)),
  ];
}

/** Files under a folder that hold a password in any form, by name. */
function holding(data: string, secrets = [password, wrong].flatMap(forms)): readonly string[] {
  const files = globSync("**/*", { cwd: data }).filter((name) => statSync(join(data, name)).isFile());
  expect(files.length).toBeGreaterThan(3);
  return files.filter((name) => {
    const octets = readFileSync(join(data, name));
    return secrets.some((secret) => octets.includes(secret));
  });
}

async function pop3Login(port: number, secret: string): Promise<string> {
  const dialogue = new Dialogue(port);
  await dialogue.line();
  dialogue.say(`USER anna@${domain}\r\n`);
  await dialogue.line();
  dialogue.say(Buffer.from(`PASS ${secret}\r\n`));
  const answer = await dialogue.line();
  dialogue.close();
  return answer;
}

/** What the API answers to every GET it has, whoever and whatever is asked about. */
async function everyAnswer({ command }: Move): Promise<readonly string[]> {
  const { paths } = await command.get<{ paths: Readonly<Record<string, object>> }>("/openapi.json");
  // The stream of events never ends; it names topics, and holds nothing else (http/events).
  const reading = Object.entries(paths)
    .flatMap(([path, methods]) => ("get" in methods ? [path] : []))
    .filter((path) => !path.endsWith("/events"));
  expect(reading.length).toBeGreaterThan(10);
  const anna = `anna@${domain}`;
  const known: Readonly<Record<string, string>> = { "{domain}": domain, "{name}": domain, "{address}": anna };
  return await Promise.all(
    [...reading, "/migrations/{domain}/people?headers=true"].map(async (path) => {
      const asked = path.replace(/^\/api/, "").replace(/\{\w+\}/g, (name) => known[name] ?? "1");
      const answer = await command.get(asked).catch((error: unknown) => String(error));
      return JSON.stringify(answer);
    }),
  );
}

test("D14: no password in log, database, files or answers, from the first login to the cutover's end", async () => {
  await using doors = await Doors.open("", { environment: { MAILFERRY_MIGRATION_CUTOVER_QUIET: "1 s" } });
  const { move } = doors;
  move.anna.password = password;
  expect(await pop3Login(move.pop3, wrong)).toMatch(/^-ERR \[AUTH\]/);
  expect(await pop3Login(move.pop3, password)).toMatch(/^\+OK/);
  await move.copied();
  expect(await pop3Login(move.pop3, wrong)).toMatch(/^-ERR \[AUTH\]/);
  await move.check();
  move.old.select("D13:after=0:times=1");
  await move.check();
  move.old.select("");
  expect(await pop3Login(move.pop3, password)).toMatch(/^\+OK/);
  await move.copied();
  expect(holding(move.data)).toEqual([]);
  // What is not secret is found, in the log and in the database.
  expect(holding(move.data, [Buffer.from(`anna@${domain}`)]).length).toBeGreaterThan(1);
  const keys = (): readonly string[] =>
    globSync("keys/*", { cwd: move.data }).filter((name) => name.includes(domain));
  expect(keys()).toHaveLength(1);
  // What opens them is in its own file alone: a backup without keys/ is no use to anybody.
  const key = readFileSync(join(move.data, keys()[0] ?? ""));
  const written = [key, Buffer.from(key.toString("hex")), Buffer.from(key.toString("base64").slice(0, 40))];
  expect(holding(move.data, written)).toEqual(keys());

  const tellsNothing = async (what: string): Promise<void> => {
    const answers = (await everyAnswer(move)).join("\n");
    expect(answers).toContain(what);
    for (const secret of [password, wrong].flatMap(forms))
      expect(answers.includes(secret.toString())).toBe(false);
  };
  await tellsNothing('"state":"following"');

  await move.command.post(`/migrations/${domain}/cutover`, { giveUp: [] });
  await expect
    .poll(
      async () => {
        move.pass(minutes);
        return await move.command.get<{ state: string }>(`/migrations/${domain}/cutover`);
      },
      { timeout: 15_000 },
    )
    .toMatchObject({ state: "done" });
  await tellsNothing('"state":"done"');
  expect(holding(move.data)).toEqual([]);
  // The key that sealed the old password is gone, too.
  expect(keys()).toEqual([]);
});
