import type { SmtpClient } from "./client.ts";
import type { Patience } from "./limits.ts";
import type { Reception } from "./receive.ts";
import type { Entrance, SmtpService } from "./service.ts";
import type { Transaction } from "./transaction.ts";

/** What a session knows. Commands read it and change what may change. */
export interface SessionState {
  /** For the log. */
  readonly id: string;
  readonly service: SmtpService;
  readonly entrance: Entrance;
  readonly patience: Patience;
  client: SmtpClient;
  transaction: Transaction | null;
  /** The message that is coming in: after DATA, or from its first chunk (RFC 3030) to its last. */
  incoming: Reception | null;
}

/** Where a dialogue stands: before EHLO, between transactions, after MAIL, or between two chunks. */
export type DialoguePhase = "new" | "greeted" | "mail" | "chunks";

/** Reads it off the state. */
export function phaseOf(state: SessionState): DialoguePhase {
  if (state.client.helo === "") return "new";
  if (state.incoming) return "chunks";
  return state.transaction ? "mail" : "greeted";
}

/** Forgets the transaction, and what has come of its message (RFC 5321 §4.1.1.5). */
export async function resetTransaction(state: SessionState): Promise<void> {
  const { incoming } = state;
  state.transaction = null;
  state.incoming = null;
  await incoming?.[Symbol.asyncDispose]();
}
