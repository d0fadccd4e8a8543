/**
 * A thread of its own with two sessions that do nothing but small commands, one after the other, while somebody else
 * asks for much. It tells what each of them took.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { Endpoint } from "../test/interop/loopback.ts";
import { ImapReader } from "./imap-reader.ts";

/** Milliseconds of each small command, NOOP and FETCH in `reads`, STORE in `writes`. */
export interface Small {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

const pause = 3;
let reads: number[] = [];
let writes: number[] = [];
let isBusy = false;
let isOver = false;

async function keepAsking(into: (milliseconds: number) => void, ...texts: readonly string[]): Promise<void> {
  using reader = await ImapReader.connect(workerData as Endpoint);
  await reader.command("SELECT Small");
  for (let n = 0; !isOver; n++) {
    const { milliseconds } = await reader.command(texts[n % texts.length] ?? "NOOP");
    if (isBusy) into(milliseconds);
    await sleep(pause);
  }
}

const asking = Promise.all([
  keepAsking((one) => reads.push(one), "NOOP", "UID FETCH 1:3 (FLAGS ENVELOPE)"),
  keepAsking((one) => writes.push(one), "UID STORE 1 +FLAGS (\\Seen)", "UID STORE 1 -FLAGS (\\Seen)"),
]);

parentPort?.on("message", (message: "begin" | "end" | "over") => {
  if (message === "over") {
    isOver = true;
    void asking.then(() => parentPort?.close());
    return;
  }
  isBusy = message === "begin";
  const small: Small = { reads, writes };
  if (message === "end") parentPort?.postMessage(small);
  [reads, writes] = [[], []];
});
