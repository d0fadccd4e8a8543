/**
 * Everything that comes over the web: the API behind its gate, and what anybody may see. The same API as on the
 * control socket, so whatever the command line can do, an administrator can do from elsewhere.
 */
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { addressGroup } from "#net/limits";
import type { Log } from "#observe/log";
import type { AdministratorStore } from "./access/administrator.ts";
import { AccessRefused, type GateVariables, gate, refusalResponse } from "./access/gate.ts";
import { RequestRate } from "./access/rate.ts";
import type { SecondFactors } from "./access/second-factor.ts";
import type { Random } from "./access/secret.ts";
import { type SessionParts, sessionRoutes } from "./access/sessions.ts";
import type { SetUpLink } from "./access/set-up.ts";
import { byActor } from "./audited.ts";
import { asOnlooker, onlookerAt } from "./events/onlooker.ts";
import { metricsSite } from "./metrics-site.ts";
import { type MyParts, mySite } from "./my/my-site.ts";
import { pages } from "./pages.ts";
import { ApiProblem, problemResponse, unreadable } from "./problem-details.ts";
import { headers, type PublicSite, publicSite } from "./public-site.ts";

export interface WebSite extends PublicSite {
  readonly api: (request: Request) => Response | Promise<Response>;
  readonly administrators: AdministratorStore;
  readonly setUp: SetUpLink;
  readonly secondFactors: SecondFactors;
  /** What a person's own page works with. */
  readonly my: MyParts;
  readonly audit: SessionParts["audit"];
  readonly hashPassword: SessionParts["hashPassword"];
  readonly verify: SessionParts["verify"];
  readonly random: Random;
  readonly metrics: { readonly text: () => Promise<string>; readonly allow: readonly string[] };
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Largest body of a request to the API, in octets. */
const largestBody = 4 * 1024 * 1024;

/** What answers on a listener; `clearPasswords` tells whether it takes passwords without TLS. */
export function webSite(parts: WebSite) {
  const open = publicSite(parts);
  const shown = pages();
  const { administrators: store, metrics, now, log } = parts;
  const figures = metricsSite({ ...metrics, store, now, log, peerAddress });
  const closed = [false, true].map((clearPasswords) => guardedApi(parts, clearPasswords));
  const own = [false, true].map((clearPasswords) => mySite(parts.my, clearPasswords, peerAddress));
  return (clearPasswords: boolean) => (request: Request, environment?: unknown) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/" || pathname === "/my" || pathname.startsWith("/assets/")) return shown(request);
    if (pathname === "/metrics") return figures.fetch(request, environment ?? {});
    if (pathname.startsWith("/api/my/"))
      return (own[clearPasswords ? 1 : 0] ?? open).fetch(request, environment ?? {});
    const app = pathname.startsWith("/api/") ? closed[clearPasswords ? 1 : 0] : open;
    return (app ?? open).fetch(request, environment ?? {});
  };
}

/** Requests: a page asks a few times a second, and many people may sit behind one address. */
const rates = {
  perKey: { burst: 300, perSecond: 50, capacity: 10_000 },
  perAddress: { burst: 1000, perSecond: 200, capacity: 10_000 },
};

function expectPatience(seconds: number): void {
  if (seconds > 0)
    throw new AccessRefused(429, "too-many-requests", "Too many requests: go on more slowly.", seconds);
}

function guardedApi(parts: WebSite, clearPasswords: boolean) {
  const perKey = new RequestRate(rates.perKey, parts.now);
  const perAddress = new RequestRate(rates.perAddress, parts.now);
  const {
    administrators: store,
    setUp,
    secondFactors,
    audit,
    hashPassword,
    verify,
    random,
    now,
    log,
  } = parts;
  const site = new Hono<GateVariables>();
  site.onError((error, context) => {
    if (error instanceof AccessRefused) return refusalResponse(context, error);
    if (error instanceof ApiProblem) return problemResponse(context, error.problem);
    const refused = unreadable(context, error);
    if (refused) return refused;
    log.error({ err: error, path: context.req.path }, "a request from the web failed");
    return problemResponse(context, {
      kind: "temporary",
      text: "The server failed inside; its log says more.",
    });
  });
  site.use(secureHeaders(headers));
  site.use(async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
  });
  const tooLarge = { kind: "too-large", text: "The request is larger than 4 MB." } as const;
  site.use(bodyLimit({ maxSize: largestBody, onError: (context) => problemResponse(context, tooLarge) }));
  const sessions = sessionRoutes({
    store,
    setUp,
    secondFactors,
    audit,
    hashPassword,
    verify,
    random,
    now,
    peerAddress,
    takesPasswords: (context) => clearPasswords || new URL(context.req.url).protocol === "https:",
  });
  site.use("/api/*", async (context, next) => {
    expectPatience(perAddress.take(addressGroup(peerAddress(context))));
    await next();
  });
  site.route("/api", sessions);
  site.use("/api/*", gate({ store, now }));
  site.use("/api/*", async (context, next) => {
    expectPatience(perKey.take(context.get("visitor").key.id));
    await next();
  });
  site.all("/api/*", (context) => {
    const visitor = context.get("visitor");
    const { name } = visitor.administrator;
    const request = byActor(context.req.raw, {
      actor: `administrator: ${name}`,
      remote: peerAddress(context) || null,
      account: { name, kind: visitor.key.kind, id: visitor.key.id },
    });
    return parts.api(asOnlooker(request, onlookerAt(visitor, store, now)));
  });
  return site;
}

/** Of the other side of the connection, as the listener sees it; proxies are not believed. */
function peerAddress(context: Context): string {
  const { incoming } = context.env as Partial<HttpBindings>;
  return incoming?.socket.remoteAddress ?? "";
}
