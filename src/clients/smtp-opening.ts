/** How a connection to an SMTP server begins: greeting, EHLO or HELO, STARTTLS as the policy wants it. */
import { connect } from "node:net";
import type { TlsPolicy } from "#mail/next-hop";
import { clientTls } from "#net/tls";
import { Wire, WireClosed } from "#net/wire";
import { SmtpClient, type SmtpPeer } from "./smtp-client.ts";
import { noExtensions, parseExtensions, type SmtpExtensions } from "./smtp-extensions.ts";
import type { SmtpTimeLimits } from "./smtp-limits.ts";
import { isPositive, longestReplyLine, readReply, replyText, type SmtpReply } from "./smtp-replies.ts";
import { type SmtpTrouble, troubleOf } from "./smtp-trouble.ts";

export interface SmtpClientOptions {
  /** What we call ourselves in EHLO: our public name. */
  readonly heloName: string;
  readonly tls: TlsPolicy;
  readonly limits: SmtpTimeLimits;
}

/** What came of trying to open a connection. */
export type SmtpOpening =
  | { readonly kind: "open"; readonly client: SmtpClient }
  /** The server does not want to talk to us at all. */
  | { readonly kind: "refused"; readonly at: "greeting" | "hello"; readonly reply: SmtpReply }
  | { readonly kind: "trouble"; readonly trouble: SmtpTrouble };

const handshake = "TLS handshake";

/** Connects, hears the greeting, says EHLO (or HELO) and secures the connection as the policy wants. */
export async function openSmtp(
  peer: SmtpPeer,
  options: SmtpClientOptions,
  signal: AbortSignal,
): Promise<SmtpOpening> {
  const opening = await tryOpen(peer, options, signal);
  const mayGoWithout = options.tls.mode === "opportunistic" && !signal.aborted;
  if (opening.kind === "trouble" && opening.trouble.kind === "tls" && mayGoWithout)
    return await tryOpen(peer, { ...options, tls: { mode: "none" } }, signal);
  return opening;
}

async function tryOpen(
  peer: SmtpPeer,
  options: SmtpClientOptions,
  signal: AbortSignal,
): Promise<SmtpOpening> {
  let wire: Wire | null = null;
  const stop = (): void => wire?.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const progress = { step: "connecting" };
  let opening: SmtpOpening;
  try {
    wire = await openWire(peer, options.limits.connect, signal);
    opening = await introduce(wire, peer, options, progress);
  } catch (error) {
    const trouble = wire ? troubleOf(error, progress.step) : unreachable(error, peer);
    const isTls = progress.step === handshake;
    opening = { kind: "trouble", trouble: isTls ? { ...trouble, kind: "tls" } : trouble };
  } finally {
    signal.removeEventListener("abort", stop);
  }
  if (opening.kind === "refused") await wire?.close();
  else if (opening.kind === "trouble") wire?.destroy();
  return opening;
}

async function introduce(
  wire: Wire,
  peer: SmtpPeer,
  { heloName, tls, limits }: SmtpClientOptions,
  progress: { step: string },
): Promise<SmtpOpening> {
  wire.idleMilliseconds = limits.greeting;
  const hear = (): Promise<SmtpReply> => readReply(() => wire.readLine(longestReplyLine));
  const say = async (command: string): Promise<SmtpReply> => {
    progress.step = command;
    await wire.write(`${command}\r\n`);
    return await hear();
  };
  const hello = async (): Promise<SmtpReply | SmtpExtensions> => {
    const reply = await say(`EHLO ${heloName}`);
    if (isPositive(reply)) return parseExtensions(reply);
    // A server of before 1995 does not know EHLO (RFC 5321 §3.2).
    if (reply.code < 500) return reply;
    const plain = await say(`HELO ${heloName}`);
    return isPositive(plain) ? noExtensions : plain;
  };

  progress.step = "greeting";
  const greeting = await hear();
  if (!isPositive(greeting)) return { kind: "refused", at: "greeting", reply: greeting };
  let offered = await hello();
  if ("code" in offered) return { kind: "refused", at: "hello", reply: offered };
  if (tls.mode !== "none" && offered.startTls) {
    const reply = await say("STARTTLS");
    if (isPositive(reply)) {
      progress.step = handshake;
      await wire.startTlsClient(clientTls(tls, peer.host));
      // What was offered in clear counts for nothing any more (RFC 3207 §4.2).
      offered = await hello();
      if ("code" in offered) return { kind: "refused", at: "hello", reply: offered };
    }
  }
  if ((tls.mode === "verify" || tls.mode === "pin") && !wire.isSecure)
    return {
      kind: "trouble",
      trouble: { kind: "tls", text: `${peer.host} offers no STARTTLS, and TLS is required` },
    };
  return { kind: "open", client: new SmtpClient(wire, peer, limits, replyText(greeting), offered) };
}

async function openWire(peer: SmtpPeer, milliseconds: number, signal: AbortSignal): Promise<Wire> {
  if (signal.aborted) throw new WireClosed("closed", "given up");
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: peer.address, port: peer.port });
    const settle = (error: Error | null): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      socket.off("error", settle);
      if (error === null) resolve(new Wire(socket, milliseconds));
      else {
        socket.on("error", () => undefined);
        socket.destroy();
        reject(error);
      }
    };
    const aborted = (): void => settle(new WireClosed("closed", "given up"));
    const timer = setTimeout(
      () => settle(new WireClosed("timeout", `no answer from ${peer.address} port ${peer.port}`)),
      milliseconds,
    );
    signal.addEventListener("abort", aborted, { once: true });
    socket.once("error", settle);
    socket.once("connect", () => settle(null));
  });
}

function unreachable(error: unknown, peer: SmtpPeer): SmtpTrouble {
  const text = error instanceof Error ? error.message : String(error);
  return { kind: "unreachable", text: `no connection to ${peer.host}: ${text}` };
}
