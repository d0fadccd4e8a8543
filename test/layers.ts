/** The import table of docs/architecture.md, and how a file's imports are held against it. */
import { posix } from "node:path";

/** "types": only `import type`. */
type Permission = "yes" | "types" | "no";

const table: Readonly<Record<string, readonly string[]>> = {
  mail: [],
  observe: [],
  net: ["mail"],
  config: ["mail"],
  jobs: ["mail"],
  clients: ["mail", "net"],
  mailbox: ["mail"],
  directory: ["mail", "types:mailbox", "mailbox/problem"],
  routing: ["mail", "directory"],
  queue: ["mail", "directory", "routing", "mailbox", "jobs"],
  courier: ["mail", "net", "clients", "queue", "types:routing"],
  migration: ["mail", "net", "clients", "mailbox", "directory", "jobs"],
  login: [
    "mail",
    "net",
    "directory",
    "types:mailbox",
    "mailbox/problem",
    "types:migration/admission/admissions",
  ],
  smtp: ["mail", "net", "login", "routing", "queue", "mailbox"],
  pop3: ["mail", "net", "login", "mailbox"],
  imap: ["mail", "net", "login", "mailbox"],
  http: ["mail", "net", "login", "mailbox", "directory", "routing", "queue", "migration"],
  cli: ["config", "net", "types:http"],
  store: [
    "mail",
    ...["mailbox", "directory", "routing", "queue", "jobs", "migration", "login", "http"].map(
      (room) => `types:${room}`,
    ),
    "mailbox/problem",
    "mailbox/content",
    "mailbox/folder",
    "mailbox/folder-name",
    "mailbox/flags",
    "mailbox/changes",
  ],
};

/** `mail` does no I/O and knows no clock: of Node it may only compute. */
const pureNode = new Set(["node:crypto", "node:url", "node:buffer"]);

/** One import statement of a file. */
export interface Import {
  readonly from: string;
  readonly isType: boolean;
}

const pattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;

/** The imports of a source text, in order; comments do not import. */
export function importsOf(text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  return [...code.matchAll(pattern)].map((found) => ({
    from: found[2] ?? found[3] ?? "",
    isType: found[1] !== undefined,
  }));
}

/** What `server.ts` is put together from: where the rooms meet, so it knows them all, and none of them knows it. */
const composition = "server";

/** Whether a room may import from a place: "mail" or "mailbox/problem". */
export function mayImport(room: string, place: string): Permission {
  const target = place.split("/")[0] ?? "";
  if (target === room || target === "observe" || room === composition) return "yes";
  if (target === "config") return table[room]?.includes("config") ? "yes" : "types";
  const allowed = table[room] ?? [];
  if (allowed.includes(target) || allowed.includes(place)) return "yes";
  return allowed.includes(`types:${target}`) || allowed.includes(`types:${place}`) ? "types" : "no";
}

/** What a file (its path below src/) imports against the table. */
export function violations(file: string, text: string): readonly string[] {
  const room = file.split("/")[0] ?? "";
  if (!file.includes("/")) return [];
  return importsOf(text)
    .filter(({ from, isType }) => {
      if (from.startsWith("#")) {
        const permission = mayImport(room, from.slice(1));
        return permission === "no" || (permission === "types" && !isType);
      }
      if (from.startsWith(".")) return !posix.normalize(posix.join(file, "..", from)).startsWith(`${room}/`);
      return room === "mail" && from.startsWith("node:") && !pureNode.has(from);
    })
    .map(({ from }) => `${file} imports ${from}`);
}
