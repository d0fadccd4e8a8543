/**
 * The topics of live events that what a path shows depends on. Null: it depends on what no event tells, and is asked
 * for again and again.
 */
export function topicsOf(path: string): readonly string[] | null {
  const [, resource, name, ...rest] = path.replace(/\?.*$/s, "").split("/").map(decodeURIComponent);
  if (name === undefined) {
    const whole: Readonly<Record<string, string>> = {
      domains: "domains",
      queue: "queue",
      log: "log",
      administrators: "administrators",
    };
    const topic = whole[resource ?? ""];
    return topic === undefined ? null : [topic];
  }
  // These are held in memory, and an event tells of what was committed.
  if (["logins", "check"].includes(rest.at(-1) ?? "") || path.startsWith("/queue/figures")) return null;
  if (resource === "domains" || resource === "migrations") return [`domain:${name}`, `migration:${name}`];
  if (resource === "aliases" || rest.at(-1) === "aliases") {
    return [`domain:${name.slice(name.lastIndexOf("@") + 1)}`];
  }
  if (resource === "mailboxes" || resource === "returns") {
    return name.includes("@") ? [`mailbox:${name}`] : [`migration:${name}`];
  }
  if (resource === "administrators") return ["administrators"];
  return resource === "queue" ? ["queue"] : null;
}
