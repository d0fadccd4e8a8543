/** Logging in on the old server for a mailbox that was admitted: with its sealed password, or with a new one. */

import { openPassword, sealPassword } from "../admission/sealing.ts";
import type { Migration, Transfer } from "../migration.ts";
import type { Place, Purpose } from "../old-server/connections.ts";
import type { OldServerSession, Verdict } from "../old-server/old-server.ts";
import { loginFrom } from "../old-server/patient-login.ts";
import type { TransferTools } from "./transfer-tools.ts";
import type { VisitTrouble } from "./visit-report.ts";

/** A session, and the place among the old server's connections that it takes. */
export interface Opened {
  readonly kind: "open";
  readonly session: OldServerSession;
  readonly place: Place;
  /** Just before the login, epoch milliseconds: what was there then is in this session's maildrop. */
  readonly since: number;
}

export type Opening =
  | Opened
  /** There is no good password; the reason is for people. */
  | { readonly kind: "bad"; readonly reason: string }
  | { readonly kind: "trouble"; readonly trouble: VisitTrouble }
  /** Nobody waited long enough for a place: the signal aborted. */
  | { readonly kind: "stopped" };

/** How to wait for a place among the connections, and how long for the login. */
interface Patience {
  readonly purpose: Purpose;
  readonly whileWaiting: AbortSignal;
  readonly signal: AbortSignal;
}

const noPassword = "its old password is not known here any more: the next login brings it";

/** Logs in with the sealed password. */
export async function openSealed(
  tools: TransferTools,
  migration: Migration,
  transfer: Transfer,
  patience: Patience,
): Promise<Opening> {
  const kept = await tools.ledger.sealedPassword(transfer.mailbox);
  const key = await tools.keys.get(migration.sealingKey);
  const password = kept && key ? openPassword(key, transfer.address, kept.sealed) : null;
  if (!kept || !password) return { kind: "bad", reason: noPassword };
  try {
    return await openWith(tools, migration, transfer, { password, loginName: kept.loginName, ...patience });
  } finally {
    password.fill(0);
  }
}

/** Logs in with this password, and keeps it sealed when the old server takes it. */
export async function openProved(
  tools: TransferTools,
  migration: Migration,
  transfer: Transfer,
  password: Uint8Array,
  signal: AbortSignal,
): Promise<Opening> {
  const key = await tools.keys.get(migration.sealingKey);
  if (!key) return { kind: "bad", reason: "the sealing key is gone" };
  const { loginName } = transfer;
  const patience: Patience = { purpose: "prompt", whileWaiting: signal, signal };
  const opening = await openWith(tools, migration, transfer, { password, loginName, ...patience });
  if (opening.kind === "open") {
    const sealed = sealPassword(key, transfer.address, password);
    await tools.ledger.setSealedPassword(transfer.mailbox, sealed, opening.session.loginName);
  }
  return opening;
}

async function openWith(
  tools: TransferTools,
  migration: Migration,
  transfer: Transfer,
  attempt: Patience & { readonly password: Uint8Array; readonly loginName: string },
): Promise<Opening> {
  const { password, loginName, purpose, whileWaiting, signal } = attempt;
  const place = await tools.budgets.of(migration.oldServer).take(purpose, whileWaiting);
  if (!place) return { kind: "stopped" };
  let isHandedOn = false;
  try {
    let since = tools.clock.now();
    const credentials = { address: transfer.address, password, loginName };
    const ask = (): Promise<Verdict> => {
      since = tools.clock.now();
      return tools.oldServer.login(migration.oldServer, credentials, signal);
    };
    const verdict = await loginFrom(place, ask, tools.clock, whileWaiting);
    if (!verdict) return { kind: "stopped" };
    if (verdict.verdict === "good") {
      isHandedOn = true;
      return { kind: "open", session: verdict.session, place, since };
    }
    if (verdict.verdict === "bad") {
      const reason = `the old server does not take the password any more: ${verdict.reply}`;
      return { kind: "bad", reason };
    }
    if (verdict.trouble === "no-passwords") {
      return {
        kind: "bad",
        reason: `the old server takes no ordinary passwords any more: ${verdict.reason}`,
      };
    }
    if (signal.aborted) return { kind: "stopped" };
    const { trouble, reason, retryAfter = 0 } = verdict;
    return { kind: "trouble", trouble: { trouble, reason, retryAfter } };
  } finally {
    if (!isHandedOn) place[Symbol.dispose]();
  }
}
