/** The log: structured lines, one per thing that happens. No body, no password, ever. */

import type { Logger, LoggerOptions } from "pino";
import { destination, pino } from "pino";

export type Log = Logger;

/**
 * The program's log, on standard error.
 * @param level "debug", "info", "warn", "error" or "silent"
 */
export function openLog(level: string): Log {
  return pino(logOptions(level), destination({ dest: 2, sync: false }));
}

/** How a line is written. An error tells what happened, where, and what caused it, under either name. */
export function logOptions(level: string): LoggerOptions {
  const { err } = pino.stdSerializers;
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err, error: err },
  };
}

/** A log that says nothing, for tests and one-off commands. */
export const silentLog: Log = pino({ level: "silent" });
