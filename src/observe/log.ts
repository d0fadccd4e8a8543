/** The log: structured lines, one per thing that happens. No body, no password, ever. */

import type { Logger } from "pino";
import { destination, pino } from "pino";

export type Log = Logger;

/**
 * The program's log, on standard error.
 * @param level "debug", "info", "warn", "error" or "silent"
 */
export function openLog(level: string): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ dest: 2, sync: false }),
  );
}

/** A log that says nothing, for tests and one-off commands. */
export const silentLog: Log = pino({ level: "silent" });
