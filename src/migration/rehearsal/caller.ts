/**
 * One POP3 connection of a rehearsal, within the old server's budget of connections. All that is ever said on one
 * is CAPA, STLS, a login as the migration does it (UTF8, USER and PASS, APOP or AUTH), STAT, LIST, UIDL, TOP, RETR,
 * NOOP and QUIT: nothing that changes a maildrop.
 */
import { Pop3Client } from "#clients/pop3-client";
import type { Pop3Capabilities } from "#clients/pop3-replies";
import type { TlsPolicy } from "#mail/next-hop";
import { WireClosed } from "#net/wire";
import type { OldServerAddress } from "../old-server/old-server.ts";
import type { RehearsalTools } from "./tools.ts";

/** The server has no STLS, or refuses it. */
export class NoStls extends Error {
  constructor(said: string) {
    super(said);
    this.name = "NoStls";
  }
}

/** The old server, and how it is spoken to. */
export interface Door {
  readonly server: OldServerAddress;
  readonly tools: Pick<RehearsalTools, "budgets" | "limits">;
  readonly signal: AbortSignal;
  /** CAPA hangs there: it is not asked. */
  readonly skipsCapa: boolean;
}

/** Connects and reads the greeting. Throws what `Pop3Client.connect` throws. */
export async function call(door: Door, server: OldServerAddress = door.server): Promise<Caller> {
  const { budgets, limits } = door.tools;
  const place = await budgets.of(server).take("prompt", door.signal);
  if (!place) throw new WireClosed("timeout", "no free connection to the old server in time");
  try {
    const peer = {
      ...server,
      connectMilliseconds: limits.connect,
      idleMilliseconds: limits.answer,
    };
    const client = await Pop3Client.connect(peer, door.signal);
    return new Caller(client, place, door);
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  }
}

/** Connects and secures the connection as the policy wants it. Throws NoStls and what a connection throws. */
export async function callSecurely(door: Door, policy: TlsPolicy = door.server.tls): Promise<Caller> {
  const caller = await call(door, { ...door.server, tls: policy });
  try {
    await caller.secure(policy);
    return caller;
  } catch (error) {
    caller.hangUp();
    throw error;
  }
}

/** A connection past its greeting, until it is left or hung up. */
export class Caller implements AsyncDisposable {
  readonly client: Pop3Client;
  /** What holds from now on; empty where CAPA is unknown or not asked. */
  capabilities: Pop3Capabilities = new Map();
  #place: Disposable | null;
  readonly #door: Door;
  readonly #stop: () => void;

  constructor(client: Pop3Client, place: Disposable, door: Door) {
    this.client = client;
    this.#place = place;
    this.#door = door;
    this.#stop = () => client.destroy();
    door.signal.addEventListener("abort", this.#stop, { once: true });
  }

  /** Asks CAPA; null where it is refused. Throws as the connection does when it hangs or drops. */
  async askCapabilities(): Promise<Pop3Capabilities | null> {
    this.client.idleMilliseconds = this.#door.tools.limits.capa;
    const told = await this.client.capabilities();
    this.client.idleMilliseconds = this.#door.tools.limits.answer;
    this.capabilities = told ?? new Map();
    return told;
  }

  async secure(policy: TlsPolicy): Promise<void> {
    if (policy.mode !== "none" && !this.client.isSecure) {
      const reply = await this.client.startTls();
      if (!reply.ok) throw new NoStls(reply.text);
    }
    if (!this.#door.skipsCapa) await this.askCapabilities();
  }

  /** QUIT, and how it was answered; waits at most three seconds. */
  async leave(): Promise<"answered" | "refused" | "hung" | "dropped"> {
    if (!this.client.isOpen) {
      this.hangUp();
      return "dropped";
    }
    this.client.idleMilliseconds = 3000;
    try {
      return (await this.client.command("QUIT")).ok ? "answered" : "refused";
    } catch (error) {
      return error instanceof WireClosed && error.reason === "timeout" ? "hung" : "dropped";
    } finally {
      this.hangUp();
    }
  }

  /** Ends the connection at once. */
  hangUp(): void {
    this.client.destroy();
    this.#door.signal.removeEventListener("abort", this.#stop);
    this.#place?.[Symbol.dispose]();
    this.#place = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }
}
