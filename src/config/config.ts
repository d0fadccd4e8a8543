/**
 * From file, environment and flags to one validated, frozen configuration. Whatever is wrong is told in one
 * line: the file or variable, the key, what was found, what is expected.
 */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse as parseToml } from "smol-toml";
import type { z } from "zod";
import { type Endpoint, formatEndpoint, isLoopback, parseEndpoint } from "./endpoint.ts";
import { fromEnvironment, variableOf } from "./environment.ts";
import { type ListenerName, listenerNames, type Settings, schema } from "./schema.ts";

export interface ListenerConfig {
  readonly name: ListenerName;
  readonly endpoint: Endpoint;
  /** Whether passwords are taken without TLS; only ever true on loopback. */
  readonly clearPasswords: boolean;
}

/** Times in milliseconds, sizes in octets, paths absolute. */
export interface Config {
  /** Where it came from, for messages: a file name, or "no configuration file". */
  readonly origin: string;
  readonly hostname: string;
  readonly defaultDomain: string | null;
  readonly data: string;
  readonly maxMessage: number;
  readonly logLevel: string;
  readonly listeners: readonly ListenerConfig[];
  /** Whether the listeners are the ones that are used when none is configured. */
  readonly hasDefaultListeners: boolean;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  readonly migration: {
    readonly sweepInterval: number;
    readonly connectionsPerOldServer: number;
    /** How long a cutover gives the old server to store what it accepted last. */
    readonly cutoverQuiet: number;
    /** Different recipients unknown here that one peer may name, where the old server takes every address. */
    readonly unknownRecipientsPerHour: number;
  };
  /** From which IP addresses /metrics is open without a token. */
  readonly metrics: { readonly allow: readonly string[] };
  readonly queue: { readonly giveUpAfter: number };
  readonly submission: { readonly normaliseLineEndings: boolean };
}

/** A mistake in the configuration; the message is one line for a person. */
export class ConfigError extends Error {
  constructor(text: string) {
    super(text);
    this.name = "ConfigError";
  }
}

/** What the command line may say. */
export interface Flags {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  /** Each "NAME=HOST:PORT". */
  readonly listen?: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultPorts = { smtp: 2525, submission: 2587, pop3: 2110, imap: 2143, http: 8080 } as const;
/** The listeners with TLS from the first octet. */
export const implicitTls: ReadonlySet<ListenerName> = new Set<ListenerName>([
  "submissions",
  "pop3s",
  "imaps",
  "https",
]);

/** Reads the configuration. Throws ConfigError. */
export function loadConfig(flags: Flags, environment: Environment): Config {
  const file = flags.config ?? environment.MAILFERRY_CONFIG;
  const origin = file ?? "no configuration file";
  const given = merge(file === undefined ? {} : readFile(file), fromEnvironment(environment));
  const parsed = schema.safeParse(merge(given, fromFlags(flags)));
  if (!parsed.success) throw new ConfigError(explain(parsed.error, given, origin, environment));
  return freeze(
    parsed.data,
    origin,
    file === undefined || flags.data !== undefined ? process.cwd() : dirname(resolve(file)),
  );
}

function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  try {
    return parseToml(text);
  } catch (error) {
    const line = error instanceof Error && "line" in error ? `:${error.line}` : "";
    const what = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new ConfigError(`${file}${line}: ${what}`);
  }
}

function fromFlags(flags: Flags): Record<string, unknown> {
  const listeners: Record<string, { address: string[] }> = {};
  for (const listen of flags.listen ?? []) {
    const [, name = "", address = ""] = /^([a-z0-9]+)=(.+)$/.exec(listen) ?? [];
    if (name === "" || !parseEndpoint(address)) {
      throw new ConfigError(
        `--listen: found "${listen}", expected NAME=HOST:PORT, such as pop3=127.0.0.1:2110`,
      );
    }
    const listener = listeners[name] ?? { address: [] };
    listener.address.push(address);
    listeners[name] = listener;
  }
  return {
    ...(flags.data === undefined ? {} : { data: flags.data }),
    ...(flags.listen === undefined ? {} : { listeners }),
  };
}

function freeze(settings: Settings, origin: string, base: string): Config {
  const listeners = settings.listeners
    ? listenerNames.flatMap((name) => configured(name, settings, origin))
    : Object.entries(defaultPorts).map(([name, port]) => ({
        name: name as ListenerName,
        endpoint: { host: "127.0.0.1", port },
        clearPasswords: true,
      }));
  const tls = settings.tls
    ? { certificate: resolve(base, settings.tls.certificate), key: resolve(base, settings.tls.key) }
    : null;
  return Object.freeze({
    origin,
    hostname: settings.hostname,
    defaultDomain: settings["default-domain"]?.toLowerCase() ?? null,
    data: resolve(base, settings.data),
    maxMessage: settings["max-message"],
    logLevel: settings["log-level"],
    listeners,
    hasDefaultListeners: !settings.listeners,
    tls,
    migration: {
      sweepInterval: settings.migration["sweep-interval"],
      cutoverQuiet: settings.migration["cutover-quiet"],
      unknownRecipientsPerHour: settings.migration["unknown-recipients-per-hour"],
      connectionsPerOldServer: settings.migration["connections-per-old-server"],
    },
    metrics: { allow: settings.metrics.allow },
    queue: { giveUpAfter: settings.queue["give-up-after"] },
    submission: { normaliseLineEndings: settings.submission["normalise-line-endings"] },
  });
}

function configured(name: ListenerName, settings: Settings, origin: string): readonly ListenerConfig[] {
  const listener = settings.listeners?.[name];
  if (!listener) return [];
  if (!settings.tls && implicitTls.has(name)) {
    throw new ConfigError(
      `${origin}: listeners.${name}: found no [tls], expected a certificate and a key for it`,
    );
  }
  return listener.address.map((endpoint) => {
    const clear = listener["clear-passwords"];
    if (clear && !isLoopback(endpoint)) {
      throw new ConfigError(
        `${origin}: listeners.${name}.clear-passwords: found true for ${formatEndpoint(endpoint)}, expected true on loopback addresses only`,
      );
    }
    return { name, endpoint, clearPasswords: clear ?? isLoopback(endpoint) };
  });
}

function explain(
  error: z.ZodError,
  given: Record<string, unknown>,
  origin: string,
  environment: Environment,
): string {
  const issue = error.issues[0];
  if (!issue) return `${origin}: not a configuration`;
  if (issue.code === "unrecognized_keys") {
    const key = [...issue.path, issue.keys[0]].join(".");
    if (issue.path.join(".") === "listeners") {
      return `${origin}: ${key}: found a listener that this version does not serve, expected one of ${listenerNames.join(", ")}`;
    }
    return `${origin}: ${key}: found a key that does not exist, expected one of docs/configuration.md`;
  }
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  const where = variableThatSets(issue.path, environment) ?? origin;
  return `${where}: ${issue.path.join(".")}: found ${JSON.stringify(found) ?? "nothing"}, ${issue.message}`;
}

/** The variable of the environment that a mistake is in; null when it is in the file. */
function variableThatSets(path: readonly PropertyKey[], environment: Environment): string | null {
  // An address that is wrong is one of a list.
  const key = path.filter((part) => typeof part === "string");
  const variable = variableOf(key);
  return environment[variable] ? variable : null;
}

function merge(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTable(below) && isTable(value) ? merge(below, value) : value;
  }
  return merged;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
