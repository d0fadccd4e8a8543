/**
 * The user's page's own API, `/api/my`: a person signs in with mail address and password and finds what is theirs.
 * It relies on `login` for who somebody is, and promises that no session here opens anything of the administrators'.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { StoreUnavailable } from "#mailbox/content";
import { addressGroup } from "#net/limits";
import type { Log } from "#observe/log";
import { AccessRefused, isSecure, refusalResponse } from "../access/gate.ts";
import { RequestRate } from "../access/rate.ts";
import { ApiProblem, problemResponse } from "../problem-details.ts";
import { headers } from "../public-site.ts";
import { type MyAccountParts, myAccountRoutes } from "./account.ts";
import { type MyVariables, myGate } from "./gate.ts";
import { type MySessionParts, mySessionRoutes } from "./session.ts";

export interface MyParts extends MyAccountParts, Omit<MySessionParts, "peerAddress" | "takesPasswords"> {
  readonly log: Log;
}

/** Octets of a request; two passwords are far below it. */
const largestBody = 16 * 1024;
/** Requests from one address, behind which an office may sit. */
const rate = { burst: 1000, perSecond: 200, capacity: 10_000 };

/** What answers under `/api/my`; `clearPasswords` tells whether the listener takes passwords without TLS. */
export function mySite(parts: MyParts, clearPasswords: boolean, peerAddress: (context: Context) => string) {
  const { sessions, now, log } = parts;
  const requests = new RequestRate(rate, now);
  const session: MySessionParts = {
    ...parts,
    peerAddress,
    takesPasswords: (context) => clearPasswords || isSecure(context),
  };
  const site = new OpenAPIHono<MyVariables>().basePath("/api/my");
  site.onError((error, context) => {
    if (error instanceof AccessRefused) return refusalResponse(context, error);
    if (error instanceof ApiProblem) return problemResponse(context, error.problem);
    if (error instanceof StoreUnavailable)
      return problemResponse(context, { kind: "temporary", text: error.message });
    if ("status" in error && error.status === 400)
      return problemResponse(context, { kind: "invalid", text: "The body is not JSON." });
    log.error({ err: error, path: context.req.path }, "a request to the user's page failed");
    const text = "The server failed inside; its log says more.";
    return problemResponse(context, { kind: "temporary", text });
  });
  site.use(secureHeaders(headers));
  site.use(async (context, next) => {
    const seconds = requests.take(addressGroup(peerAddress(context)));
    if (seconds > 0)
      throw new AccessRefused(429, "too-many-requests", "Too many requests: go on more slowly.", seconds);
    await next();
    context.header("cache-control", "no-store");
  });
  const tooLarge = { kind: "too-large", text: "The request is larger than 16 KB." } as const;
  site.use(bodyLimit({ maxSize: largestBody, onError: (context) => problemResponse(context, tooLarge) }));
  site.route("/", mySessionRoutes(session));
  site.use(myGate(sessions, now));
  site.route("/", myAccountRoutes(parts, session));
  const info = { title: "Mailferry: one's own mailbox", version: "1" };
  site.doc31("/openapi.json", { openapi: "3.1.0", info });
  site.notFound((context) =>
    problemResponse(context, { kind: "not-found", text: `There is no ${context.req.path}.` }),
  );
  return site;
}
