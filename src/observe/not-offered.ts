import type { Log } from "./log.ts";

/** The administrator is to know of programs that insist on a login mechanism which would never give us a password. */
export function notOfferedTo(log: Log): (mechanism: string) => void {
  return (mechanism) => {
    // Whatever else stands in its place may be a secret.
    const named = /^[A-Za-z0-9_-]{1,20}$/.test(mechanism) ? mechanism.toUpperCase() : "?";
    log.info(
      { mechanism: named },
      "a program wants a mechanism that is not offered: it needs to be set to PLAIN",
    );
  };
}
