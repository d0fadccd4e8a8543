/**
 * The composition root: with main.ts the only file that knows every room. It opens them from the ground up,
 * plugs the ports together, and closes them in the opposite order.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "#config/config";
import { controlSocketPath } from "#config/control-socket-path";
import { KnownGood } from "#courier/known-good";
import { SmtpRecipientCheck } from "#courier/recipient-check";
import { SmtpCourier } from "#courier/smtp-courier";
import { maySendAs } from "#directory/may-send-as";
import { SecondFactors } from "#http/access/second-factor";
import { newSecret } from "#http/access/secret";
import { SetUpLink } from "#http/access/set-up";
import { api } from "#http/api";
import { openControlSocket } from "#http/control-socket";
import { LiveEvents } from "#http/events/live-events";
import { webSite } from "#http/web-site";
import { systemClock } from "#jobs/clock";
import { usualGuessingLimits } from "#login/guessing-limits";
import { PasswordHasher, usualHashing } from "#login/password-hash";
import { Prover } from "#login/prove";
import { Sessions } from "#login/sessions";
import { notedLogin, SignInNotes } from "#login/sign-ins";
import { parseAddress } from "#mail/address";
import { Changes } from "#mailbox/changes";
import { bringPeople } from "#migration/admission/bringing";
import { ServerCertificate } from "#net/certificate";
import { DistinctLimit } from "#net/distinct-limit";
import { addressGroup } from "#net/limits";
import { isOurs, rememberedAddresses } from "#net/own-address";
import { createResolver, systemQueries } from "#net/resolver";
import type { Log } from "#observe/log";
import { MailFlow } from "#observe/mail-flow";
import { Metrics } from "#observe/metrics";
import { watchState } from "#observe/metrics-state";
import type { Hop } from "#queue/courier";
import { waitingFor, waitingOf } from "#queue/outbound";
import { deliveredReport } from "#queue/report";
import { localMailbox } from "#queue/reroute";
import { QueueRunner } from "#queue/runner";
import type { QueueServices } from "#queue/services";
import { acceptRecipient } from "#routing/acceptance";
import { routeRecipient } from "#routing/route";
import { recordedKeys } from "#server/audit";
import { openCutovers } from "#server/cutover";
import { openDomainChecks } from "#server/domains";
import { type BoundListener, openListeners, setUpAddress } from "#server/listeners";
import { countedAdmissions, countedLogin, countedSmtp, SessionCounts } from "#server/metrics";
import { openMigration } from "#server/migration";
import { openMy } from "#server/my";
import { openPeople } from "#server/people";
import { openProofs } from "#server/proof";
import { openQuota } from "#server/quota";
import { openRehearsals } from "#server/rehearsal";
import { openReturns } from "#server/return";
import { openRoster } from "#server/roster";
import { openSelf } from "#server/settings";
import type { SmtpService } from "#smtp/service";
import { openSealingKeys } from "./store/keys.ts";
import { openStore } from "./store/sqlite/open.ts";

/** A server that is ready. Disposing of it ends it in good order. */
export interface RunningServer extends AsyncDisposable {
  readonly listeners: readonly BoundListener[];
  /** Where the first administrator begins; null when there is one, or no listener that takes passwords. */
  readonly setUpLink: string | null;
  /** Reads the certificate again, after a renewal; what was loaded stays where it cannot be read. */
  reloadCertificate(): Promise<void>;
}

/** Letters and digits, never twice. */
function newId(): string {
  return randomBytes(10).toString("hex");
}

/** Opens everything. Throws ListenTrouble, CertificateTrouble, DataDirectoryInUse, NewerSchema. */
export async function startServer(config: Config, version: string, log: Log): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack();
  const certificate = config.tls ? await ServerCertificate.load(config.tls) : null;
  const now = (): number => systemClock.now();
  const changes = new Changes();
  const flow = new MailFlow(now);
  const metrics = new Metrics(flow);
  const events: LiveEvents = new LiveEvents((touches) => store.topicsOf(touches), randomBytes);
  const store = opened.use(
    await openStore({ dataDirectory: config.data, changes, log, metrics, now, events }),
  );
  const { directory, mail, ledger, knownRecipients, stage } = store;
  const keys = recordedKeys(await openSealingKeys(join(config.data, "keys")), store.audit, log);
  const ownKey = async (name: string): Promise<Uint8Array> =>
    (await keys.get(name)) ?? (await keys.create(name));
  const markKey = await ownKey("loop-mark");
  const secondFactors = new SecondFactors({
    ...{ store: store.secondFactors, key: await ownKey("second-factors"), random: randomBytes, now },
    hostname: config.hostname,
  });
  const instanceId = Buffer.from(await ownKey("instance"))
    .toString("hex")
    .slice(0, 16);
  const hasher = new PasswordHasher({ ...usualHashing, random: randomBytes });
  const hashPassword = (password: Uint8Array): Promise<string> => hasher.hash(password);
  const verify = (hash: string | null, password: Uint8Array): Promise<boolean | null> =>
    hash === null ? hasher.verifyNothing(password) : hasher.verify(hash, password);
  const sessions = new Sessions();
  const counted = new SessionCounts(sessions);

  const listeners: BoundListener[] = [];
  const addresses = rememberedAddresses(5000, now);
  const leadsToUs = (host: string, port: number): boolean => isOurs({ host, port }, listeners, addresses());
  const isMigrating = async (domain: string): Promise<boolean> => (await ledger.migration(domain)) !== null;

  const outbound = {
    waitingFor: (route: string) => waitingFor(store.queue, route),
    waitingOf: (domain: string) => waitingOf(store.queue, domain),
  };
  const resolver = createResolver({
    queries: systemQueries(15_000),
    milliseconds: 15_000,
    random: Math.random,
  });
  const migration = opened.use(
    openMigration({
      config,
      store,
      keys,
      markKey,
      instanceId,
      hashPassword,
      outbound,
      resolver,
      leadsToUs,
      newId,
      random: Math.random,
      log,
      metrics,
    }),
  );
  const courierSettings = {
    resolver,
    isOurs: leadsToUs,
    heloName: config.hostname,
    instanceId,
    knownGood: new KnownGood(),
  };
  const hopOf = async (route: string): Promise<Hop | null> => {
    const domain = await directory.domain(route);
    return domain?.kind === "remote" ? { name: domain.name, hosts: domain.hosts, tls: domain.tls } : null;
  };
  const check = opened.use(
    new SmtpRecipientCheck({ ...courierSettings, hopOf, now, randomLocalPart: newId }),
  );
  const courier = opened.use(new SmtpCourier(courierSettings));
  /** The last refusal of each route that was meant for us, for whoever looks after the server. */
  const refusals = new Map<string, { readonly route: string; readonly reply: string; readonly at: string }>();
  const alarm = ({ route, reply }: { readonly route: string; readonly reply: string }): void =>
    void refusals.set(route, { route, reply, at: new Date(now()).toISOString() });
  const queueServices: QueueServices = {
    store: store.queue,
    courier,
    stage,
    clock: systemClock,
    random: Math.random,
    newId,
    log,
    metrics,
    hostname: config.hostname,
    markKey,
    giveUpAfter: config.queue.giveUpAfter,
    domain: (name) => directory.domain(name),
    reroute: (address) => localMailbox(directory, address),
    isCaughtUp: (mailbox, since) => migration.isCaughtUp(mailbox, since),
    routeReport: async (address) => {
      const parsed = parseAddress(address);
      const route = parsed && (await routeRecipient(directory, parsed));
      return route?.kind === "routed" ? route.destinations : [];
    },
    piped: (_route, recipient) => migration.piped(recipient),
    knownRecipients: {
      async accepted(address, route, at, delivered) {
        // What was wrong between us is mended.
        refusals.delete(route);
        // Where every address is taken, that one was taken says nothing about who exists.
        const answer = await check.ask(route, address);
        if (answer.answer === "accepted" && answer.acceptsEverything) return;
        await knownRecipients.accepted(address, route, at, delivered);
      },
    },
    alarm,
  };
  const runner = opened.use(new QueueRunner(queueServices));

  const admissions = countedAdmissions(migration.admissions, metrics);
  const prover = new Prover(
    { directory, admissions, hasher, clock: now, random: randomBytes },
    { defaultDomain: config.defaultDomain, limits: usualGuessingLimits },
  );
  const signIns = opened.use(new SignInNotes(store.persons, log));
  const login = notedLogin(countedLogin(prover, metrics), signIns, now);
  const quota = openQuota(store);
  const unknown = new DistinctLimit(
    { most: config.migration.unknownRecipientsPerHour, windowMilliseconds: 3_600_000, capacity: 2000 },
    now,
  );
  const mayNameUnknown = (peerAddress: string, address: string): boolean =>
    unknown.admits(addressGroup(peerAddress), address);
  const acceptance = { directory, check, known: knownRecipients, quota, mayNameUnknown, alarm, log, now };
  const smtp: SmtpService = {
    settings: {
      hostname: config.hostname,
      instance: instanceId,
      defaultDomain: config.defaultDomain ?? config.hostname,
      maxMessage: config.maxMessage,
      giveUpAfter: config.queue.giveUpAfter,
      normaliseBareLineEndings: config.submission.normaliseLineEndings,
    },
    login,
    sessions: counted,
    acceptRecipient: (request) => acceptRecipient(acceptance, request),
    maySendAs: (account, address) => maySendAs(directory, account.address, address),
    stage,
    queue: runner,
    async reportDelivered({ message, recipients, header }) {
      const report = await deliveredReport(queueServices, message, recipients, octetsOf(header));
      if (!report) return;
      await using _content = report.content;
      await runner.intake(report);
    },
    markKey,
    now,
    newId,
    log,
  };

  const reading = { login, store: mail, remote: migration.remote, sessions: counted, log, clock: now, newId };
  await runner.start();
  await migration.start();
  const isNew = (await store.administrators.administrators()).length === 0;
  const setUp = new SetUpLink(isNew ? newSecret(randomBytes) : null);
  const apiReady = Promise.withResolvers<ReturnType<typeof api>>();
  opened.use(events);
  await openListeners({
    config,
    certificate,
    log,
    metrics,
    smtp: countedSmtp(smtp, metrics),
    opened: listeners,
    stack: opened,
    instanceId,
    web: webSite({
      hostname: config.hostname,
      hasTls: certificate !== null,
      listeners,
      directory,
      check: () => directory.domain("localhost"),
      api: async (request) => (await apiReady.promise).fetch(request),
      ...{ administrators: store.administrators, setUp, secondFactors },
      my: openMy({
        ...{ config, store, login, sessions, transfers: migration.remote, hashPassword, listeners, now, log },
        hasTls: certificate !== null,
      }),
      metrics: { text: () => metrics.text(), allow: config.metrics.allow },
      audit: store.audit,
      hashPassword,
      verify,
      random: randomBytes,
      now,
      log,
    }),
    pop3: reading,
    imap: { ...reading, stage, changes },
  });
  const self = openSelf({ version, config, certificate, listeners, refusals });
  watchState(metrics, {
    figures: store.figures,
    sessions: () => counted.byProtocol,
    oldServers: migration.oldServers,
    certificateEnds: () => certificate?.ends ?? null,
    ...{ freeOctets: self.freeOctets, version, now },
  });
  const proof = openProofs({
    store,
    transfers: migration.remote,
    facts: migration.facts,
    connections: config.migration.connectionsPerOldServer,
    version,
  });
  const missing = async (domain: string) => (await migration.missing(domain)).map(({ address }) => address);
  const underCutover = async () =>
    (await store.cutovers.unfinishedCutovers()).map(({ domain, before }) => ({
      domain,
      route: before.route?.name ?? null,
    }));
  const administration = { directory, use: { ...outbound, isMigrating, missing, underCutover } };
  const cutovers = opened.use(
    openCutovers({
      config,
      store,
      keys,
      directory: administration,
      migration,
      outbound,
      proof: proof.cutover,
      log,
      touches: () => events.touches,
    }),
  );
  await cutovers.start();
  const { returns } = opened.use(
    openReturns({
      store,
      tools: migration.tools,
      transfers: migration.remote,
      check,
      endSessions: (mailbox) => void sessions.endAll(mailbox),
      wakeQueue: () => runner.wake(),
    }),
  );
  returns.start();
  const app = api({
    directory: administration,
    domainChecks: openDomainChecks({
      ...{ directory, sessions, leadsToUs, missing: migration.missing, hopOf },
      courier: courierSettings,
    }),
    migrationSettings: { ledger, sweepInterval: config.migration.sweepInterval },
    mailboxes: {
      directory,
      mail,
      hashPassword,
      isMigrating,
      isAway: async (address) => (await store.returns.of(address)) !== null,
      endSessions: (mailbox) => void sessions.endAll(mailbox),
    },
    migration: migration.administration,
    people: openPeople(store),
    ledger: store.ledgerListing,
    roster: openRoster({
      roster: store.roster,
      transfers: migration.remote,
      isLocal: async (name) => (await directory.domain(name))?.kind === "local",
      move: migration.move,
      missing: migration.absent,
      touches: () => events.touches,
      now,
    }),
    steer: migration.steer,
    bring: (domain, people, admin) => {
      const mailbox = async (address: string) => {
        const known = await directory.mailbox(address);
        return known?.admitted ? known.id : null;
      };
      return bringPeople({ admissions: migration.admissions, mailbox }, domain, people, admin);
    },
    proof: proof.administration,
    cutovers: cutovers.administration,
    returns,
    rehearse: openRehearsals({ config, store, migration, resolver, instanceId }),
    queue: {
      ...{ queue: store.queue, listing: store.queueListing, figures: store.figures, now },
      wake: () => runner.wake(),
    },
    administrators: { store: store.administrators, hashPassword, verify, random: randomBytes, now },
    secondFactors,
    server: self.server,
    settings: self.settings,
    flow,
    audit: store.audit,
    events,
    now,
    log,
  });
  apiReady.resolve(app);
  opened.use(await openControlSocket(controlSocketPath(config.data), (request) => app.fetch(request)));

  const everything = opened.move();
  return {
    listeners,
    setUpLink: setUpAddress(setUp, config.listeners, listeners, config.hostname),
    async reloadCertificate() {
      await certificate?.reload().then(
        () => log.info("certificate reloaded"),
        (error: unknown) => log.error({ error: String(error) }, "certificate not reloaded"),
      );
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function* octetsOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}
