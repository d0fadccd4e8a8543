/** The guarded end of a domain's migration, as plain data. It lies in the store, so that a crash only delays it. */
import type { RemoteDomain, UnknownUsers } from "#directory/domain";
import type { Migration } from "../migration.ts";

/**
 * What is done, in this order.
 * - defer: unknown users are told to come later (450), so that no mail leaves for the old server any more
 * - drain: what was accepted for the old server before goes out
 * - quiet: the old server puts what it has taken into its maildrops
 * - sweep: all old maildrops are swept until nothing new is found
 * - certify: every old maildrop is listed once more and compared; the sums must close
 * - resweep: a sweep that finds nothing; otherwise it is compared again
 * - reject: unknown users are refused
 * - end: the migration ends and its sealing key, with it all old passwords, is destroyed
 * - park: nothing goes out through the remote domain any more; it may be removed
 */
export type CutoverStep =
  | "defer"
  | "drain"
  | "quiet"
  | "sweep"
  | "certify"
  | "resweep"
  | "reject"
  | "end"
  | "park";

export const cutoverSteps: readonly CutoverStep[] = [
  "defer",
  "drain",
  "quiet",
  "sweep",
  "certify",
  "resweep",
  "reject",
  "end",
  "park",
];

/** refused: something would have been lost; unknown users are treated as before. */
export type CutoverState = "running" | "refused" | "done" | "undoing" | "undone";

/** What undo brings back. */
export interface BeforeCutover {
  readonly unknownUsers: UnknownUsers;
  readonly migration: Migration;
  /** The remote domain of the pipe; null where unknown users were not piped. */
  readonly route: { readonly name: string; readonly deliver: RemoteDomain["deliver"] } | null;
}

/** The last cutover of a domain. */
export interface Cutover {
  readonly domain: string;
  readonly state: CutoverState;
  /** The step under way, or at which it ended. */
  readonly step: CutoverStep;
  /** When this step began, and the cutover. Epoch milliseconds. */
  readonly stepSince: number;
  readonly startedAt: number;
  /** What the step waits for, for people; null when it is at work. */
  readonly waitingFor: string | null;
  /** What would have been lost, each by name; empty unless it was refused. */
  readonly blockers: readonly string[];
  /** Addresses that were given up by name. */
  readonly giveUp: readonly string[];
  /** Names its certificate; null before there is one. */
  readonly certificate: string | null;
  readonly before: BeforeCutover;
}

/** Where cutovers are kept. */
export interface CutoverStore {
  /** The last one of a domain. */
  cutover(domain: string): Promise<Cutover | null>;
  /** Those that are running or being undone. */
  unfinishedCutovers(): Promise<readonly Cutover[]>;
  /** Keeps it in place of the domain's last one. */
  setCutover(cutover: Cutover): Promise<void>;
}
