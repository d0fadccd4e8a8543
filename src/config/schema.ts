/** The keys of mailferry.toml: what each may hold, and what it is when it is not given. */
import { isIP } from "node:net";
import { hostname as machineName } from "node:os";
import { z } from "zod";
import { parseEndpoint } from "./endpoint.ts";
import { parseDuration, parseSize } from "./units.ts";

/** The services that this version can listen for. */
export const listenerNames = [
  "smtp",
  "submission",
  "submissions",
  "pop3",
  "pop3s",
  "imap",
  "imaps",
  "http",
  "https",
] as const;
export type ListenerName = (typeof listenerNames)[number];

const parsedBy = <T>(parse: (text: string) => T | null, expected: string) =>
  z.string({ error: `expected ${expected}` }).transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}`, input: text });
    return z.NEVER;
  });

const size = (example: string) => parsedBy(parseSize, `a size such as "${example}"`);
const duration = (example: string) => parsedBy(parseDuration, `a duration such as "${example}"`);
const endpoint = parsedBy(parseEndpoint, 'an address such as "0.0.0.0:110"');
const text = (what: string) => z.string({ error: `expected ${what}` }).min(1, `expected ${what}`);
const yesNo = z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")], {
  error: "expected true or false",
});
const count = z.coerce
  .number({ error: "expected a number" })
  .int("expected a whole number")
  .min(1, "expected 1 or more");

const listener = z.strictObject({
  address: z.union([endpoint.transform((one) => [one]), z.array(endpoint)], {
    error: 'expected an address such as "0.0.0.0:110", or a list of them',
  }),
  "clear-passwords": yesNo.optional(),
});

const addresses = z.array(
  z.string().refine((one) => isIP(one) !== 0, 'expected an IP address such as "127.0.0.1"'),
  { error: 'expected a list of IP addresses such as ["127.0.0.1"]' },
);

/** The file, the environment and the flags together, before what depends on several keys is checked. */
export const schema = z.strictObject({
  hostname: text("a host name").default(machineName),
  "default-domain": text("a domain").optional(),
  data: text("a directory").default("./data"),
  "max-message": size("256 MB").default(256 * 1024 ** 2),
  "log-level": z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  listeners: z.partialRecord(z.enum(listenerNames), listener).optional(),
  tls: z.strictObject({ certificate: text("a file"), key: text("a file") }).optional(),
  migration: z
    .strictObject({
      "sweep-interval": duration("5 min").default(300_000),
      "connections-per-old-server": count.default(10),
      "cutover-quiet": duration("5 min").default(300_000),
      "unknown-recipients-per-hour": count.default(500),
    })
    .prefault({}),
  metrics: z.strictObject({ allow: addresses.default([]) }).prefault({}),
  queue: z.strictObject({ "give-up-after": duration("5 days").default(5 * 86_400_000) }).prefault({}),
  submission: z.strictObject({ "normalise-line-endings": yesNo.default(false) }).prefault({}),
});

export type Settings = z.output<typeof schema>;
