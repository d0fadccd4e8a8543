import { TlsTrouble } from "#net/tls";
import { WireClosed } from "#net/wire";
import { SmtpProtocolError } from "./smtp-replies.ts";

/** A dialogue that ended without an answer: what happened, in one sentence for a person. */
export interface SmtpTrouble {
  readonly kind: "unreachable" | "closed" | "timeout" | "tls" | "protocol";
  readonly text: string;
}

/** What an error in a dialogue means; what is none of the network's (a defect) is thrown on. */
export function troubleOf(error: unknown, step: string): SmtpTrouble {
  if (error instanceof TlsTrouble) return { kind: "tls", text: error.message };
  if (error instanceof SmtpProtocolError) return { kind: "protocol", text: `${error.message} (${step})` };
  if (error instanceof WireClosed) return { kind: kindOf(error), text: `${sentence(error)} (${step})` };
  throw error;
}

function kindOf(error: WireClosed): SmtpTrouble["kind"] {
  if (error.reason === "timeout") return "timeout";
  return error.reason === "too-long" ? "protocol" : "closed";
}

function sentence(error: WireClosed): string {
  switch (error.reason) {
    case "timeout":
      return "no answer in time";
    case "too-long":
      return "an answer longer than any SMTP reply";
    default:
      return "the connection was lost";
  }
}
