/** Whether commands may be sent ahead of their answers (RFC 2449 §6.6), and how long one answer takes. */
import type { Pop3Client } from "#clients/pop3-client";
import { WireClosed } from "#net/wire";
import type { Caller } from "./caller.ts";
import type { MaildropFacts } from "./facts.ts";
import type { RehearsalLimits } from "./tools.ts";

/** The median of a few NOOPs, in milliseconds. Null where the connection breaks. */
export async function probeRoundTrip(client: Pop3Client): Promise<number | null> {
  const times: number[] = [];
  try {
    for (let count = 0; count < 5; count++) {
      const began = performance.now();
      await client.command("NOOP");
      times.push(performance.now() - began);
    }
  } catch {
    return null;
  }
  return times.toSorted((a, b) => a - b)[2] ?? null;
}

/**
 * A small burst, the last thing that is done on a connection. Where it is not offered it is not tried.
 * @param number of a message that LIST can be asked about
 */
export async function probePipelining(
  { client, capabilities }: Caller,
  number: number | null,
  limits: Pick<RehearsalLimits, "pipeline">,
): Promise<MaildropFacts["pipelining"]> {
  if (!capabilities.has("PIPELINING")) return "not-offered";
  if (!client.isOpen) return "not-tried";
  client.idleMilliseconds = limits.pipeline;
  try {
    await client.send(["NOOP", "STAT", number === null ? "NOOP" : `LIST ${number}`, "NOOP"].join("\r\n"));
    const replies = [];
    for (let count = 0; count < 4; count++) replies.push(await client.readReply());
    const [, stat, listed] = replies;
    const fits = number === null || listed?.text.startsWith(`${number} `);
    const isRight = replies.every(({ ok }) => ok) && /^-?\d/.test(stat?.text ?? "") && fits;
    return isRight ? "sound" : "wrong";
  } catch (error) {
    return error instanceof WireClosed && error.reason === "timeout" ? "stalls" : "wrong";
  }
}
