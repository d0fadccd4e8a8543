// Old mail put straight into an mbox file, as a delivery agent would (mboxo: "From " becomes ">From ").
import { appendFile, chmod, chown, readFile, writeFile } from "node:fs/promises";
import { type Owner, withLineFeeds } from "./maildir.ts";

/** Adds messages in order. Messages placed in one call carry equal "From " lines, as mail of one second does. */
export async function placeInMbox(path: string, messages: readonly Buffer[], owner: Owner): Promise<void> {
  const entries = messages.map((message) => {
    const text = withLineFeeds(message).toString("latin1");
    const quoted = text.replaceAll(/^From /gm, ">From ");
    return Buffer.from(
      `From sender@example.com Mon Sep 14 09:30:00 2020\n${withFinalLineFeed(quoted)}\n`,
      "latin1",
    );
  });
  await appendFile(path, Buffer.concat(entries));
  await chown(path, owner.uid, owner.gid);
  await chmod(path, 0o660);
}

/** Removes every message whose octets contain `needle`; returns how many. */
export async function removeFromMbox(path: string, needle: string): Promise<number> {
  const entries = (await readFile(path)).toString("latin1").split(/^(?=From )/m);
  const kept = entries.filter((entry) => !entry.includes(Buffer.from(needle).toString("latin1")));
  await writeFile(path, Buffer.from(kept.join(""), "latin1"));
  return entries.length - kept.length;
}

function withFinalLineFeed(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
