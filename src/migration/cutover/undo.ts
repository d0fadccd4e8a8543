import { done, type Outcome } from "#mailbox/problem";
import type { Cutover } from "./cutover.ts";
import type { CutoverTools } from "./tools.ts";

/**
 * Brings back what a cutover changed, whatever it had come to; may be done again. The migration is on again with
 * a new sealing key: old passwords that were destroyed come back with the next logins. What was given up by name
 * stays given up.
 */
export async function undoCutover(
  { domains, ledger, keys }: Pick<CutoverTools, "domains" | "ledger" | "keys">,
  { domain, before }: Cutover,
): Promise<Outcome<void>> {
  const { route, migration, unknownUsers } = before;
  // The way out first: nothing is piped before it leads somewhere.
  if (route !== null) {
    const opened = await domains.setDeliver(route.name, route.deliver);
    if (!opened.ok) return opened;
  }
  if (!(await ledger.migration(domain))) {
    if (!(await keys.get(migration.sealingKey))) await keys.create(migration.sealingKey);
    const resumed = await ledger.setMigration(migration);
    if (!resumed.ok) return resumed;
  }
  const set = await domains.setUnknownUsers(domain, unknownUsers, []);
  return set.ok ? done(undefined) : set;
}
