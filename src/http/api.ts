/**
 * The API through which a running server is administered: the command line is its first client. Everything
 * it takes is checked against a schema; what it refuses it tells as a problem (RFC 9457).
 */
import { bodyLimit } from "hono/body-limit";
import type { DirectoryAdministration } from "#directory/administration";
import { StoreUnavailable } from "#mailbox/content";
import type { LedgerListing } from "#migration/ledger-listing";
import type { AuditTrail } from "#observe/audit";
import type { Log } from "#observe/log";
import type { MailFlow } from "#observe/mail-flow";
import { type AccountRoutes, accountRoutes } from "./access/account.ts";
import { type AdministratorRoutes, administratorRoutes } from "./access/administrators.ts";
import { AccessRefused, refusalResponse } from "./access/gate.ts";
import type { SecondFactors } from "./access/second-factor.ts";
import { aliasRoutes } from "./aliases.ts";
import { auditRoutes } from "./audit-log.ts";
import { audited, sameActor } from "./audited.ts";
import { type Bring, bringingRoutes } from "./bringing.ts";
import { type CutoverAdministration, cutoverRoutes } from "./cutover.ts";
import { dnsRoutes } from "./dns.ts";
import { type DomainCheckRoutes, domainCheckRoutes } from "./domain-checks.ts";
import { domainRoutes } from "./domains.ts";
import { edits } from "./edits.ts";
import { eventRoutes } from "./events/events.ts";
import type { LiveEvents } from "./events/live-events.ts";
import { sameOnlooker } from "./events/onlooker.ts";
import { ledgerRoutes } from "./ledger.ts";
import { type MailboxRoutes, mailboxRoutes } from "./mailboxes.ts";
import { type ProofAdministration, proofRoutes } from "./migration-proof.ts";
import { type MigrationSettingsRoutes, migrationSettingsRoutes } from "./migration-settings.ts";
import { type MigrationAdministration, migrationRoutes } from "./migrations.ts";
import { describe } from "./openapi.ts";
import { overviewRoutes } from "./overview.ts";
import { type PeopleAdministration, peopleRoutes } from "./people.ts";
import { ApiProblem, problemResponse, unreadable } from "./problem-details.ts";
import { type QueueRoutes, queueRoutes } from "./queue.ts";
import { type Rehearse, rehearsalRoutes } from "./rehearsal.ts";
import { repeats } from "./repeats.ts";
import { type ReturnAdministration, returnRoutes } from "./returns.ts";
import { type RosterAdministration, rosterRoutes } from "./roster.ts";
import { router } from "./routes.ts";
import { type ServerView, serverRoutes } from "./server-info.ts";
import { type SettingsView, settingsRoutes } from "./settings.ts";
import { type Steer, steeringRoutes } from "./steering.ts";

/** What the API does its work with. */
export interface Api {
  readonly directory: DirectoryAdministration;
  readonly domainChecks: Omit<DomainCheckRoutes, "directory" | "waitingFor" | "isMigrating" | "now">;
  readonly migrationSettings: MigrationSettingsRoutes;
  readonly mailboxes: MailboxRoutes;
  readonly migration: MigrationAdministration;
  readonly people: PeopleAdministration;
  readonly roster: RosterAdministration;
  readonly ledger: LedgerListing;
  readonly cutovers: CutoverAdministration;
  readonly returns: ReturnAdministration;
  readonly steer: Steer;
  readonly bring: Bring;
  readonly proof: ProofAdministration;
  readonly rehearse: Rehearse;
  readonly queue: QueueRoutes;
  readonly administrators: AdministratorRoutes & AccountRoutes;
  readonly secondFactors: SecondFactors;
  readonly audit: AuditTrail;
  readonly server: () => ServerView;
  readonly settings: () => SettingsView;
  /** What mail did since the program began. */
  readonly flow: MailFlow;
  readonly events: LiveEvents;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Largest body of a request, in octets. */
const largestBody = 4 * 1024 * 1024;

/** The API as one handler of requests. */
export function api(deps: Api) {
  const app = router().basePath("/api");
  const show = async (path: string): Promise<Response> => await app.request(path);
  app.use(audited({ trail: deps.audit, show, now: deps.now, log: deps.log }));
  const limited = bodyLimit({
    maxSize: largestBody,
    onError: (context) =>
      problemResponse(context, { kind: "too-large", text: "The request is larger than 4 MB." }),
  });
  app.use(async (context, next) => {
    const asked = context.req.raw;
    return await limited(context, async () => {
      sameActor(asked, context.req.raw);
      sameOnlooker(asked, context.req.raw);
      await next();
    });
  });
  app.use(repeats(deps.now));
  app.use(edits(show));
  app.onError((error, context) => {
    if (error instanceof ApiProblem) return problemResponse(context, error.problem);
    if (error instanceof AccessRefused) return refusalResponse(context, error);
    if (error instanceof StoreUnavailable)
      return problemResponse(context, { kind: "temporary", text: error.message });
    const refused = unreadable(context, error);
    if (refused) return refused;
    deps.log.error({ err: error, path: context.req.path }, "a request to the API failed");
    return problemResponse(context, {
      kind: "temporary",
      text: "The server failed inside; its log says more.",
    });
  });
  app.notFound((context) =>
    problemResponse(context, { kind: "not-found", text: `There is no ${context.req.path}.` }),
  );
  app.route("/", domainRoutes(deps.directory));
  app.route("/", aliasRoutes(deps.directory));
  const { directory, use } = deps.directory;
  app.route(
    "/",
    domainCheckRoutes({
      ...deps.domainChecks,
      ...use,
      directory,
      now: deps.now,
      missing: deps.domainChecks.missing,
    }),
  );
  app.route("/", migrationSettingsRoutes(deps.migrationSettings));
  app.route("/", mailboxRoutes(deps.mailboxes));
  app.route("/", migrationRoutes(deps.migration));
  app.route("/", proofRoutes(deps.proof));
  app.route("/", peopleRoutes(deps.people));
  app.route("/", rosterRoutes(deps.roster));
  app.route("/", ledgerRoutes({ directory: deps.mailboxes.directory, ledger: deps.ledger }));
  app.route("/", cutoverRoutes(deps.cutovers));
  app.route("/", returnRoutes(deps.returns));
  app.route("/", steeringRoutes(deps.steer));
  app.route("/", bringingRoutes(deps.bring));
  app.route("/", rehearsalRoutes(deps.rehearse));
  app.route("/", queueRoutes(deps.queue));
  app.route("/", administratorRoutes(deps.administrators));
  app.route("/", accountRoutes(deps.secondFactors, deps.administrators));
  app.route("/", auditRoutes(deps.audit));
  app.route("/", serverRoutes(deps.server));
  app.route("/", overviewRoutes({ ...deps, figures: deps.queue.figures }));
  app.route("/", settingsRoutes(deps.settings));
  app.route("/", dnsRoutes(deps.server));
  app.route("/", eventRoutes(deps.events));
  app.get("/openapi.json", (context) => context.json(describe(app, deps.server().version)));
  return app;
}
