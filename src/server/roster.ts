/** Answers what administrators ask of a domain's people in figures and pages: the store counts, the workers know. */
import { missingView, moveView, transferView } from "#http/migration-views";
import type { RosterAdministration, RosterRowView, SummaryView } from "#http/roster";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { StillToCome } from "#migration/people/people";
import type { Roster, RosterRow, Stage, StageFigures } from "#migration/roster";
import type { MoveStatus } from "#migration/status";
import type { Transfers } from "#migration/transfer/transfers";
import { countForAll } from "./counting.ts";

export interface RosterParts {
  readonly roster: Roster;
  readonly transfers: Pick<Transfers, "movement" | "rate" | "rateOf" | "stalledSince">;
  readonly isLocal: (domain: string) => Promise<boolean>;
  readonly move: (domain: string) => Promise<MoveStatus>;
  readonly missing: (domain: string) => Promise<readonly StillToCome[]>;
  /** Grows with everything that is committed. */
  readonly touches: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const week = 7 * 24 * 3_600_000;

/** The roster behind the API. */
export function openRoster(parts: RosterParts): RosterAdministration {
  const { touches, now } = parts;
  const summary = countForAll({ count: (domain) => summarise(parts, domain), touches, now });
  const local = async <T>(domain: string, ask: () => Promise<T>): Promise<Outcome<T>> =>
    (await parts.isLocal(domain))
      ? done(await ask())
      : failed("not-found", `${domain} is not a local domain here.`);
  return {
    summary: (domain) => local(domain, () => summary(domain)),
    page: (domain, query) =>
      local(domain, async () => {
        const { roster, transfers } = parts;
        const movement = transfers.movement(domain);
        const rows = await roster.page(domain, movement, { ...query, limit: query.limit + 1 });
        const shown = rows.slice(0, query.limit);
        return {
          mailboxes: shown.map((row) => rowView(parts, row)),
          total: await roster.count(domain, movement, query),
          next: rows.length > shown.length ? (shown.at(-1)?.address ?? null) : null,
        };
      }),
    missing: (domain, { search, after, limit }) =>
      local(domain, async () => {
        const all = (await parts.missing(domain)).filter(({ address }) => address.includes(search));
        const rest = all.filter(({ address }) => address > after);
        const shown = rest.slice(0, limit);
        return {
          missing: shown.map(missingView),
          total: all.length,
          next: rest.length > shown.length ? (shown.at(-1)?.address ?? null) : null,
        };
      }),
  };
}

async function summarise(parts: RosterParts, domain: string): Promise<SummaryView> {
  const { roster, transfers, move, missing, now } = parts;
  const figures = await roster.figures(domain, transfers.movement(domain));
  const absent = await missing(domain);
  const sum = (of: (figure: StageFigures) => number) =>
    figures.reduce((total, figure) => total + of(figure), 0);
  const count = (stage: Stage) => figures.find((figure) => figure.stage === stage)?.mailboxes ?? 0;
  const octets = sum((figure) => figure.octets);
  const octetsHere = sum((figure) => figure.octetsHere);
  const rate = transfers.rateOf(domain);
  const lastSweep = latest(figures);
  return {
    ...moveView(await move(domain)),
    people: {
      over: count("over"),
      onTheWay: count("on-the-way"),
      waiting: count("waiting"),
      returned: count("returned"),
      prepared: count("prepared"),
      local: count("local"),
      missing: absent.length,
      missingWithMail: absent.filter(
        ({ messages, lastAccepted }) => messages > 0 && lastAccepted !== null && now() - lastAccepted < week,
      ).length,
    },
    messages: sum((figure) => figure.messages),
    messagesHere: sum((figure) => figure.messagesHere),
    octets,
    octetsHere,
    rate,
    remaining: rate !== null && rate > 0 && octetsHere < octets ? (octets - octetsHere) / rate : null,
    lastSweep: lastSweep === 0 ? null : new Date(lastSweep).toISOString(),
  };
}

function latest(figures: readonly StageFigures[]): number {
  return Math.max(0, ...figures.map(({ lastSweep }) => lastSweep ?? 0));
}

function rowView({ transfers }: RosterParts, row: RosterRow): RosterRowView {
  const { address, stage, quota, octets, messages, transfer, skipped } = row;
  return {
    address,
    stage,
    admitted: row.isAdmitted,
    returned: row.isAway,
    hasPassword: row.hasPassword,
    quota,
    octets,
    messages,
    createdAt: new Date(row.createdAt).toISOString(),
    transfer:
      transfer &&
      transferView({
        ...transfer,
        rate: transfers.rate(transfer.mailbox),
        stalledSince: transfers.stalledSince(transfer),
        skipped,
      }),
  };
}
