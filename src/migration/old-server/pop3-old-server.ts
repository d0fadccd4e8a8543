/**
 * An old POP3 server behind the port: login with its three answers. Good means that PASS and STAT both
 * worked, since some servers say +OK to any password and fail at the next command.
 */
import { Pop3Client, type Pop3Peer } from "#clients/pop3-client";
import type { Pop3Capabilities, Pop3Reply } from "#clients/pop3-replies";
import { TlsTrouble } from "#net/tls";
import { WireClosed } from "#net/wire";
import type { OldServerFacts } from "../proof/certificate.ts";
import { apopCommand, refusesMechanism } from "./apop.ts";
import { delayInWords } from "./delay-in-words.ts";
import { loginNames, type WorkingForms } from "./login-names.ts";
import type { Credentials, OldServer, OldServerAddress, Trouble, Verdict } from "./old-server.ts";
import { Pop3Session, type SessionLimits } from "./pop3-session.ts";
import { troubleOfError, troubleOfRefusal } from "./pop3-trouble.ts";

/** How patient we are with old servers, milliseconds and octets. */
export interface Pop3OldServerOptions extends SessionLimits {
  readonly connectMilliseconds: number;
  /** For an answer during login. */
  readonly loginMilliseconds: number;
  /** Whether this greeting is our own: the old server is this very server. */
  readonly isOwnGreeting: (greeting: string) => boolean;
  /** Told what a server says of itself whenever somebody is logged in there. */
  readonly met?: (server: OldServerAddress, facts: OldServerFacts) => void;
}

/** Milliseconds that CAPA may take: it looks at nothing, and a person waits. */
const longestCapa = 10_000;

type Refused = Exclude<Verdict, { verdict: "good" }>;

/** What was learnt of a server, kept while the program runs. */
interface Habits {
  /** CAPA hung or ended the connection. */
  capaHangs: boolean;
  /** PIPELINING stalled once. */
  pipeliningStalled: boolean;
  /** Messages that the last session could ask for ahead; 0 before one has shown it. */
  messagesAhead: number;
}

export class Pop3OldServer implements OldServer {
  readonly #options: Pop3OldServerOptions;
  readonly #habits = new Map<string, Habits>();
  readonly #forms: WorkingForms = new Map();

  constructor(options: Pop3OldServerOptions) {
    this.#options = options;
  }

  async login(server: OldServerAddress, credentials: Credentials, signal: AbortSignal): Promise<Verdict> {
    const key = `${server.host}:${server.port}`;
    let refused: Verdict | null = null;
    for (const [form, name] of loginNames(server, credentials, this.#forms.get(key) ?? null)) {
      const verdict = await this.#loginAs(server, name, credentials.password, signal);
      if (verdict.verdict === "good") this.#forms.set(key, form);
      if (verdict.verdict !== "bad") return verdict;
      refused ??= verdict;
    }
    return refused ?? { verdict: "bad", reply: "no login name" };
  }

  async #loginAs(
    server: OldServerAddress,
    name: string,
    password: Uint8Array,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const habits = this.#habitsOf(server);
    const mayAskCapa = !habits.capaHangs;
    let client: Pop3Client | undefined;
    const stop = (): void => client?.destroy();
    signal.addEventListener("abort", stop, { once: true });
    try {
      client = await Pop3Client.connect(this.#peer(server), signal);
      if (this.#options.isOwnGreeting(client.greeting)) {
        return this.#refuse(
          client,
          cannotTell("protocol", "the old server's address leads to this very server"),
        );
      }
      const capabilities = await this.#secure(client, server, habits);
      if (!(capabilities instanceof Map)) return this.#refuse(client, capabilities as Refused);
      // Without it some servers hand out a substitute for each message that is not ASCII (RFC 6856 §2). A
      // server that refuses it goes on as before.
      if (capabilities.has("UTF8")) await client.command("UTF8");
      const passed = await passIn(client, name, password, capabilities);
      if (!passed.ok) return this.#refuse(client, verdictOf(passed));
      const stat = await client.command("STAT");
      const figures = /^(\d{1,10})[ \t]+(\d{1,15})/.exec(stat.text);
      if (!stat.ok) return this.#refuse(client, verdictOf(stat));
      this.#options.met?.(server, { greeting: client.greeting, fingerprint: client.fingerprint });
      const mayPipeline = capabilities.has("PIPELINING") && !habits.pipeliningStalled && !client.hasOddEnds;
      const session = new Pop3Session(client, {
        loginName: name,
        stat: { messages: Number(figures?.[1] ?? 0), octets: Number(figures?.[2] ?? 0) },
        mayPipeline,
        loginDelay: loginDelayOf(capabilities),
        limits: this.#options,
        stalled: () => {
          habits.pipeliningStalled = true;
        },
        messagesAhead: habits.messagesAhead,
        paced: (messagesAhead) => {
          habits.messagesAhead = messagesAhead;
        },
      });
      return { verdict: "good", session };
    } catch (error) {
      client?.destroy();
      // It was CAPA that hung or ended the connection: once more without it.
      if (mayAskCapa && habits.capaHangs && !signal.aborted) {
        return await this.#loginAs(server, name, password, signal);
      }
      const { trouble, reason } = troubleOfError(error);
      return signal.aborted
        ? cannotTell("timeout", "the old server took too long")
        : cannotTell(trouble, reason);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** CAPA and STLS as the policy wants them: the capabilities that hold from now on, or why it cannot go on. */
  async #secure(
    client: Pop3Client,
    server: OldServerAddress,
    habits: Habits,
  ): Promise<Pop3Capabilities | Refused> {
    const none: Pop3Capabilities = new Map();
    const before = await this.#capabilities(client, habits);
    if (server.tls.mode === "none" || client.isSecure) return before ?? none;
    const reply = await client.startTls().catch((error: unknown) => {
      const isNoTls = error instanceof TlsTrouble && error.kind === "not-tls";
      // Clear text in place of the handshake may also be seen before it begins, or be followed by the end.
      if (isNoTls || (error instanceof WireClosed && error.reason !== "timeout")) return null;
      throw error;
    });
    if (!reply) {
      return cannotTell(
        "tls",
        "the old server offers STLS, and no TLS follows; use pop3s://, or --tls none to allow clear text",
      );
    }
    if (reply.ok) return (await this.#capabilities(client, habits)) ?? none;
    if (server.tls.mode === "opportunistic") return before ?? none;
    return cannotTell(
      "tls",
      "the old server offers no STLS; use pop3s://, or --tls none to allow clear text",
    );
  }

  async #capabilities(client: Pop3Client, habits: Habits): Promise<Pop3Capabilities | null> {
    if (habits.capaHangs) return null;
    const { loginMilliseconds } = this.#options;
    try {
      client.idleMilliseconds = Math.min(loginMilliseconds, longestCapa);
      return await client.capabilities();
    } catch (error) {
      // Some servers hang or hang up at CAPA: the next connection does without.
      habits.capaHangs = true;
      throw error;
    } finally {
      client.idleMilliseconds = loginMilliseconds;
    }
  }

  async #refuse(client: Pop3Client, verdict: Refused): Promise<Refused> {
    await client[Symbol.asyncDispose]();
    return verdict;
  }

  #peer(server: OldServerAddress): Pop3Peer {
    return {
      host: server.host,
      port: server.port,
      implicitTls: server.implicitTls,
      tls: server.tls,
      connectMilliseconds: this.#options.connectMilliseconds,
      idleMilliseconds: this.#options.loginMilliseconds,
    };
  }

  #habitsOf(server: OldServerAddress): Habits {
    const key = `${server.host}:${server.port}`;
    const habits = this.#habits.get(key) ?? { capaHangs: false, pipeliningStalled: false, messagesAhead: 0 };
    this.#habits.set(key, habits);
    return habits;
  }
}

/**
 * USER and PASS; APOP only where those are refused as a way in, not for the password, so on a link in clear text
 * only where the administrator has allowed that, as for PASS; AUTH PLAIN first where only that is offered or a
 * password holds what a line cannot.
 */
export async function passIn(
  client: Pop3Client,
  name: string,
  password: Uint8Array,
  capabilities: Pop3Capabilities,
): Promise<Pop3Reply> {
  const hasPlain =
    capabilities.get("SASL")?.some((mechanism) => mechanism.toUpperCase() === "PLAIN") ?? false;
  const fitsLine = !password.some((octet) => octet === 0 || octet === 10 || octet === 13);
  const noUser = capabilities.size > 0 && !capabilities.has("USER");
  if (hasPlain && (noUser || !fitsLine)) {
    const response = Buffer.concat([Buffer.from(`\0${name}\0`), password]).toString("base64");
    const plain = await client.command(`AUTH PLAIN ${response}`);
    // Some offer it and do not know it. A password that is wrong is not tried a second way: that locks people out.
    if (!fitsLine || !refusesMechanism(plain)) return plain;
  }
  if (!fitsLine) return { ok: false, code: "AUTH", text: "this password cannot be sent over POP3" };
  const user = await client.command(`USER ${name}`);
  const said = user.ok ? await client.command(Buffer.concat([Buffer.from("PASS "), password])) : user;
  const apop = refusesMechanism(said) ? apopCommand(client.greeting, name, password) : null;
  return apop === null ? said : await client.command(apop);
}

/** Troubles whose words may say how long to wait. */
const asksToWait: ReadonlySet<Trouble> = new Set(["login-delay", "throttled", "locked"]);

function verdictOf(refusal: Pop3Reply): Refused {
  const trouble = troubleOfRefusal(refusal);
  const said = refusal.code ? `[${refusal.code}] ${refusal.text}` : refusal.text;
  if (trouble === "bad") return { verdict: "bad", reply: said };
  const retryAfter = asksToWait.has(trouble) ? delayInWords(refusal.text) : null;
  return cannotTell(trouble, `the old server says: ${said}`, retryAfter);
}

function cannotTell(
  trouble: Extract<Refused, { verdict: "cannot-tell" }>["trouble"],
  reason: string,
  retryAfter: number | null = null,
): Refused {
  return { verdict: "cannot-tell", trouble, reason, ...(retryAfter === null ? {} : { retryAfter }) };
}

/** LOGIN-DELAY of CAPA (RFC 2449 §6.5) in milliseconds, at most a day; 0 where there is none. */
export function loginDelayOf(capabilities: Pop3Capabilities): number {
  const seconds = Number(capabilities.get("LOGIN-DELAY")?.[0] ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 86_400) * 1000 : 0;
}
