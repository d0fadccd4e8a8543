import { once } from "node:events";
import { type Socket, connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "#observe/log";
import { goodFiles, goodPem } from "../../test/tls/certificates.ts";
import { ServerCertificate } from "./certificate.ts";
import { Listener, type ListenerSettings, ListenTrouble } from "./listener.ts";
import { WireClosed } from "./wire.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function listen(some: Partial<ListenerSettings> = {}): Promise<Listener> {
  const listener = await Listener.open({
    name: "echo",
    host: "127.0.0.1",
    port: 0,
    implicitTls: null,
    maxConnections: 10,
    maxPerAddress: 10,
    idleMilliseconds: 5000,
    tooMany: "-ERR too many\r\n",
    log: silentLog,
    serve: async (wire) => {
      await wire.write("+OK\r\n");
      for (;;) await wire.write(Buffer.concat([await wire.readLine(100), Buffer.from("\r\n")]));
    },
    ...some,
  });
  open.push(() => listener.close(100));
  return listener;
}

function dial(listener: Listener): Socket {
  const socket = tcpConnect({ port: listener.port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  open.push(() => socket.destroy());
  return socket;
}

const firstWords = async (socket: Socket): Promise<string> => String((await once(socket, "data"))[0]);

describe("Listener", () => {
  it("hands each connection to the one who serves it", async () => {
    const listener = await listen();
    const [a, b] = [dial(listener), dial(listener)];
    expect(await Promise.all([firstWords(a), firstWords(b)])).toEqual(["+OK\r\n", "+OK\r\n"]);
    a.write("hello\r\n");
    expect(await firstWords(a)).toBe("hello\r\n");
    expect(listener.connections).toBe(2);
  });

  it("refuses one connection too many, and takes one again once another has gone", async () => {
    const listener = await listen({ maxPerAddress: 1 });
    const first = dial(listener);
    expect(await firstWords(first)).toBe("+OK\r\n");
    expect(await firstWords(dial(listener))).toBe("-ERR too many\r\n");
    first.destroy();
    while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await firstWords(dial(listener))).toBe("+OK\r\n");
  });

  it("names listener, address and remedy when the port is taken", async () => {
    const { port } = await listen();
    const trouble = await listen({ name: "pop3", port }).catch((error: unknown) => error);
    expect(trouble).toBeInstanceOf(ListenTrouble);
    expect(String(trouble)).toContain(`listener pop3: 127.0.0.1:${port} is in use`);
  });

  it("speaks TLS from the first octet where that is wanted", async () => {
    const listener = await listen({ implicitTls: await ServerCertificate.load(goodFiles) });
    const socket = tlsConnect({ port: listener.port, host: "127.0.0.1", ca: goodPem });
    open.push(() => socket.destroy());
    expect(await firstWords(socket)).toBe("+OK\r\n");
    socket.write("hello\r\n");
    expect(await firstWords(socket)).toBe("hello\r\n");
  });

  it("survives a handshake that is none", async () => {
    const listener = await listen({ implicitTls: await ServerCertificate.load(goodFiles) });
    const socket = dial(listener);
    socket.write("USER anna\r\n");
    socket.resume();
    await once(socket, "close");
    while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(listener.connections).toBe(0);
  });

  it("closes by letting a session say its last words", async () => {
    const listener = await listen({
      serve: async (wire) => {
        await wire.write("+OK\r\n");
        try {
          await wire.readLine(100);
        } catch (error) {
          if (error instanceof WireClosed && error.reason === "stopped")
            await wire.write("-ERR going down\r\n");
        }
      },
    });
    const socket = dial(listener);
    await firstWords(socket);
    const words = firstWords(socket);
    await listener.close();
    expect(await words).toBe("-ERR going down\r\n");
    expect(listener.connections).toBe(0);
  });

  it("cuts a session that does not end", async () => {
    const listener = await listen({
      serve: async (wire, signal) => {
        await wire.write("+OK\r\n");
        while (!signal.aborted) await once(signal, "abort");
        // As a session does that writes to a peer which does not read.
        for (;;) await wire.write(Buffer.alloc(1 << 20));
      },
    });
    const socket = dial(listener);
    await firstWords(socket);
    socket.pause();
    await listener.close(50);
    expect(listener.connections).toBe(0);
  });
});
