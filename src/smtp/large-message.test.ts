/** Memory does not grow with the message: what is not stored yet stays with the client. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { ContentWriter } from "#mailbox/content";
import { House } from "../../test/smtp/house.ts";
import { openSmtp } from "../../test/smtp/open.ts";

const megabyte = 1024 * 1024;
const size = 48 * megabyte;

/** Says lines one by one, each after the reply to the one before. */
async function converse(socket: Socket, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    await once(socket, "data");
  }
}

function body(octets: number): Buffer {
  return Buffer.from(
    `${"x".repeat(998)}\r\n`
      .repeat(Math.ceil(octets / 1000))
      .slice(0, octets - 2)
      .concat("\r\n"),
  );
}

describe.each(["DATA", `BDAT ${size} LAST`])("%s of 48 MB", (command) => {
  test("is stored in small pieces, and is not read ahead of the store", async () => {
    const house = new House();
    house.settings = { ...house.settings, maxMessage: 2 * size };
    house.stage.keeps = false;
    const gate = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const { begin } = house.stage;
    house.stage.begin = () => gated(begin.call(house.stage), gate.promise, () => began.resolve());
    await using listener = await openSmtp(house);
    const socket = connect({ port: listener.port, host: "127.0.0.1" });
    await once(socket, "data");
    await converse(socket, ["EHLO x", "MAIL FROM:<>", "RCPT TO:<anna@big-company.com>"]);
    socket.write(`${command}\r\n`);
    if (command === "DATA") await once(socket, "data");
    const piece = body(megabyte);
    for (let sent = 0; sent < size; sent += megabyte) socket.write(piece);
    if (command === "DATA") socket.write(".\r\n");
    await began.promise;
    const taken = await quiet(() => socket.bytesWritten - socket.writableLength);
    // What is on its way lies in the buffers of the system, whose size is not ours.
    expect(taken).toBeLessThan(24 * megabyte);
    gate.resolve();
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^250 2\.0\.0 /);
    expect(house.taken[0]?.message.size).toBe(size + (house.taken[0]?.message.traceLength ?? 0));
    expect(house.stage.largestChunk).toBeLessThanOrEqual(256 * 1024 + 64 * 1024);
    socket.destroy();
  });
});

function gated(writer: ContentWriter, gate: Promise<void>, began: () => void): ContentWriter {
  return {
    get size() {
      return writer.size;
    },
    async write(chunk) {
      began();
      await gate;
      await writer.write(chunk);
    },
    finish: () => writer.finish(),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

/** The value of a figure once it has not changed for a while. */
async function quiet(figure: () => number): Promise<number> {
  for (let last = -1, same = 0; ; ) {
    const now = figure();
    same = now === last ? same + 1 : 0;
    last = now;
    if (same === 20) return now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
