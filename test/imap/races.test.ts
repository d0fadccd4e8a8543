/** What happens when two things happen at once, in the order that is seldom met. */
import { setImmediate as others } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Client } from "#imap/client";
import { idle } from "#imap/commands/idle";
import { FolderWatch } from "#imap/folder-watch";
import { Cursor } from "#imap/grammar/cursor";
import { Session } from "#imap/session";
import type { MailStore } from "#mailbox/mail-store";
import { inboxOf, value } from "../contract/harness.ts";
import { ImapHouse } from "./house.ts";
import { openImap, servicesOf } from "./open.ts";
import { WireReader } from "./wire-reader.ts";

let house: ImapHouse;

beforeEach(async () => {
  house = await ImapHouse.open();
});
afterEach(() => house[Symbol.asyncDispose]());

const letter = Buffer.from("Subject: One\r\n\r\nText.\r\n");

async function sessionInInbox(): Promise<Session> {
  const services = servicesOf(house);
  const session = new Session(services, {
    peerAddress: "127.0.0.1",
    isSecure: true,
    hasCertificate: false,
    allowClearPasswords: false,
    maxMessage: 1000,
    patienceMilliseconds: 20,
  });
  await session.logIn("anna", Buffer.from("secret"));
  const { id } = await inboxOf(house.harness, house.annas);
  const snapshot = await services.store.snapshot(id);
  if (!snapshot) throw new Error("there is no INBOX");
  session.select(snapshot, new FolderWatch(services.changes, id), false);
  return session;
}

test("DONE that comes while news is being told ends IDLE, without more news", async () => {
  using session = await sessionInInbox();
  const done = Promise.withResolvers<Uint8Array>();
  const client: Client = {
    tell: () => done.resolve(Buffer.from("DONE")),
    add: () => undefined,
    breathe: () => Promise.resolve(),
    // Long enough for DONE to be read.
    flush: () => others(),
    patiently: (work) => work,
    hasSaidMore: false,
    ask: () => done.promise,
  };
  const idling = idle.perform(session, new Cursor([]), client, "a");
  await house.deliver(letter);
  expect(await idling).toMatchObject({ status: "OK" });
});

test("a change that came just before a silent STORE is told all the same", async () => {
  await house.deliver(letter);
  const { mail } = house.harness;
  let isFirst = true;
  // Somebody else flags the message when STORE has told all news and not begun yet.
  const storeFlags: MailStore["storeFlags"] = async (folder, uids, change, since) => {
    if (isFirst) value(await mail.storeFlags(folder, uids, { how: "add", flags: ["\\Flagged"] }));
    isFirst = false;
    return mail.storeFlags(folder, uids, change, since);
  };
  const store: MailStore = new Proxy(mail, {
    get: (target, name) => {
      if (name === "storeFlags") return storeFlags;
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  await using listener = await openImap(house, { services: { store } });
  using reader = await WireReader.connect(listener.port);
  await reader.command("LOGIN anna secret");
  await reader.command("SELECT INBOX");
  const { fetches } = await reader.command("STORE 1 +FLAGS.SILENT (\\Seen)");
  expect(fetches.map(({ items }) => items.get("FLAGS"))).toContainEqual(["\\Flagged", "\\Seen"]);
});
