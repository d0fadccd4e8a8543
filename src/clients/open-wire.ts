import { connect } from "node:net";
import { Wire, WireClosed } from "#net/wire";

/** Where to connect, and for how long to try (milliseconds). */
export interface WirePeer {
  readonly host: string;
  readonly port: number;
  readonly connectMilliseconds: number;
}

/** A connection whose reads take at most as long as the connecting might. Throws WireClosed or a system's error. */
export async function openWire(peer: WirePeer, signal: AbortSignal): Promise<Wire> {
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: peer.host, port: peer.port });
    const giveUp = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const aborted = (): void => giveUp(new WireClosed("timeout"));
    const timer = setTimeout(
      () => giveUp(new WireClosed("timeout", "no connection in time")),
      peer.connectMilliseconds,
    );
    signal.addEventListener("abort", aborted, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    };
    socket.once("error", (error) => {
      settled();
      reject(error);
    });
    socket.once("connect", () => {
      settled();
      socket.removeAllListeners("error");
      resolve(new Wire(socket, peer.connectMilliseconds));
    });
  });
}
