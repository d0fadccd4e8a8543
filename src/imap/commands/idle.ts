import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../client.ts";
import { command, nothing } from "../command.ts";
import { enableArguments } from "../grammar/connection.ts";
import { bad, ok } from "../reply.ts";
import type { OpenFolder, Session } from "../session.ts";

const states = ["authenticated", "selected"] as const;

/**
 * IDLE (RFC 2177): news is told as it comes, until the client says DONE. New messages that were told of in passing
 * are told of once more.
 */
export const idle = command({
  name: "IDLE",
  states,
  looksForNews: true,
  capabilities: () => ["IDLE"],
  parse: nothing,
  run: async (session, _, client) => {
    let isOver = false;
    const { open } = session;
    const answer = client.ask("Idling.").finally(() => {
      isOver = true;
      open?.watch.wake();
    });
    // It may fail while nobody awaits it: it is awaited below, or the connection is closed.
    answer.catch(() => undefined);
    if (open?.view.hasArrivals) {
      client.tell(`${open.view.count} EXISTS`);
      await client.flush();
    }
    if (open && !(await tellAll(session, open, client, () => isOver))) return ok("The folder is gone.");
    const word = Buffer.from(await answer).toString("latin1");
    return word.toUpperCase() === "DONE" ? ok("Done.") : bad("DONE was expected.");
  },
});

const pause = 500;

/** Tells news until it is over. @returns false when the folder is gone */
async function tellAll(
  session: Session,
  { view, watch }: OpenFolder,
  client: Client,
  isOver: () => boolean,
): Promise<boolean> {
  for (;;) {
    // DONE may have come while news was being told, when nobody waited to be woken.
    if (isOver()) return true;
    await watch.arrives();
    if (isOver()) return true;
    const before = view.modSeq;
    if (!(await session.tellNews(client, true))) return false;
    const isStuck = watch.announced !== null && view.modSeq === before;
    await client.flush();
    await client.breathe();
    // What could not be read now is tried again, but not at once. What came meanwhile waits for nothing.
    if (isStuck) await sleep(pause);
  }
}

/** ENABLE (RFC 5161) */
export const enable = command({
  name: "ENABLE",
  states,
  capabilities: () => ["ENABLE", "CONDSTORE"],
  parse: enableArguments,
  run: async (session, names, client) => {
    const enabled = names.includes("CONDSTORE") ? ["CONDSTORE"] : [];
    if (enabled.length > 0) session.knowsModSeq = true;
    client.tell(["ENABLED", ...enabled].join(" "));
    return ok("Done.");
  },
});
