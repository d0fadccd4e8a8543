import { setTimeout as sleep } from "node:timers/promises";
import type { ImapContestant } from "./imap-contestant.ts";
import { letter } from "./imap-letters.ts";
import { ImapReader } from "./imap-reader.ts";

/** Milliseconds from the sending of an APPEND until EXISTS is at a connection in IDLE. */
export interface Latency {
  readonly middle: number;
  readonly rare: number;
  readonly worst: number;
}

const letters = 10;
/** Between one message and the next, so that nobody still has to do with the one before. */
const pause = 300;
const patience = 60_000;

/** Has so many connections in IDLE on the folder `Watched`, puts messages there, and sees that each hears of each. */
export async function watch(server: ImapContestant, watchers: number): Promise<Latency> {
  using stack = new DisposableStack();
  let sent = 0;
  let left = 0;
  let heard: () => void = () => undefined;
  const delays: number[] = [];
  for (let n = 0; n < watchers; n++) {
    const localAddress = `127.0.0.${2 + Math.floor(n / 250)}`;
    const reader = stack.use(await ImapReader.connect(server.imap, false, localAddress, server.login(n)));
    await reader.command("SELECT Watched");
    await reader.idle();
    // Nothing but a look at the octets: 500 of these must not be what is measured.
    reader.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
      if (!chunk.includes(" EXISTS\r\n")) return;
      delays.push(performance.now() - sent);
      if (--left === 0) heard();
    });
  }
  using sender = await ImapReader.connect(server.imap);
  for (let n = 0; n < letters; n++) {
    await sleep(pause);
    left = watchers;
    const allHeard = new Promise<"heard">((resolve) => {
      heard = () => resolve("heard");
    });
    const octets = letter(n);
    sent = performance.now();
    await sender.command(`APPEND Watched {${octets.length}+}\r\n${octets}`);
    const outcome = await Promise.race([allHeard, sleep(patience, "silence", { ref: false })]);
    if (outcome !== "heard") throw new Error(`${server.name}: ${left} of ${watchers} never heard`);
  }
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { middle: at(0.5), rare: at(0.99), worst: at(1) };
}
