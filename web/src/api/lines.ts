import { words } from "../words/common.ts";
import { send, Trouble } from "./client.ts";

/** Asks for an answer of one JSON value a line, and gives each as it comes. Throws Trouble, also when it is cut off. */
export async function* askLines<T>(
  path: string,
  method: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const response = await send(path, method, body, signal);
  if (response.body === null) return;
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await pieces.read().catch(() => {
        throw new Trouble("unreachable", words.trouble.unreachable);
      });
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield JSON.parse(line) as T;
    }
    if (rest.trim() !== "") yield JSON.parse(rest) as T;
  } finally {
    await pieces.cancel().catch(() => {});
  }
}
