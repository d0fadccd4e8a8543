import { once } from "node:events";
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { expect } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import type { Listener } from "#net/listener";
import { House } from "../smtp/house.ts";
import { openSmtp } from "../smtp/open.ts";
import { goodPem } from "../tls/certificates.ts";
import type { OpenWorld, World } from "./world.ts";

/** The SMTP server with the small company of `test/smtp/house.ts`. `smtp/README.md` says what it understands. */
export const openSmtpWorld: OpenWorld = async (given) => {
  const house = new House();
  house.settings = { ...house.settings, maxMessage: 3000 };
  let clearPasswords = false;
  let hasCertificate = true;
  for (const line of given) {
    if (line === "passwords in clear") clearPasswords = true;
    else if (line === "no certificate") hasCertificate = false;
    else if (line === "normalised line endings")
      house.settings = { ...house.settings, normaliseBareLineEndings: true };
    else if (line === "a full disk") house.trouble = new StoreUnavailable("the disk is full");
    else throw new Error(`@given ${line}: not understood`);
  }
  const kinds = ["smtp", "submission", "submissions"] as const;
  const listeners = new Map<string, Listener>();
  for (const kind of kinds)
    listeners.set(kind, await openSmtp(house, { kind, clearPasswords, hasCertificate }));
  return new SmtpWorld(house, listeners);
};

class SmtpWorld implements World {
  readonly #house: House;
  readonly #listeners: ReadonlyMap<string, Listener>;

  constructor(house: House, listeners: ReadonlyMap<string, Listener>) {
    this.#house = house;
    this.#listeners = listeners;
  }

  async connect(listener: string) {
    const port = this.#listeners.get(listener || "smtp")?.port ?? 0;
    const raw = connect({ port, host: "127.0.0.1" });
    if (listener !== "submissions") {
      await once(raw, "connect");
      return raw;
    }
    const socket = tlsConnect({ socket: raw, ca: goodPem, servername: "localhost" });
    await once(socket, "secureConnect");
    return socket;
  }

  async event(text: string): Promise<void> {
    const { taken } = this.#house;
    const last = taken.at(-1);
    const [, what = "", rest = ""] = /^(\w+) ?(.*)$/.exec(text) ?? [];
    if (what === "taken") return expect(String(taken.length)).toBe(rest);
    if (what === "from") return expect(`<${last?.message.reversePath}>`).toBe(rest);
    if (what === "here") return expect(last?.local.map(({ address }) => address).join(" ")).toBe(rest);
    if (what === "queued")
      return expect(
        last?.queued.map(({ via, address }) => `${via.kind}:${via.to}:${address}`).join(" "),
      ).toBe(rest);
    if (what === "with") return expect(last?.message.protocol).toBe(rest);
    if (what === "message")
      return expect(JSON.stringify(last?.octets.slice(last.message.traceLength))).toBe(rest);
    if (text === "the disk has room again") {
      this.#house.trouble = null;
      return;
    }
    throw new Error(`* ${text}: not understood`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close(200)));
    expect(this.#house.stage.open, "contents that were staged and not disposed of").toBe(0);
  }
}
