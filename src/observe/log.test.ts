import { pino } from "pino";
import { expect, test } from "vitest";
import { logOptions } from "./log.ts";

test.each(["err", "error"])("an error under %s tells what happened and what caused it", (name) => {
  const lines: string[] = [];
  const log = pino(logOptions("info"), { write: (line: string) => void lines.push(line) });
  const cause = new Error("no space left on device");
  log.error(
    { [name]: new Error("the content could not be staged", { cause }) },
    "a message could not be stored",
  );
  const [line = ""] = lines;
  expect(JSON.parse(line)[name].message).toBe("the content could not be staged: no space left on device");
  expect(line).toContain("log.test.ts");
});

test("what is no error stays as it is", () => {
  const lines: string[] = [];
  pino(logOptions("info"), { write: (line: string) => void lines.push(line) }).error({ error: "text" }, "so");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: 50, error: "text", msg: "so" });
});
