// Thunderbird itself, on a display and with a profile of its own. It is driven through Marionette by the deeds of
// deeds.js; every deed is bounded in time, and a Thunderbird that does not end when told to is killed.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ServedProgram, serveProgram } from "../../program.ts";
import type { Display } from "./display.ts";
import { type Marionette, openMarionette } from "./marionette.ts";

/** A message as Thunderbird holds it. */
export interface HeldMessage {
  readonly subject: string;
  readonly size: number;
  readonly isRead: boolean;
  readonly isFlagged: boolean;
  /** Its octets in Thunderbird's own files; null where they are not there. */
  readonly octets: Buffer | null;
}

/** What a message window shows, and where on the screen. */
export interface Shown {
  readonly title: string;
  readonly text: string;
  readonly at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** A running Thunderbird. Messages are named by their subject, folders by their name on the server. */
export interface Thunderbird extends AsyncDisposable {
  rememberPassword(login: string, password: string): Promise<void>;
  goOnline(): Promise<void>;
  checkMail(): Promise<void>;
  folders(): Promise<readonly { readonly name: string; readonly isTrash: boolean }[]>;
  openFolder(folder: string): Promise<void>;
  held(folder: string): Promise<readonly HeldMessage[]>;
  show(folder: string, subject: string): Promise<Shown>;
  showInTab(folder: string, subject: string): Promise<Shown>;
  markRead(folder: string, subjects: readonly string[]): Promise<void>;
  star(folder: string, subject: string): Promise<void>;
  /** Makes a folder at the top and returns its name on the server. */
  makeFolder(name: string): Promise<string>;
  move(folder: string, subject: string, to: string): Promise<void>;
  remove(folder: string, subject: string): Promise<void>;
  /** Sends a plain text of one line and waits until it is sent and kept in the Sent folder. */
  send(to: string, subject: string, text: string): Promise<void>;
  /** Ends it as its user does, so that it writes what it has to remember. */
  quit(): Promise<void>;
}

/** How long Thunderbird may take to start or to end, in milliseconds. */
const PATIENCE = 40_000;

/** Starts Thunderbird with a profile below `home`. `offline`: it makes no connection until told to. */
export async function startThunderbird(
  display: Display,
  home: string,
  profile: string,
  { offline = false } = {},
): Promise<Thunderbird> {
  await using cleanup = new AsyncDisposableStack();
  await rm(join(profile, "MarionetteActivePort"), { force: true });
  const program = serveProgram(
    [
      ...["thunderbird", "--profile", profile, "--no-remote", ...(offline ? ["--offline"] : [])],
      ...["--marionette", "--remote-allow-system-access"],
    ],
    {
      env: {
        HOME: home,
        DISPLAY: display.name,
        MOZ_CRASHREPORTER_DISABLE: "1",
        MOZ_REMOTE_SETTINGS_DEVTOOLS: "1",
        NO_AT_BRIDGE: "1",
        TZ: "UTC",
      },
    },
  );
  cleanup.defer(() => program.stop());
  const marionette = cleanup.use(await openMarionette(await portOf(program, profile)));
  const script = await readFile(new URL("deeds.js", import.meta.url), "utf8");
  const deed = deeds(marionette, script);
  await deed("settle");
  const running = cleanup.move();
  return {
    rememberPassword: (login, password) => deed("rememberPassword", login, password),
    goOnline: () => deed("goOnline"),
    checkMail: () => deed("checkMail"),
    folders: () => deed("folders"),
    openFolder: (folder) => deed("openFolder", folder),
    held: async (folder) => {
      const held = await deed<(Omit<HeldMessage, "octets"> & { octets: string | null })[]>("held", folder);
      return held.map((message) => ({
        ...message,
        octets: message.octets === null ? null : Buffer.from(message.octets, "base64"),
      }));
    },
    show: (folder, subject) => deed("show", folder, subject),
    showInTab: (folder, subject) => deed("showInTab", folder, subject),
    markRead: (folder, subjects) => deed("markRead", folder, subjects),
    star: (folder, subject) => deed("star", folder, subject),
    makeFolder: (name) => deed("makeFolder", name),
    move: (folder, subject, to) => deed("move", folder, subject, to),
    remove: (folder, subject) => deed("remove", folder, subject),
    send: (to, subject, text) => deed("send", to, subject, text),
    quit: async () => {
      await marionette.command("Marionette:Quit", { flags: ["eAttemptQuit"] });
      const ended = await Promise.race([program.ended, sleep(PATIENCE, null, { ref: false })]);
      await running.disposeAsync();
      if (ended !== 0) throw new Error(`Thunderbird ended with ${ended}\n${program.printed()}`);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type Perform = <Answer = void>(name: string, ...args: readonly unknown[]) => Promise<Answer>;

function deeds(marionette: Marionette, script: string): Perform {
  const body = `${script}\nreturn globalThis.deeds[arguments[0]](...arguments[1]);`;
  return (name, ...args) => marionette.script(body, [name, args]);
}

/** Where it listens for Marionette; it writes that into its profile. */
async function portOf(program: ServedProgram, profile: string): Promise<number> {
  let over = false;
  void program.ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline && !over; ) {
    const written = await readFile(join(profile, "MarionetteActivePort"), "utf8").catch(() => "");
    if (Number(written) > 0) return Number(written);
    await sleep(50);
  }
  throw new Error(`Thunderbird did not start\n${program.printed()}`);
}
