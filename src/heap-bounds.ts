/**
 * Keeps the memory that V8 takes within bounds. Mail passes through and is forgotten: with some room for what is new
 * the collector copies little of it about; but V8 goes on to 64 MB for each of two halves in every thread after any
 * load, and lets what is older pile up to several times what is needed. Both are looked after whenever it has
 * collected, because only a flag of the program's start could settle them for the main thread.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const megabyte = 1024 * 1024;
/**
 * Octets of both halves for what is new in each thread that is started from now on; in the main thread it is no more
 * than what the start of the program has made of it.
 */
const mostNew = 16 * megabyte;
/** From so many octets of the process on, what is older may grow by this percentage before it is collected. */
const large = 224 * megabyte;
const frugal = 40;

/** Begins to look after them. */
export function boundHeap(): void {
  setFlagsFromString(`--max-semi-space-size=${mostNew / 2 / megabyte}`);
  const flags = new Map<string, number>();
  const set = (flag: string, value: number): void => {
    if (flags.get(flag) === value) return;
    flags.set(flag, value);
    setFlagsFromString(`--${flag}=${value}`);
  };
  const look = (): void => {
    const size = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
    // By 1 it does not grow. After some idle time it is small again.
    set("semi-space-growth-factor", Math.max(Math.floor(mostNew / Math.max(size, megabyte)), 1));
    // 0: as V8 likes.
    set("heap-growing-percent", process.memoryUsage.rss() > large ? frugal : 0);
  };
  look();
  new PerformanceObserver(look).observe({ entryTypes: ["gc"] });
}
