/** How far the beginning of a move has come, read from the server alone. */
import type { DomainView } from "#http/domains";
import type { MigrationStatusView } from "#http/migrations";

export const stepNames = ["domain", "old", "message", "unknown", "programs", "watch"] as const;
export type StepName = (typeof stepNames)[number];

export interface Facts {
  readonly domain: Extract<DomainView, { kind: "local" }> | null;
  /** Null: not known yet, or no domain. */
  readonly status: Pick<MigrationStatusView, "on" | "transfers" | "names"> | null;
}

/** Which steps are done. */
export function doneSteps({ domain, status }: Facts): ReadonlySet<StepName> {
  const isOn = status?.on === true;
  const hasComers = (status?.transfers.length ?? 0) > 0;
  const leadsHere = status?.names?.leads.some(({ kind, here }) => kind === "mx" && here) ?? false;
  const facts: Readonly<Record<StepName, boolean>> = {
    domain: domain !== null,
    old: isOn || hasComers,
    message: isOn || hasComers,
    unknown: domain?.unknownUsers.includes("|") ?? false,
    programs: leadsHere,
    watch: hasComers,
  };
  return new Set(stepNames.filter((name) => facts[name]));
}

/** The first step that is neither done nor skipped; the last when all are. */
export function nextStep(done: ReadonlySet<StepName>, skipped: readonly StepName[]): StepName {
  return stepNames.find((name) => !done.has(name) && !skipped.includes(name)) ?? "watch";
}

/** The name of the remote domain that a guide suggests: big-company.com is piped through big-company.old. */
export function routeNameFor(domain: string): string {
  const labels = domain.split(".");
  return [...(labels.length > 1 ? labels.slice(0, -1) : labels), "old"].join(".");
}
