/** What would be lost if a domain's migration ended now, each by name. */
import { allTransfers } from "../check.ts";
import type { Transfer } from "../migration.ts";
import type { CutoverTools } from "./tools.ts";

/**
 * What is in the way, so that somebody can be led to where it is done.
 * not-come: the old server knows the address, nobody has logged in. prepared: a mailbox waits here for its owner.
 * returned: the owner went back. old-mail: messages are still on the old server alone. state: it neither follows nor
 * has settled. no-password: nobody could log in after the end.
 */
export const blockerKinds = ["not-come", "prepared", "returned", "old-mail", "state", "no-password"] as const;
export type BlockerKind = (typeof blockerKinds)[number];

/** One thing in the way. `address` is the name by which it can be given up. */
export interface Blocker {
  readonly address: string;
  readonly kind: BlockerKind;
  readonly text: string;
}

/** Everything in the way of a domain's cutover, whoever is given up already. */
export async function blockersOf(
  { ledger, people }: Pick<CutoverTools, "ledger" | "people">,
  domain: string,
): Promise<readonly Blocker[]> {
  const transfers = await allTransfers(ledger, domain);
  // They have a mailbox here that is not admitted, and the old server accepts mail for them: said once is enough.
  const away = new Set(transfers.filter(({ state }) => state === "returned").map(({ address }) => address));
  const missing = (await people.missing(domain)).filter(({ address }) => !away.has(address));
  const known = new Set(missing.map(({ address }) => address));
  const prepared = (await people.prepared(domain)).filter(
    (address) => !known.has(address) && !away.has(address),
  );
  return [
    ...missing.map(({ address, messages }) => ({
      address,
      kind: "not-come" as const,
      text: missingText(address, messages),
    })),
    ...prepared.map((address) => ({
      address,
      kind: "prepared" as const,
      text: `${address} has a prepared mailbox here and has not logged in yet`,
    })),
    ...transfers.flatMap((transfer) => transferBlocker(transfer) ?? []),
    ...transfers.filter(({ lacksPassword }) => lacksPassword).map(({ address }) => withoutPassword(address)),
  ];
}

function withoutPassword(address: string): Blocker {
  const advice = `until its owner logs in or "mailbox password ${address}" sets one; after the end only the latter lets them in`;
  return { address, kind: "no-password", text: `${address} was brought here and has no password ${advice}` };
}

function missingText(address: string, messages: number): string {
  const piped = messages === 0 ? "" : `; ${messages} messages were piped there for this address`;
  return `${address} is known to the old server and has not come here yet${piped}`;
}

function transferBlocker({ address, state, reason, messages, messagesHere }: Transfer): Blocker | null {
  const why = reason === null ? "" : ` (${reason})`;
  if (state === "settled") return null;
  if (state === "returned") {
    const text = `${address} went back to the old server and has not come here again`;
    return { address, kind: "returned", text };
  }
  if (messagesHere < messages) {
    return {
      address,
      kind: "old-mail",
      text: `${address}: ${messages - messagesHere} messages are still on the old server${why}`,
    };
  }
  return state === "following" ? null : { address, kind: "state", text: `${address} is ${state}${why}` };
}
