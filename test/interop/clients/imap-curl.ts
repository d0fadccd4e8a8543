// curl speaks IMAP one command a run: a message by URL, everything else with --request. It reads with BODY[], which
// marks as read, and appends as read; and it appends only what is a file, since the size comes first.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../program.ts";
import { makeScratch } from "../scratch.ts";
import type { Account } from "./account.ts";
import { countedFlags, type Deed, type ImapVerbs, type Outcome } from "./imap-verbs.ts";

/** curl; one process and one login for each command. */
export const curlImap: ImapVerbs = async (account, deeds) => {
  const outcomes: Outcome[] = [];
  for (const deed of deeds) outcomes.push(await act(account, deed));
  return outcomes;
};

async function act(account: Account, deed: Deed): Promise<Outcome> {
  const request = async (command: string) =>
    (await curl(account, `/${deed.folder}`, ["--request", command])).toString("latin1");
  switch (deed.do) {
    case "list":
      return { rows: rowsOf(await request("UID FETCH 1:* (UID FLAGS)")) };
    case "fetch": {
      return { octets: await curl(account, `/${deed.folder};UID=${deed.uid}`, []) };
    }
    case "flag":
      await request(`UID STORE ${deed.uid} +FLAGS (${deed.flag})`);
      return {};
    case "move":
      await request(`UID MOVE ${deed.uid} ${deed.to}`);
      return {};
    case "delete":
      await request(`UID STORE ${deed.uid} +FLAGS (\\Deleted)`);
      await request(`UID EXPUNGE ${deed.uid}`);
      return {};
    case "append": {
      await using scratch = await makeScratch("curl");
      const file = join(scratch.path, "message");
      await writeFile(file, deed.octets);
      await curl(account, `/${deed.folder}`, ["--upload-file", file]);
      return {};
    }
  }
}

function rowsOf(printed: string) {
  return [...printed.matchAll(/^\* \d+ FETCH \(UID (\d+) FLAGS \(([^)]*)\)\)/gm)].map(
    ([, uid, flags = ""]) => ({ uid: Number(uid), flags: countedFlags(flags.split(" ")) }),
  );
}

async function curl(account: Account, path: string, more: readonly string[]): Promise<Buffer> {
  const url = `imap://${account.server.host}:${account.server.port}${path}`;
  const login = ["--user", `${account.login}:${account.password}`];
  const done = await run(["curl", "--silent", "--show-error", "--max-time", "60", ...login, ...more, url]);
  if (done.exitCode !== 0) throw new Error(`curl ${more.join(" ")} ${url}: ${done.stderr}`);
  return done.stdout;
}
