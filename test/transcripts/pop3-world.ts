import { once } from "node:events";
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { Sessions } from "#login/sessions";
import { ServerCertificate } from "#net/certificate";
import { Listener } from "#net/listener";
import { silentLog } from "#observe/log";
import { servePop3 } from "#pop3/serve";
import { MemoryMail } from "../pop3/memory-mail.ts";
import { People } from "../pop3/people.ts";
import { goodFiles, goodPem } from "../tls/certificates.ts";
import { octetsOf } from "./text.ts";
import type { OpenWorld, World } from "./world.ts";

/**
 * The POP3 server with Anna's mailbox (name `anna`, password `secret`) and Bob's, as in `test/pop3/people.ts`;
 * listeners `pop3` and `pop3s`.
 *
 * Given or happening: `mail UIDL: octets` is in Anna's mailbox, `remote mail UIDL: octets` only on her old
 * server; `the old server is down`, `the old server is up`; `the listing is being taken`, `the listing is ready`;
 * `the disk is full`, `the store is away`, `the store is back`. Given only: `passwords under TLS only`, `no certificate`.
 */
export const openPop3World: OpenWorld = async (given) => {
  const certificate = await ServerCertificate.load(goodFiles);
  const mail = new MemoryMail();
  const people = new People();
  const settings = { allowClearPasswords: true, certificate: certificate as ServerCertificate | null };
  const happen = events(mail, people);
  for (const text of given) {
    if (text === "passwords under TLS only") settings.allowClearPasswords = false;
    else if (text === "no certificate") settings.certificate = null;
    else happen(text);
  }
  const serve = servePop3(
    {
      login: people,
      store: mail,
      remote: mail,
      sessions: new Sessions(),
      log: silentLog,
      clock: () => 0,
      newId: () => "test",
    },
    {
      hostname: "mail.big-company.com",
      instance: "4f1c",
      idleMilliseconds: 5000,
      patienceMilliseconds: 20,
      ...settings,
    },
  );
  const open = (name: string): Promise<Listener> =>
    Listener.open({
      name,
      host: "127.0.0.1",
      port: 0,
      implicitTls: name === "pop3s" ? certificate : null,
      maxConnections: 20,
      maxPerAddress: 20,
      idleMilliseconds: 5000,
      tooMany: "-ERR [SYS/TEMP] Too many connections.\r\n",
      serve,
      log: silentLog,
    });
  return new Pop3World(happen, await open("pop3"), await open("pop3s"));
};

class Pop3World implements World {
  readonly #happen: (text: string) => void;
  readonly #plain: Listener;
  readonly #secure: Listener;

  constructor(happen: (text: string) => void, plain: Listener, secure: Listener) {
    this.#happen = happen;
    this.#plain = plain;
    this.#secure = secure;
  }

  async connect(name: string) {
    if (name !== "pop3s") {
      const socket = connect(this.#plain.port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }
    const socket = tlsConnect({ port: this.#secure.port, host: "127.0.0.1", ca: goodPem });
    await once(socket, "secureConnect");
    return socket;
  }

  async event(text: string): Promise<void> {
    this.#happen(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#plain.close(200), this.#secure.close(200)]);
  }
}

function events(mail: MemoryMail, people: People): (text: string) => void {
  const known: Record<string, () => void> = {
    "the old server is down": () => {
      mail.isOldServerDown = people.isOldServerDown = true;
    },
    "the old server is up": () => {
      mail.isOldServerDown = people.isOldServerDown = false;
    },
    "the listing is being taken": () => {
      people.isListing = true;
    },
    "the listing is ready": () => people.listed(),
    "the disk is full": () => {
      mail.isFull = true;
    },
    "the store is away": () => {
      mail.isAway = true;
    },
    "the store is back": () => {
      mail.isAway = mail.isFull = false;
    },
  };
  return (text) => {
    const message = /^(remote )?mail (\S*): ?(.*)$/.exec(text);
    if (message) {
      const [, remote, uidl = "", octets = ""] = message;
      const content = Buffer.from(octetsOf(octets, new Map()), "latin1");
      mail.add(people.annas, { uidl: octetsOf(uidl, new Map()), content, isRemote: remote !== undefined });
    } else if (known[text]) known[text]();
    else throw new Error(`not understood: ${text}`);
  };
}
