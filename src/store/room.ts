/** How much room there is for what could wait. */
import { statfsSync } from "node:fs";

const megabyte = 1024 ** 2;
/** New mail can go on for long with this much, however large the disk is. */
const mostReserved = 1024 * megabyte;

/**
 * Why what could wait has to wait: less than a twentieth of the disk is free, or 1 GB of a large one. Null where
 * there is room.
 */
export function shortageIn(directory: string): string | null {
  const { blocks, bavail, bsize } = statfsSync(directory);
  return shortageOf(blocks * bsize, bavail * bsize);
}

/** The same for a disk of so many octets. */
export function shortageOf(size: number, free: number): string | null {
  if (free >= Math.min(size / 20, mostReserved)) return null;
  return `the disk is nearly full: ${Math.floor(free / megabyte)} MB are left for new mail`;
}
