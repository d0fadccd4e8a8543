// A screen that exists in memory alone (Xvfb), what is on it, and what a picture of it looks like in figures.
import { setTimeout as sleep } from "node:timers/promises";
import { must, run, serveProgram } from "../../program.ts";

/** A running X server. */
export interface Display extends AsyncDisposable {
  /** For DISPLAY, like ":1". */
  readonly name: string;
  /** Titles of the windows on it. */
  titles(): Promise<readonly string[]>;
  /** Takes a picture of the whole screen as a PNG file. */
  screenshot(file: string): Promise<void>;
}

/** A part of a picture, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a part of a picture looks like: brightness and its spread (0 to 1), and how many colours. */
export interface Look {
  readonly mean: number;
  readonly deviation: number;
  readonly colours: number;
}

const STARTS_WITHIN = 20_000;

/** Starts an X server on a display number that nobody has. */
export async function startDisplay(): Promise<Display> {
  const server = serveProgram([
    ...["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
  ]);
  for (const deadline = Date.now() + STARTS_WITHIN; Date.now() < deadline; await sleep(20)) {
    const number = /^(\d+)$/m.exec(server.printed())?.[1];
    if (number === undefined) continue;
    const name = `:${number}`;
    const env = { DISPLAY: name };
    return {
      name,
      // xdotool ends with 1 where it finds no window.
      titles: async () => {
        const search = ["xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@"];
        return (await run(search, { env })).stdout.toString("utf8").split("\n").filter(Boolean);
      },
      screenshot: async (file) => void (await must(["import", "-window", "root", file], { env })),
      [Symbol.asyncDispose]: () => server.stop(),
    };
  }
  await server.stop();
  throw new Error(`Xvfb did not start\n${server.printed()}`);
}

/** Looks at a part of a picture. */
export async function lookAt(file: string, { x, y, width, height }: Area): Promise<Look> {
  const area = `${Math.floor(width)}x${Math.floor(height)}+${Math.floor(x)}+${Math.floor(y)}`;
  const format = "%[fx:mean] %[fx:standard_deviation] %k";
  const printed = await must(["convert", file, "-crop", area, "+repage", "-format", format, "info:"]);
  const [mean = 0, deviation = 0, colours = 0] = printed.split(" ").map(Number);
  return { mean, deviation, colours };
}
