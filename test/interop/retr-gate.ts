import { type FrontDoor, openFrontDoor } from "./front-door.ts";
import type { Endpoint } from "./loopback.ts";

/**
 * A door to an old server that lets so many messages through: everything else passes, and RETR while there is an
 * allowance. What comes after a RETR that is kept back waits with it.
 */
export interface RetrGate extends FrontDoor {
  /** So many messages more from now on, whoever fetches them; Infinity keeps nothing back. */
  allow(messages: number): void;
  /** Which commands the old server has heard, each once, in alphabetical order. */
  verbs(): readonly string[];
}

/** Opens one; nothing is kept back at first. */
export async function openRetrGate(server: Endpoint): Promise<RetrGate> {
  let left = Number.POSITIVE_INFINITY;
  const verbs = new Set<string>();
  const waiting = new Set<() => void>();
  const door = await openFrontDoor(server, async (_connection, from, octets, gone) => {
    if (from === "server") return;
    const verb = /^[A-Z0-9]+/i.exec(octets.toString("latin1"))?.[0]?.toUpperCase() ?? "";
    if (verb === "RETR") {
      while (left <= 0) await new Promise<void>((resolve) => waiting.add(resolve));
      if (gone.aborted) return;
      left -= 1;
    }
    verbs.add(verb);
  });
  return {
    ...door,
    allow: (messages) => {
      left = messages;
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    verbs: () => [...verbs].sort(),
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  };
}
