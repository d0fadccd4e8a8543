/** Writing domains. What one domain needs of another (an alias domain's target, a pipe's route) must be there. */
import type { Domain } from "#directory/domain";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Db, WriterDb } from "./db.ts";
import { isConstraint } from "./failure.ts";

/** A domain by its name; null when there is none. */
export function domainOf(db: Db, name: string): Domain | null {
  const row = db.get<{ settings: string }>("SELECT settings FROM domain WHERE name = ?", name);
  return row ? (JSON.parse(row.settings) as Domain) : null;
}

/** All domains in the order of their names. */
export function allDomains(db: Db): readonly Domain[] {
  const rows = db.all<{ settings: string }>("SELECT settings FROM domain ORDER BY name");
  return rows.map((row) => JSON.parse(row.settings) as Domain);
}

function addDomain(db: WriterDb, domain: Domain): Outcome<void> {
  if (domainOf(db, domain.name)) return failed("exists", `There is a domain ${domain.name} already.`);
  const named = namedDomain(db, domain);
  if (!named.ok) return named;
  db.run(
    "INSERT INTO domain (name, kind, names, settings) VALUES (?, ?, ?, ?)",
    domain.name,
    domain.kind,
    named.value,
    JSON.stringify(domain),
  );
  return done(undefined);
}

function setDomain(db: WriterDb, domain: Domain): Outcome<void> {
  const before = domainOf(db, domain.name);
  if (!before) return failed("not-found", `There is no domain ${domain.name}.`);
  if (before.kind !== domain.kind) {
    return failed(
      "invalid",
      `${domain.name} is a ${before.kind} domain: remove it first to make it another kind.`,
    );
  }
  const named = namedDomain(db, domain);
  if (!named.ok) return named;
  const settings = JSON.stringify(domain);
  db.run("UPDATE domain SET names = ?, settings = ? WHERE name = ?", named.value, settings, domain.name);
  return done(undefined);
}

function removeDomain(db: WriterDb, name: string): Outcome<void> {
  if (!domainOf(db, name)) return failed("not-found", `There is no domain ${name}.`);
  for (const { what, sql } of uses) {
    const user = db.get<{ user: string }>(sql, name);
    if (user) return failed("in-use", `${name} cannot be removed: ${what} (${user.user}) still needs it.`);
  }
  try {
    db.run("DELETE FROM domain WHERE name = ?", name);
  } catch (error) {
    if (isConstraint(error))
      return failed("in-use", `${name} cannot be removed: a migration still needs it.`);
    throw error;
  }
  return done(undefined);
}

/** Who may need a domain, with one example. Whatever else does has a foreign key. */
const uses: readonly { readonly what: string; readonly sql: string }[] = [
  { what: "a mailbox", sql: "SELECT address AS user FROM mailbox WHERE domain = ? LIMIT 1" },
  {
    what: "an alias",
    sql: "SELECT address AS user FROM alias WHERE domain = ?1 OR target_domain = ?1 LIMIT 1",
  },
  { what: "another domain", sql: "SELECT name AS user FROM domain WHERE names = ? LIMIT 1" },
];

/** The domain that a domain cannot do without, if there is one; a problem if it is not there. */
function namedDomain(db: Db, domain: Domain): Outcome<string | null> {
  if (domain.kind === "alias") {
    if (domainOf(db, domain.target)?.kind === "local") return done(domain.target);
    return failed("not-found", `${domain.target} is no local domain: add it first.`);
  }
  if (domain.kind === "local" && domain.unknownUsers.rule === "pipe") {
    const { route } = domain.unknownUsers.pipe;
    if (domainOf(db, route)?.kind === "remote") return done(route);
    return failed("not-found", `${route} is no remote domain: add it first, with --remote.`);
  }
  return done(null);
}

/** SQLITE_CONSTRAINT. */
export const domainOperations = { addDomain, setDomain, removeDomain };
