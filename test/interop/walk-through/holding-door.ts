import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type Endpoint, LOOPBACK } from "../loopback.ts";

/** A door to an old server that can keep messages back: listings pass, but no octet of an answer after a RETR. */
export interface HoldingDoor extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** How many connections are waiting for a message. */
  readonly waiting: number;
  hold(): void;
  release(): void;
}

/** Opens one on a loopback port; nothing is kept back at first. */
export async function openHoldingDoor(server: Endpoint): Promise<HoldingDoor> {
  let isHolding = false;
  const open = new Set<Socket>();
  const held = new Set<Socket>();
  const door = createServer({ noDelay: true, allowHalfOpen: true }, (outside) => {
    const inside = connect({ ...server, noDelay: true, allowHalfOpen: true });
    for (const socket of [outside, inside]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      socket.on("error", () => socket.destroy());
    }
    outside.on("data", (octets: Buffer) => {
      if (isHolding && /^RETR /im.test(octets.toString("latin1"))) held.add(inside.pause());
      inside.write(octets);
    });
    outside.once("end", () => inside.end());
    inside.on("data", (octets: Buffer) => outside.write(octets));
    inside.once("end", () => outside.end());
    outside.once("close", () => inside.destroy());
    inside.once("close", () => {
      held.delete(inside);
      outside.destroy();
    });
  });
  door.listen(0, LOOPBACK);
  await once(door, "listening");
  const address = door.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    endpoint: { host: LOOPBACK, port: address.port },
    get waiting() {
      return held.size;
    },
    hold: () => {
      isHolding = true;
    },
    release: () => {
      isHolding = false;
      for (const socket of held) socket.resume();
      held.clear();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      door.close();
      await once(door, "close");
    },
  };
}
