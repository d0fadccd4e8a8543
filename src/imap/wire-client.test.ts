import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Wire } from "#net/wire";
import { WireClient } from "./wire-client.ts";

let peer: Socket;
let wire: Wire;
let client: WireClient;
let heard: string;

beforeEach(async () => {
  const server = createServer({ noDelay: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  peer = connect(address.port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  server.close();
  wire = new Wire(socket, 5000);
  client = new WireClient(wire, { keepAliveMilliseconds: 1 });
  heard = "";
  peer.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
});
afterEach(() => {
  client.abandon();
  wire.destroy();
  peer.destroy();
});

async function hears(text: string): Promise<void> {
  while (!heard.includes(text)) await once(peer, "data");
}

describe("WireClient", () => {
  it("writes what it was told in its order, text and octets alike", async () => {
    client.tell("1 FETCH (BODY[] {3}");
    client.add(Buffer.from([0xff, 0, 0x0a]));
    client.add(" FLAGS ())\r\n");
    client.tell("2 EXISTS\xe9");
    await client.flush();
    await hears("EXISTS");
    expect(heard).toBe("* 1 FETCH (BODY[] {3}\r\n\xff\0\n FLAGS ())\r\n* 2 EXISTS\xe9\r\n");
  });

  it("holds nothing back for long, even if nobody flushes", async () => {
    client.tell("OK still here");
    await hears("* OK still here\r\n");
  });

  it("writes by itself what is much", async () => {
    client.add("x".repeat(100_000));
    await client.breathe();
    await hears("x");
  });

  it("asks, and gives the line that comes", async () => {
    const answer = client.ask("go on");
    await hears("+ go on\r\n");
    peer.write("an answer\r\n");
    expect(Buffer.from(await answer).toString()).toBe("an answer");
  });

  it("says now and then that it goes on while somebody waits", async () => {
    const work = Promise.withResolvers<string>();
    const waiting = client.patiently(work.promise);
    await hears("* OK Still at it.\r\n");
    work.resolve("done");
    expect(await waiting).toBe("done");
  });

  it("lets a command that says little notice that nobody listens", async () => {
    peer.destroy();
    const work = async () => {
      for (;;) {
        client.tell("OK Still at it.");
        await client.breathe();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(work()).rejects.toMatchObject({ name: "WireClosed" });
  });
});
