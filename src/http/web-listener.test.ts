import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { silentLog } from "#observe/log";
import { openWebListener } from "./web-listener.ts";

const settings = {
  name: "http",
  host: "127.0.0.1",
  port: 0,
  certificate: null,
  log: silentLog,
  fetch: (request: Request) => new Response(new URL(request.url).pathname),
};

describe("a listener for the web", () => {
  it("answers, and ends in good order with connections open", async () => {
    const listener = await openWebListener(settings);
    const answer = await fetch(`http://127.0.0.1:${listener.port}/healthz`);
    expect(await answer.text()).toBe("/healthz");
    await listener[Symbol.asyncDispose]();
    await expect(fetch(`http://127.0.0.1:${listener.port}/healthz`)).rejects.toThrow();
  });

  it("says which address is in use", async () => {
    await using listener = await openWebListener(settings);
    const again = openWebListener({ ...settings, port: listener.port });
    await expect(again).rejects.toThrow(/listener http: 127\.0\.0\.1:\d+ is in use by another program/);
  });

  it("refuses headers that never end", async () => {
    await using listener = await openWebListener(settings);
    const socket = connect(listener.port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(40_000)}`);
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 431 /);
    socket.destroy();
  });

  it("cuts off who says nothing, or too slowly", async () => {
    await using listener = await openWebListener({ ...settings, headerMilliseconds: 100 });
    for (const said of ["", "GET / HTTP/1.1\r\nHost: x\r\n"]) {
      const socket = connect(listener.port, "127.0.0.1");
      if (said !== "") socket.write(said);
      socket.resume();
      await once(socket, "close");
    }
  });

  it("takes so many connections of one address, and no more", async () => {
    await using listener = await openWebListener(settings);
    const open = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = connect(listener.port, "127.0.0.1");
        await once(socket, "connect");
        return socket;
      }),
    );
    const last = connect(listener.port, "127.0.0.1");
    last.on("error", () => {});
    last.resume();
    await once(last, "close");
    for (const socket of open) socket.destroy();
  });
});
