/** Opens the migration room: the part of the composition that is about old servers. */
import type { Config } from "#config/config";
import { checkProgressView, checkView, statusView } from "#http/migration-views";
import type { MigrationAdministration } from "#http/migrations";
import type { Steer } from "#http/steering";
import { systemClock } from "#jobs/clock";
import { addressKey, parseAddress } from "#mail/address";
import { readMarks } from "#mail/loop-mark";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { OldServerAdmissions } from "#migration/admission/admission";
import type { Admissions } from "#migration/admission/admissions";
import { LateHashes } from "#migration/admission/late-hashes";
import { NoPasswords } from "#migration/admission/no-passwords";
import { ProvedHere } from "#migration/admission/proved-here";
import { RefusedLogins } from "#migration/admission/refused-logins";
import type { SealingKeys } from "#migration/admission/sealing-keys";
import { beginMigration, destroyLeftKeys } from "#migration/beginning";
import { checkMailboxes, type MailboxFindings } from "#migration/check";
import { Checks } from "#migration/checks";
import { endMigration } from "#migration/ending";
import { SameMaildrops } from "#migration/identity/same-maildrop";
import { wallClock } from "#migration/limits/copy-hours";
import { CountedOldServer } from "#migration/limits/counted-old-server";
import { changeLimits } from "#migration/limits/limiting";
import { LimitsInForce } from "#migration/limits/limits-in-force";
import type { Migration } from "#migration/migration";
import { NameLeadsSeen } from "#migration/name-leads";
import { CircuitBreaker } from "#migration/old-server/circuit-breaker";
import { ConnectionBudgets } from "#migration/old-server/connections";
import type { OldServerAddress } from "#migration/old-server/old-server";
import { Pop3OldServer } from "#migration/old-server/pop3-old-server";
import type { Outbound } from "#migration/outbound";
import { type StillToCome, stillToCome } from "#migration/people/people";
import type { OldServerFacts } from "#migration/proof/certificate";
import { MetOldServers } from "#migration/proof/met-old-servers";
import { admissionsOfThoseHere } from "#migration/return/returned-admissions";
import { isCaughtUp, type MoveStatus, migrationStatus, moveStatus } from "#migration/status";
import { FirstReadings } from "#migration/transfer/first-readings";
import { HeaderLooks } from "#migration/transfer/header-looks";
import { steer } from "#migration/transfer/steering";
import { type TransferTools, usualLimits } from "#migration/transfer/transfer-tools";
import { Transfers } from "#migration/transfer/transfers";
import type { Resolver } from "#net/resolver";
import type { Log } from "#observe/log";
import type { Metrics } from "#observe/metrics";
import { parseMarkId } from "#queue/mark-id";
import { shortageIn } from "#store/room";
import type { Store } from "#store/sqlite/open";
import { newUidl } from "#store/sqlite/uidl";
import { countedLogins } from "./metrics.ts";

export interface MigrationParts {
  readonly config: Config;
  readonly store: Store;
  readonly keys: SealingKeys;
  readonly markKey: Uint8Array;
  /** Told in our own greetings. */
  readonly instanceId: string;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  readonly outbound: Outbound;
  readonly resolver: Resolver;
  /** Whether a connection there would reach one of our listeners. */
  readonly leadsToUs: (address: string, port: number) => boolean;
  readonly newId: () => string;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the rest of the house wants of the migration room. */
export interface MigrationRoom extends AsyncDisposable {
  readonly admissions: Admissions;
  readonly remote: Transfers;
  /** What transfers work with. */
  readonly tools: TransferTools;
  readonly administration: MigrationAdministration;
  /** Whether the old server of each migrating domain is in trouble. */
  readonly oldServers: () => Promise<readonly { readonly domain: string; readonly isTroubled: boolean }[]>;
  /** The connections that the old servers have to bear. */
  readonly budgets: ConnectionBudgets;
  /** Whether a connection there would reach one of our own listeners. */
  readonly isOurs: (host: string, port: number) => Promise<boolean>;
  /** Who is known and has no home here yet. */
  missing(domain: string): Promise<readonly StillToCome[]>;
  /** Those of whom no mailbox here tells. */
  absent(domain: string): Promise<readonly StillToCome[]>;
  /** The move without the people in it. */
  move(domain: string): Promise<MoveStatus>;
  /** Ends a domain's migration (migration/ending). */
  end(domain: string, giveUp: readonly string[]): Promise<Outcome<void>>;
  /** Pauses, resumes and retries (migration/transfer/steering). */
  readonly steer: Steer;
  /** What its old server said of itself. */
  facts(migration: Migration): OldServerFacts;
  /** Sweeps every mailbox of a domain. */
  check(domain: string): Promise<readonly MailboxFindings[]>;
  isCaughtUp(mailbox: MailboxId, since: number): Promise<boolean>;
  piped(recipient: string): void;
  /** Goes on with everything that is due. */
  start(): Promise<void>;
}

const seconds = 1000;
const minutes = 60 * seconds;
/** Octets. A limit for new mail is no reason to leave old mail behind. */
const largestOldMessage = 256 * 1024 ** 2;

export function openMigration(parts: MigrationParts): MigrationRoom {
  const { config, store, keys, outbound, log, metrics, newId } = parts;
  const { ledger, directory, knownRecipients } = store;
  const clock = systemClock;
  const limits = {
    ...usualLimits,
    connections: config.migration.connectionsPerOldServer,
    sweepInterval: config.migration.sweepInterval,
  };
  const met = new MetOldServers();
  const oldServer = new Pop3OldServer({
    connectMilliseconds: 30 * seconds,
    loginMilliseconds: 2 * minutes,
    listingMilliseconds: 10 * minutes,
    stallMilliseconds: 30 * seconds,
    pipeline: { least: 256 * 1024, most: 4 * 1024 * 1024 },
    largestMessage: Math.max(config.maxMessage, largestOldMessage),
    isOwnGreeting: (greeting) => greeting.includes(parts.instanceId),
    met: (server, facts) => met.note(server, facts),
  });
  const budgets = new ConnectionBudgets(limits.connections, clock);
  const inForce = new LimitsInForce(budgets, clock, wallClock());
  const counted = new CountedOldServer(countedLogins(oldServer, metrics), (server) => ({
    came(octets) {
      metrics.cameFromOldServer(octets);
      inForce.bandwidth(server).came(octets);
    },
  }));
  const breaker = new CircuitBreaker(counted, clock, log);
  const tools: TransferTools = {
    ledger,
    oldServer: breaker,
    budgets,
    inForce,
    keys,
    stage: store.stage,
    sameMaildrops: new SameMaildrops(),
    readings: new FirstReadings({ kept: store.readingEffects, clock, log }),
    headerLooks: new HeaderLooks(),
    clock,
    random: parts.random,
    newUidl,
    marksOf: (header) =>
      readMarks(parts.markKey, header).flatMap((id) => parseMarkId(id)?.queueRecipientId ?? []),
    shortage: () => shortageIn(config.data),
    log,
    visited: (end) => metrics.visited(end),
    limits,
  };
  const mailboxOf = async (address: string): Promise<MailboxId | null> => {
    const mailbox = await directory.mailbox(address);
    return mailbox?.admitted ? mailbox.id : null;
  };
  const transfers = new Transfers(tools);
  const proved = new ProvedHere({
    ledger,
    clock,
    log,
    tryPassword: (mailbox, password) => transfers.tryPassword(mailbox, password),
  });
  const hashes: LateHashes = new LateHashes({
    ...{ ledger, keys, clock, log, passwords: store.unhashedPasswords, hashPassword: parts.hashPassword },
    isBusy: () => admissions.isBusy || transfers.isBusy,
  });
  const noPasswords = new NoPasswords();
  const refusedLogins = new RefusedLogins(store.audit, () => clock.now());
  const admissions: OldServerAdmissions = new OldServerAdmissions(
    {
      ...tools,
      noPasswords,
      hashLater: () => hashes.admitted(),
      admitted: mailboxOf,
      newId,
      refused(request) {
        const { address, domain } = request;
        refusedLogins.note(request);
        store.people
          .loginTried(domain, address, clock.now())
          .catch((error: unknown) => log.warn({ err: error, address }, "a refused login could not be noted"));
      },
      takeOver: (transfer, opened, listing) => transfers.takeOver(transfer, opened, listing),
    },
    proved,
    hashes,
  );
  const isOurs = async (host: string, port: number): Promise<boolean> => {
    const found = await parts.resolver.addresses(host);
    return found.answer === "addresses" && found.addresses.some((address) => parts.leadsToUs(address, port));
  };
  const away = async (domain: string) => (await store.returns.all(domain)).map(({ address }) => address);
  const people = (domain: string) => stillToCome(knownRecipients, store.people, domain);
  /** Whoever went back would be cut off like somebody who has not come, whether or not mail was piped since. */
  const everybody = async (domain: string): Promise<readonly StillToCome[]> => {
    const known = await people(domain);
    const others = (await away(domain)).filter((one) => !known.some(({ address }) => address === one));
    return [...known, ...others.map((address) => ({ address, messages: 0, lastAccepted: null }))];
  };
  /** Those of whom no transfer tells. */
  const missing = async (domain: string): Promise<readonly StillToCome[]> => {
    const returned = new Set(await away(domain));
    return (await people(domain)).filter(({ address }) => !returned.has(address));
  };
  const cutOff = async (name: string): Promise<readonly string[]> => {
    const domain = await directory.domain(name);
    if (domain?.kind !== "local" || domain.unknownUsers.rule !== "pipe") return [];
    return (await everybody(name)).map(({ address }) => address);
  };
  const notes = (domain: string) => noPasswords.inWords(domain);
  const trouble = (server: OldServerAddress) => breaker.trouble(server);
  const leads = new NameLeadsSeen({ resolver: parts.resolver, clock, hostname: config.hostname });
  const names = (domain: string, { host }: OldServerAddress) => leads.of({ domain, oldServer: host });
  const { sweepInterval } = limits;

  const end = (domain: string, giveUp: readonly string[]) =>
    endMigration(
      { ledger, keys, outbound, cutOff, transfers, admissions, hashes, clock, log, sweepInterval },
      domain,
      giveUp,
    );

  const checks = new Checks(() => clock.now());
  const administration: MigrationAdministration = {
    async on(request) {
      const domain = await directory.domain(request.domain);
      if (domain?.kind !== "local")
        return failed("not-found", `${request.domain} is not a local domain here.`);
      const begun = await beginMigration({ ledger, oldServer, budgets, keys, clock, isOurs }, request);
      inForce.take(await ledger.migrations());
      return begun;
    },
    limit: (domain, changed) => changeLimits({ ledger, inForce, clock }, domain, changed),
    off: end,
    async check(domain, wait) {
      if (!(await ledger.migration(domain))) return failed("not-found", `${domain} is not migrating.`);
      const begun = await checkMailboxes({ ledger, transfers }, domain);
      checks.begun(domain, begun);
      const findings = begun.map((one) => one.findings);
      if (wait) return done(checkView(domain, begun.length, await Promise.all(findings)));
      for (const one of findings) one.catch((error: unknown) => log.error({ err: error }, "a check failed"));
      return done(checkView(domain, begun.length, []));
    },
    async checkProgress(domain, query) {
      if ((await directory.domain(domain))?.kind !== "local")
        return failed("not-found", `${domain} is not a local domain here.`);
      return done(checkProgressView(checks.progress(domain, query)));
    },
    async status(domain) {
      if ((await directory.domain(domain))?.kind !== "local")
        return failed("not-found", `${domain} is not a local domain here.`);
      return done(
        statusView(
          await migrationStatus({ ledger, transfers, missing, notes, trouble, names, inForce }, domain),
        ),
      );
    },
  };
  return {
    admissions: admissionsOfThoseHere(admissions, store.returns),
    remote: transfers,
    tools,
    administration,
    oldServers: async () =>
      (await ledger.migrations()).map(({ domain, oldServer: server }) => ({
        domain,
        isTroubled: trouble(server) !== null,
      })),
    budgets,
    isOurs,
    missing: everybody,
    absent: missing,
    move: (domain) => moveStatus({ ledger, notes, trouble, names, inForce }, domain),
    end,
    steer: (steered, steering) =>
      steer({ ledger, transfers, readings: tools.readings, clock }, steered, steering),
    facts: (migration) => met.of(migration),
    check: async (domain) =>
      await Promise.all(
        (await checkMailboxes({ ledger, transfers }, domain)).map(({ findings }) => findings),
      ),
    isCaughtUp: (mailbox, since) => isCaughtUp(ledger, mailbox, since),
    piped(recipient) {
      const address = parseAddress(recipient);
      if (!address) return;
      void mailboxOf(addressKey(address))
        .then(async (mailbox) => {
          if (mailbox !== null) await transfers.piped(mailbox);
        })
        .catch((error: unknown) => log.warn({ err: error }, "a sweep could not be hurried"));
    },
    async start() {
      inForce.take(await ledger.migrations());
      const domains = await directory.domains();
      await destroyLeftKeys(
        { ledger, keys },
        domains.map(({ name }) => name),
      );
      transfers.start();
      hashes.start();
    },
    async [Symbol.asyncDispose]() {
      await admissions[Symbol.asyncDispose]();
      await hashes[Symbol.asyncDispose]();
      refusedLogins.summarise();
      await transfers[Symbol.asyncDispose]();
    },
  };
}
