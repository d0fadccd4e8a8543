import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Wire, WireClosed } from "./wire.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A wire on one side of a real connection, and the other side's bare socket. */
async function pair(idleMilliseconds = 5000): Promise<{ wire: Wire; peer: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const peer = connect({ port: address.port, host: "127.0.0.1", allowHalfOpen: true });
  const [accepted] = (await once(server, "connection")) as [Socket];
  const wire = new Wire(accepted, idleMilliseconds);
  peer.on("error", () => undefined);
  open.push(() => {
    wire.destroy();
    peer.destroy();
    server.close();
  });
  return { wire, peer };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const text = (octets: Uint8Array): string => Buffer.from(octets).toString("latin1");

async function endOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
    return "no end";
  } catch (error) {
    if (error instanceof WireClosed) return error.reason;
    throw error;
  }
}

describe("reading lines", () => {
  it("takes CRLF and LF off, and keeps what follows for the next line", async () => {
    const { wire, peer } = await pair();
    peer.write("USER anna\r\nPASS x\nQUIT\r\n");
    expect(text(await wire.readLine(100))).toBe("USER anna");
    expect(text(await wire.readLine(100))).toBe("PASS x");
    expect(text(await wire.readLine(100))).toBe("QUIT");
    expect(wire.hasBuffered).toBe(false);
  });

  it("lets other connections run between lines that are all here already", async () => {
    const { wire, peer } = await pair();
    peer.write("RCPT\r\nRCPT\r\nRCPT\r\n");
    await wire.readLine(100);
    while (!wire.hasLine) await turn();
    let othersRan = false;
    setImmediate(() => {
      othersRan = true;
    });
    const began = performance.now();
    while (performance.now() - began < 5);
    await wire.readLine(100);
    expect(othersRan).toBe(true);
    expect(wire.hasLine).toBe(true);
  });

  it("puts a line together from single octets", async () => {
    const { wire, peer } = await pair();
    const reading = wire.readLine(100);
    for (const octet of "NOOP\r\n") {
      peer.write(octet);
      await turn();
    }
    expect(text(await reading)).toBe("NOOP");
  });

  it("ends in too-long exactly above the limit, and can skip the rest", async () => {
    const { wire, peer } = await pair();
    peer.write(`${"a".repeat(8)}\r\n${"b".repeat(9)}\r\nQUIT\r\n`);
    expect(text(await wire.readLine(10))).toBe("aaaaaaaa");
    expect(await endOf(wire.readLine(10))).toBe("too-long");
    await wire.skipLine(100);
    expect(text(await wire.readLine(10))).toBe("QUIT");
  });

  it("skips no more than it was told to", async () => {
    const { wire, peer } = await pair();
    peer.write("c".repeat(5000));
    expect(await endOf(wire.readLine(10))).toBe("too-long");
    expect(await endOf(wire.skipLine(1000))).toBe("too-long");
  });

  it("gives the lines that came before the peer shut its side, and can still write", async () => {
    const { wire, peer } = await pair();
    peer.end("NOOP\r\nhalf");
    expect(text(await wire.readLine(100))).toBe("NOOP");
    expect(await endOf(wire.readLine(100))).toBe("closed");
    await wire.write("+OK\r\n");
    const [answer] = (await once(peer, "data")) as [Buffer];
    expect(answer.toString()).toBe("+OK\r\n");
  });

  it("times out a peer that is silent in the middle of a line", async () => {
    const { wire, peer } = await pair(30);
    peer.write("NOO");
    expect(await endOf(wire.readLine(100))).toBe("timeout");
  });

  it("tells a whole line from the beginning of one", async () => {
    const { wire, peer } = await pair();
    peer.write("NOOP\r\nLI");
    await wire.readLine(100);
    expect(wire.hasBuffered).toBe(true);
    expect(wire.hasLine).toBe(false);
    peer.write("ST\r\n");
    expect(text(await wire.readLine(100))).toBe("LIST");
  });

  it("stops a read under way and every later one, and goes on writing", async () => {
    const { wire, peer } = await pair();
    const reading = endOf(wire.readLine(100));
    wire.stopReading();
    expect(await reading).toBe("stopped");
    peer.write("NOOP\r\n");
    expect(await endOf(wire.readLine(100))).toBe("stopped");
    const heard = once(peer, "data");
    await wire.write("421 going down\r\n");
    expect(String((await heard)[0])).toBe("421 going down\r\n");
  });
});

describe("reading octets", () => {
  it("takes at most what is asked for, and gives back what was read too far", async () => {
    const { wire, peer } = await pair();
    peer.write("abcdef");
    expect(text(await wire.readChunk(4))).toBe("abcd");
    wire.unread(Buffer.from("cd"));
    let rest = "";
    while (rest.length < 4) rest += text(await wire.readChunk());
    expect(rest).toBe("cdef");
  });
});

describe("writing", () => {
  it("waits for a peer that does not read, and ends in timeout if it never does", async () => {
    const { wire, peer } = await pair(50);
    peer.pause();
    const block = Buffer.alloc(1 << 20);
    const writing = (async () => {
      for (let count = 0; count < 100; count++) await wire.write(block);
    })();
    expect(await endOf(writing)).toBe("timeout");
  });

  it("is not woken by what the peer sends meanwhile", async () => {
    const { wire, peer } = await pair();
    peer.pause();
    let isWritten = false;
    const writing = wire.write(Buffer.alloc(32 << 20)).then(() => {
      isWritten = true;
    });
    peer.write("NOOP\r\n");
    while (!wire.hasLine) await turn();
    await turn();
    expect(isWritten).toBe(false);
    peer.resume();
    await writing;
    expect(isWritten).toBe(true);
  });

  it("throws when the peer has gone", async () => {
    const { wire, peer } = await pair();
    peer.resetAndDestroy();
    expect(["reset", "closed"]).toContain(await endOf(wire.readLine(100)));
    expect(["reset", "closed"]).toContain(await endOf(wire.write("x")));
  });
});

describe("closing", () => {
  it("lets the last words arrive although the peer has sent what nobody read", async () => {
    const { wire, peer } = await pair();
    peer.write("x".repeat(200_000));
    await wire.readChunk(1);
    let heard = "";
    peer.on("data", (chunk) => {
      heard += chunk;
    });
    peer.on("end", () => peer.end());
    await wire.write("-ERR too many errors\r\n");
    await wire.close();
    expect(heard).toBe("-ERR too many errors\r\n");
  });

  it("gives up on a peer that never closes", async () => {
    const { wire, peer } = await pair();
    peer.resume();
    const closed = once(peer, "close");
    await wire.close(20);
    peer.end();
    await closed;
    expect(await endOf(wire.readLine(10))).toBe("closed");
  });

  it("remembers who the peer was", async () => {
    const { wire, peer } = await pair();
    const port = peer.localPort;
    peer.on("end", () => peer.end()).resume();
    wire.destroy();
    await once(peer, "close");
    expect([wire.peerAddress, wire.peerPort]).toEqual(["127.0.0.1", port]);
  });
});
