// A person's desk: a screen, a home directory with a Thunderbird profile in it, and no way to the world outside of
// this machine. Whoever asks for that world is heard and refused.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openFrontDoor } from "../../front-door.ts";
import { LOOPBACK } from "../../loopback.ts";
import { makeScratch } from "../../scratch.ts";
import { wireRecord } from "../../wire-record.ts";
import { type Display, startDisplay } from "./display.ts";
import { type MailAccount, writeProfile } from "./profile.ts";
import { startThunderbird, type Thunderbird } from "./thunderbird.ts";

/** Such a desk, with one account. */
export interface Desk extends AsyncDisposable {
  readonly display: Display;
  /** Starts Thunderbird; the first time it knows the account's password and makes no connection until told to. */
  start(): Promise<Thunderbird>;
  /** Takes a picture of the screen: into the directory MAILFERRY_SCREENSHOTS where that is set. Returns the file. */
  picture(name: string): Promise<string>;
  /** Lines of requests for the world outside. */
  askedOutside(): readonly string[];
}

/** The discard port, which nobody serves any more. */
const NOWHERE = { host: LOOPBACK, port: 9 };

/** Sets one up. */
export async function setUpDesk(account: MailAccount): Promise<Desk> {
  await using cleanup = new AsyncDisposableStack();
  const home = cleanup.use(await makeScratch("desk"));
  const profile = join(home.path, "profile");
  const outside = wireRecord();
  const proxy = cleanup.use(await openFrontDoor(NOWHERE, outside.hear));
  const display = cleanup.use(await startDisplay());
  await writeProfile(profile, account, proxy.endpoint);
  const pictures = process.env.MAILFERRY_SCREENSHOTS ?? home.path;
  let starts = 0;
  const set = cleanup.move();
  return {
    display,
    start: async () => {
      const isFirst = starts++ === 0;
      const thunderbird = await startThunderbird(display, home.path, profile, { offline: isFirst });
      set.use(thunderbird);
      if (isFirst) await thunderbird.rememberPassword(account.login, account.password);
      return thunderbird;
    },
    picture: async (name) => {
      await mkdir(pictures, { recursive: true });
      const file = join(pictures, `${name}.png`);
      await display.screenshot(file);
      return file;
    },
    askedOutside: () => outside.sent().map(({ line }) => line),
    [Symbol.asyncDispose]: () => set.disposeAsync(),
  };
}
