import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Manner, play } from "./player.ts";
import { matches, octetsOf } from "./text.ts";
import { parseTranscript } from "./transcript.ts";
import type { World } from "./world.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that greets, says each line back, numbers and all, and closes after QUIT. */
async function echoWorld(): Promise<World> {
  let count = 0;
  const server = createServer((socket) => {
    socket.write("hello\r\n");
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const lines = text.split("\r\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        socket.write(line === "COUNT" ? `id ${++count}\r\n` : `${line}\r\n`, "latin1");
        if (line === "QUIT") socket.end();
      }
    });
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    connect: async () => connect(address.port, "127.0.0.1"),
    event: async (text) => {
      if (text !== "it rains") throw new Error(`not understood: ${text}`);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function replay(source: string, manner: Manner = "whole"): Promise<string> {
  try {
    await play(parseTranscript("t", source), await echoWorld(), manner);
    return "as written";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("the runner", () => {
  it("reads title, givens and steps", () => {
    const source = "# A title\n# more\n@given a b\n@given c\n@pipelined\n\n1> x\n1<\n1 tls\n* it rains\n";
    const { title, given, isPipelined, steps } = parseTranscript("t", source);
    expect({ title, given, isPipelined }).toEqual({
      title: "A title",
      given: ["a b", "c"],
      isPipelined: true,
    });
    expect(steps.map(({ does, line }) => `${line} ${does}`)).toEqual([
      "7 send",
      "8 expect",
      "9 tls",
      "10 event",
    ]);
  });

  it("refuses what is no line of a transcript", () => {
    expect(() => parseTranscript("t", "1> a\n1? b\n")).toThrow("t:2: not a line of a transcript: 1? b");
    expect(() => parseTranscript("t", "1 tsl\n")).toThrow();
  });

  it("passes what is as written, in every manner", async () => {
    const good =
      "1< hello\n1> COUNT\n1< id $n\n2< hello\n2> $n\n2< 1\n2> a\n2> b\n2* b\n2* a\n1> QUIT\n1< QUIT\n1 closed\n";
    for (const manner of ["whole", "octets", "pipelined"] as const)
      expect(await replay(good, manner)).toBe("as written");
  });

  it.each([
    ["another line", "1< hello\n1> a\n1< b\n", 't:3 whole: came ["a"]'],
    ["one line too many", "1< hello\n1> a\n", 't:2 whole: connection 1 also said ["a"]'],
    ["a forbidden line", "1< hello\n1> a\n1! a\n1< ...\n", "which must not"],
    ["another value of a name", "1< $x\n1> a\n1< $x\n", 'came ["a"]'],
    ["a line missing from a group", "1< hello\n1> a\n1> c\n1* a\n1* b\n", 't:5 whole: came ["c"]'],
    ["closing with words left", "1< hello\n1> QUIT\n1 closed\n", "before closing came"],
    ["an unknown event", "* it snows\n", "not understood"],
    ["a name nothing has bound", "1> $x\n", "before any line has bound it"],
  ])("fails for %s", async (_, source, message) => {
    expect(await replay(source)).toContain(message);
  });

  it("waits for a line only as long as there is a connection", async () => {
    expect(await replay("1< hello\n1> QUIT\n1< QUIT\n1< more\n")).toContain("nothing came");
  });

  it("passes over any lines for a line of dots alone", async () => {
    expect(await replay("1< hello\n1> a\n1> b\n1> c\n1< ...\n1< c\n")).toBe("as written");
  });
});

describe("texts", () => {
  it("stand for octets", () => {
    const text = "\\x00\\xff\\r\\n\\{a*3}\\{b,**2}|\\b64{\\0anna\\0x}|ü";
    expect(octetsOf(text, new Map())).toBe("\0\xff\r\naaab,*b,*|AGFubmEAeA==|\xc3\xbc");
  });

  it("match with anything between, and literally otherwise", () => {
    const names = new Map<string, string>();
    expect(matches("+OK ...", "+OK ", names)).toBe(true);
    expect(matches("a.b*", "a.b*", names)).toBe(true);
    expect(matches("a.b", "axb", names)).toBe(false);
    expect(matches("\\.\\.\\.", "...", names)).toBe(true);
    expect(matches("\\.\\.\\.", "abc", names)).toBe(false);
    expect(matches("..", "..", names)).toBe(true);
    expect(matches("..", "abc", names)).toBe(false);
  });

  it("bind names at the first match alone, the same within a line", () => {
    const names = new Map<string, string>();
    expect(matches("$a and $a", "1 and 2", names)).toBe(false);
    expect(names.size).toBe(0);
    expect(matches("$a and $a", "1 and 1", names)).toBe(true);
    expect(names).toEqual(new Map([["$a", "1"]]));
    expect(matches("$a", "2", names)).toBe(false);
  });
});
