import type { Socket } from "node:net";

/** What a transcript happens in: a running server of one protocol, made for it alone. */
export interface World extends AsyncDisposable {
  /** @param listener as written after `connect`; "" is the protocol's plain one */
  connect(listener: string): Promise<Socket>;
  /** Something happens meanwhile: a line `* …` of the transcript. Throws for an event it does not know. */
  event(text: string): Promise<void>;
}

/** Makes a world in which all `@given` lines hold. Throws for a line it does not understand. */
export type OpenWorld = (given: readonly string[]) => Promise<World>;
