/** What has changed, as a stream of server-sent events that goes on where it was broken off. */
import type { LiveEvents } from "./live-events.ts";
import type { Onlooker } from "./onlooker.ts";

/** Milliseconds: a comment so often shows both sides that the other is there, and that the session holds. */
const heartbeat = 15_000;
const encoder = new TextEncoder();

/**
 * The stream of one onlooker. It begins with `reset` (ask for everything) unless `lastId` is of this start of the
 * server and everything since is known; then what was missed comes first. It ends with the session.
 * @param lastId as an event before told it; "" for none
 * @param over called once when it has ended, whoever ended it
 */
export function eventStream(
  hub: LiveEvents,
  onlooker: Onlooker,
  lastId: string,
  over: () => void,
): ReadableStream<Uint8Array> {
  const [epoch, number] = lastId.split("-");
  /** Null: a reset is owed. */
  let at: number | null = epoch === hub.epoch && /^\d{1,15}$/.test(number ?? "") ? Number(number) : null;
  let isOver = false;
  let stop = (): void => {};
  let send = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string): void => controller.enqueue(encoder.encode(text));
        const listening = hub.listen(() => send());
        const beat = setInterval(() => {
          write(": still here\n\n");
          void look();
        }, heartbeat);
        stop = () => {
          if (isOver) return;
          isOver = true;
          clearInterval(beat);
          listening[Symbol.dispose]();
          over();
        };
        const end = (): void => {
          if (isOver) return;
          stop();
          controller.close();
        };
        const look = async (): Promise<void> => {
          const holds = await onlooker.isStillThere().catch(() => true);
          if (!holds) end();
        };
        send = (): void => {
          if (hub.isClosed) {
            end();
            return;
          }
          // Who reads slowly gets more at once, later: nothing gathers here.
          if ((controller.desiredSize ?? 0) <= 0) return;
          const events = at === null ? null : hub.since(at);
          if (events === null) write(`id: ${hub.epoch}-${hub.last}\nevent: reset\ndata: {}\n\n`);
          at = hub.last;
          const all = events?.some(({ topics }) => topics === null);
          const topics = [...new Set(events?.flatMap((event) => [...(event.topics ?? [])]))];
          if (topics.includes("administrators")) void look();
          const seen = topics.filter(onlooker.maySee);
          const id = `id: ${hub.epoch}-${hub.last}`;
          if (all) write(`${id}\nevent: reset\ndata: {}\n\n`);
          else if (seen.length > 0)
            write(`${id}\nevent: changed\ndata: ${JSON.stringify({ topics: seen })}\n\n`);
        };
        write("retry: 1000\n\n");
        send();
      },
      pull: () => send(),
      cancel: () => stop(),
    },
    // Octets that wait for a reader; what comes meanwhile waits as topics.
    new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
  );
}
