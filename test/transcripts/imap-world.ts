import { once } from "node:events";
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { type ContentStage, StoreUnavailable } from "#mailbox/content";
import type { MailStore } from "#mailbox/mail-store";
import type { Listener } from "#net/listener";
import { value } from "../contract/harness.ts";
import type { SqliteHarness } from "../contract/sqlite-harness.ts";
import { ImapHouse } from "../imap/house.ts";
import { openImap } from "../imap/open.ts";
import { goodPem } from "../tls/certificates.ts";
import { octetsOf } from "./text.ts";
import type { OpenWorld, World } from "./world.ts";

const message = /^mail(?: \(([^)]*)\))?: ?(.*)$/;
const remoteMessage = /^remote mail (\S+): ?(.*)$/;

/** The IMAP server on a store. `imap/README.md` says what it understands. */
export function imapWorldOn(harness: () => SqliteHarness): OpenWorld {
  return async (given) => {
    const remote = given.map((text) => remoteMessage.exec(text)).filter((found) => found !== null);
    const old = new Map(remote.map(([, uidl = "", text = ""]) => [uidl, octets(text)]));
    const quota = given.find((text) => text.startsWith("quota "));
    const house = await ImapHouse.open({
      old,
      harness: harness(),
      ...(quota ? { quota: Number(quota.slice(6)) } : {}),
    });
    const settings = { hasCertificate: true, allowClearPasswords: true };
    const troubles: Troubles = { isAway: false, isFull: false };
    const events = eventsOf(house, troubles);
    for (const text of given) {
      if (text === "passwords under TLS only") settings.allowClearPasswords = false;
      else if (text === "no certificate") settings.hasCertificate = false;
      else if (!remoteMessage.test(text) && text !== quota) await events(text);
    }
    const options = {
      hasCertificate: settings.hasCertificate,
      settings: { allowClearPasswords: settings.allowClearPasswords },
      services: {
        store: storeThatMayBeAway(house.harness.mail, troubles),
        stage: stageThatMayBeFull(house.harness.stage, troubles),
      },
    };
    const plain = await openImap(house, options);
    const secure = await openImap(house, { ...options, name: "imaps" });
    return new ImapWorld(house, events, plain, secure);
  };
}

class ImapWorld implements World {
  readonly #house: ImapHouse;
  readonly #happen: (text: string) => Promise<void>;
  readonly #plain: Listener;
  readonly #secure: Listener;

  constructor(house: ImapHouse, happen: (text: string) => Promise<void>, plain: Listener, secure: Listener) {
    this.#house = house;
    this.#happen = happen;
    this.#plain = plain;
    this.#secure = secure;
  }

  async connect(name: string) {
    if (name !== "imaps") {
      const socket = connect(this.#plain.port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }
    const socket = tlsConnect({ port: this.#secure.port, host: "127.0.0.1", ca: goodPem });
    await once(socket, "secureConnect");
    return socket;
  }

  event(text: string): Promise<void> {
    return this.#happen(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#plain.close(200), this.#secure.close(200)]);
    await this.#house[Symbol.asyncDispose]();
  }
}

/** What can be wrong with the store. */
interface Troubles {
  isAway: boolean;
  isFull: boolean;
}

function eventsOf(house: ImapHouse, troubles: Troubles): (text: string) => Promise<void> {
  const known: Record<string, () => void> = {
    "the old server is down": () => {
      house.isOldServerDown = true;
      house.people.isOldServerDown = true;
    },
    "the old server is up": () => {
      house.isOldServerDown = false;
      house.people.isOldServerDown = false;
    },
    "the listing is being taken": () => {
      house.people.isListing = true;
    },
    "the listing is ready": () => house.people.listed(),
    "the disk is full": () => {
      troubles.isFull = true;
    },
    "the disk has room again": () => {
      troubles.isFull = false;
    },
    "the store is away": () => {
      troubles.isAway = true;
    },
    "the store is back": () => {
      troubles.isAway = false;
    },
  };
  return async (text) => {
    const mail = message.exec(text);
    const [, withheld] = /^(\S+) is withheld$/.exec(text) ?? [];
    const [, given] = /^(\S+) is given$/.exec(text) ?? [];
    const [, folder] = /^a folder (.+)$/.exec(text) ?? [];
    const happen = known[text];
    if (mail) await house.deliver(octets(mail[2] ?? ""), mail[1]?.split(" ") ?? []);
    else if (withheld) house.withheld.add(withheld);
    else if (given) house.withheld.delete(given);
    else if (folder) value(await house.harness.mail.createFolder(house.annas, folder, null));
    else if (happen) happen();
    else throw new Error(`not understood: ${text}`);
  };
}

function storeThatMayBeAway(store: MailStore, away: { readonly isAway: boolean }): MailStore {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...given: unknown[]) => {
        if (away.isAway) throw new StoreUnavailable("away");
        return method.apply(target, given);
      };
    },
  });
}

function stageThatMayBeFull(stage: ContentStage, troubles: Pick<Troubles, "isFull">): ContentStage {
  return {
    begin() {
      const writer = stage.begin();
      return {
        get size() {
          return writer.size;
        },
        async write(chunk) {
          if (troubles.isFull) throw new StoreUnavailable("no space left");
          await writer.write(chunk);
        },
        async finish() {
          if (troubles.isFull) throw new StoreUnavailable("no space left");
          return writer.finish();
        },
        [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
      };
    },
  };
}

function octets(text: string): Buffer {
  return Buffer.from(octetsOf(text, new Map()), "latin1");
}
