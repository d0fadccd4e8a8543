/** What a visit, or the lack of one, means for a transfer: its state, and when the next is due. Pure. */
import { backoff } from "#jobs/backoff";
import type { Ledger, LedgerRow } from "../ledger.ts";
import type { Transfer } from "../migration.ts";
import type { VisitReport, VisitTrouble } from "./visit-report.ts";

/** How a transfer is changed (ledger: setTransfer). */
export type TransferChange = Parameters<Ledger["setTransfer"]>[1];

/** What a row tells whose content is not here. */
export type WaitingRow = Pick<LedgerRow, "reason" | "nextTry">;

/** What the moment adds: time in epoch milliseconds, a number in [0, 1), milliseconds. */
export interface Moment {
  readonly now: number;
  readonly random: number;
  readonly sweepInterval: number;
  /** How long the old server wants between logins; 0 where it says nothing. */
  readonly loginDelay: number;
}

const second = 1000;
const minute = 60 * second;
const afterTrouble = { first: 5 * second, longest: 15 * minute };
const afterBadPassword = { first: 5 * minute, longest: 24 * 60 * minute };
/** A server that limits logins without saying how is left alone for so long at least. */
const unstatedDelay = 60 * second;
/** Between two sessions of one mailbox: the lock goes, and another program has a chance. */
const betweenVisits = 2 * second;

/** After a login that failed for a reason that is not the person's, or a visit that broke. */
export function afterBreak(
  transfer: Transfer,
  trouble: VisitTrouble,
  hasProgressed: boolean,
  moment: Moment,
): TransferChange {
  const failures = hasProgressed ? 1 : transfer.failures + 1;
  const delay = backoff(afterTrouble, failures, moment.random);
  const least =
    trouble.trouble === "login-delay" || trouble.trouble === "throttled"
      ? Math.max(moment.loginDelay, unstatedDelay * Math.min(failures, 15))
      : moment.loginDelay;
  return {
    state: "waiting",
    reason: trouble.reason,
    nextTry: moment.now + Math.max(delay, least, trouble.retryAfter ?? 0),
    failures,
  };
}

/**
 * There is no password that the old server takes: it is tried again, ever less often.
 * @param reason for people
 */
export function afterBadLogin(transfer: Transfer, reason: string, moment: Moment): TransferChange {
  const failures = transfer.state === "needs-password" ? transfer.failures + 1 : 1;
  return {
    state: "needs-password",
    reason,
    nextTry: moment.now + backoff(afterBadPassword, failures, moment.random),
    failures,
  };
}

/**
 * After a visit that did not break.
 * @param remote rows whose content is still on the old server and wanted
 */
export function afterVisit(
  report: VisitReport,
  remote: readonly WaitingRow[],
  moment: Moment,
): TransferChange {
  const { now, random, sweepInterval, loginDelay } = moment;
  const held = report.hold?.until ?? now;
  if (report.end === "yielded") {
    return {
      state: "copying",
      reason: null,
      nextTry: Math.max(now + Math.max(betweenVisits, loginDelay), Math.min(held, now + sweepInterval)),
      failures: 0,
    };
  }
  const interval = Math.max(Math.round(sweepInterval * (0.9 + random / 5)), loginDelay);
  const isAllTaken = report.leftReason === null;
  const isOutOfHours = report.hold !== null && report.hold.reason !== null;
  const seen = report.listing !== null && isAllTaken ? { lastStat: report.stat } : {};
  if (isAllTaken && remote.length === 0) {
    return {
      state: "following",
      reason: null,
      nextTry: now + interval,
      failures: 0,
      lastSweep: report.began,
      ...seen,
    };
  }
  const troubled = remote.find((row) => row.reason !== null);
  const soonest = remote
    .map((row) => row.nextTry)
    .filter((time) => time > now)
    .reduce((one, other) => Math.min(one, other), isOutOfHours ? held : now + interval);
  return {
    state: "copying",
    reason: report.hold?.reason ?? report.leftReason ?? troubled?.reason ?? null,
    nextTry: Math.max(Math.min(now + interval, soonest), now + betweenVisits, now + loginDelay),
    failures: 0,
    ...seen,
  };
}
