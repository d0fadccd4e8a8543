/** Who may read /metrics, what it tells, and that the dashboard and the alerts ask for nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretHash } from "#http/access/secret";
import { metricsSite } from "#http/metrics-site";
import { silentLog } from "#observe/log";
import { MailFlow } from "#observe/mail-flow";
import { Metrics } from "#observe/metrics";
import { watchState } from "#observe/metrics-state";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";

const now = Date.UTC(2025, 5, 1);
const tokens = { reader: "reader-token-0123456789", partial: "partial-token-012345678" };
let store: SqliteHarness;
let site: Hono;
let metrics: Metrics;
let ends: number | null = now + 86_400_000;

beforeAll(async () => {
  store = await openSqlite();
  metrics = new Metrics(new MailFlow(() => now));
  watchState(metrics, {
    figures: {
      queue: () => ({ deferred: 3, due: 1, underWay: 0, held: 2, oldest: now - 90_000 }),
      transfers: () =>
        Array.from({ length: 60 }, (_, n) => ({
          ...{ domain: `company-${n}.com`, state: "copying", mailboxes: 1 },
          ...{ messages: 10, messagesHere: 5, octets: 100, octetsHere: 50 },
        })),
    },
    sessions: () => new Map([["imap", 4]]),
    oldServers: async () => [{ domain: "big-company.com", isTroubled: true }],
    certificateEnds: () => ends,
    freeOctets: () => 1000,
    version: "1.2.3",
    now: () => now,
  });
  const people = [
    { name: "carol", role: "administrator", domains: [], token: tokens.reader },
    { name: "dave", role: "domain-administrator", domains: ["big-company.com"], token: tokens.partial },
  ] as const;
  for (const { name, role, domains, token } of people) {
    await store.administrators.addAdministrator({ name, role, domains }, "hash", now);
    const key = { id: name, kind: "token", label: "test", mayWrite: false } as const;
    const times = { created: now, lastUsed: now, expires: now + 86_400_000 };
    await store.administrators.addKey(secretHash(token), name, { ...key, ...times });
  }
  site = metricsSite({
    text: () => metrics.text(),
    allow: ["192.0.2.9"],
    store: store.administrators,
    now: () => now,
    peerAddress: (context) => context.req.header("x-peer") ?? "",
    log: silentLog,
  });
});
afterAll(async () => await store[Symbol.asyncDispose]());

const ask = async (headers: Record<string, string>) => await site.request("/metrics", { headers });

describe("who may read the metrics", () => {
  it("nobody without a token, wherever they are", async () => {
    for (const peer of ["192.0.2.1", "127.0.0.1", ""]) {
      const answer = await ask({ "x-peer": peer });
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain("mailferry_");
    }
    expect((await ask({ authorization: "Bearer wrong-token-012345678" })).status).toBe(401);
  });

  it("an administrator's token that may only read", async () => {
    const answer = await ask({ authorization: `Bearer ${tokens.reader}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("version=0.0.4");
    expect(await answer.text()).toContain('mailferry_build_info{version="1.2.3"} 1');
  });

  it("no domain administrator", async () => {
    expect((await ask({ authorization: `Bearer ${tokens.partial}` })).status).toBe(403);
  });

  it("the addresses that the configuration names, as the listener sees them", async () => {
    expect((await ask({ "x-peer": "192.0.2.9" })).status).toBe(200);
    expect((await ask({ "x-peer": "::ffff:192.0.2.9" })).status).toBe(200);
    expect((await ask({ "x-forwarded-for": "192.0.2.9" })).status).toBe(401);
  });
});

describe("what the metrics tell", () => {
  it("how things stand, and of no more than fifty domains by name", async () => {
    const text = await metrics.text();
    expect(text).toContain('mailferry_queue_recipients{state="held"} 2');
    expect(text).toContain("mailferry_queue_oldest_age_seconds 90");
    expect(text).toContain('mailferry_transfers{domain="company-49.com",state="copying"} 1');
    expect(text).toContain('mailferry_transfers{domain="other",state="copying"} 10');
    expect(text).not.toContain("company-50.com");
    expect(text).toContain('mailferry_old_server_in_trouble{domain="big-company.com"} 1');
    expect(text).toContain(`mailferry_certificate_expiry_timestamp_seconds ${(now + 86_400_000) / 1000}`);
  });

  it("nothing of a certificate that is not there", async () => {
    ends = null;
    expect(await metrics.text()).not.toMatch(/^mailferry_certificate_expiry_timestamp_seconds /m);
  });

  it("what happened", async () => {
    metrics.messageReceived("smtp", 2);
    metrics.attempted("pipe", "delivered");
    metrics.attempted("relay", "deferred");
    metrics.recipientRefused("unknown", true);
    metrics.written("front", 0.002, true);
    const text = await metrics.text();
    expect(text).toContain('mailferry_messages_received_total{way="smtp"} 1');
    expect(text).toContain('mailferry_recipients_delivered_total{way="local"} 2');
    expect(text).toContain('mailferry_recipients_delivered_total{way="pipe"} 1');
    expect(text).toContain('mailferry_recipients_delivered_total{way="relay"} 0');
    expect(text).toContain('mailferry_recipients_refused_total{reason="unknown",permanent="true"} 1');
    expect(text).toContain('mailferry_store_write_seconds_bucket{le="0.0025",lane="front"} 1');
  });
});

describe("the dashboard and the alerts", () => {
  const packaged = (name: string) => readFileSync(join(import.meta.dirname, "../../packaging", name), "utf8");
  const known = async () => {
    const types = [...(await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    return new Set(
      types.flatMap(([, name = "", type]) =>
        type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
  };
  const namesIn = (text: string) => new Set(text.match(/\b(mailferry|process|nodejs)_[a-z0-9_]+/g) ?? []);

  it.each(["grafana-dashboard.json", "alert-rules.yml"])("%s names only what there is", async (file) => {
    const there = await known();
    const names = namesIn(packaged(file));
    expect(names.size).toBeGreaterThan(8);
    expect([...names].filter((name) => !there.has(name))).toEqual([]);
  });

  it("the documentation names every metric of ours, and only what there is", async () => {
    const docs = readFileSync(join(import.meta.dirname, "../../docs/configuration.md"), "utf8");
    const named = new Set(docs.match(/\bmailferry_[a-z0-9_]+/g));
    const ours = [...(await metrics.text()).matchAll(/^# TYPE (mailferry_\S+)/gm)].map(([, name]) => name);
    expect([...named].sort()).toEqual(ours.sort());
  });

  it("the dashboard is one, and each alert says what to do", () => {
    const { panels } = JSON.parse(packaged("grafana-dashboard.json")) as { panels: { id: number }[] };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const rules = packaged("alert-rules.yml").split("- alert: ").slice(1);
    for (const rule of rules) {
      for (const part of ["expr:", "severity:", "summary:", "action:"]) expect(rule).toContain(part);
    }
  });
});
