/** What the migration room says, in the words of the API: times as ISO 8601, an old server as its URL. */
import type { MailboxFindings } from "#migration/check";
import type { CheckProgress } from "#migration/checks";
import { inWords } from "#migration/identity/maildrop-notes";
import type { NameLeads } from "#migration/name-leads";
import type { OldServerAddress } from "#migration/old-server/old-server";
import type { StillToCome } from "#migration/people/people";
import type { MigrationStatus, MoveStatus, TransferStatus } from "#migration/status";
import type {
  CheckProgressView,
  CheckView,
  MigrationStatusView,
  MoveView,
  TransferView,
} from "./migrations.ts";

/** What there is to say of a move without the people in it. */
export function moveView({ domain, migration, limits, trouble, names, notes }: MoveStatus): MoveView {
  return {
    domain,
    on: migration !== null,
    oldServer: migration && urlOf(migration.oldServer),
    startedAt: migration && time(migration.startedAt),
    limits: limits && { ...limits, opensAt: limits.opensAt === null ? null : time(limits.opensAt) },
    trouble: trouble && { since: time(trouble.since), reason: trouble.reason },
    names: names && namesView(names),
    notes: [...notes],
  };
}

export function statusView(status: MigrationStatus): MigrationStatusView {
  return {
    ...moveView(status),
    transfers: status.transfers.map(transferView),
    missing: status.missing.map(missingView),
  };
}

export function missingView({ address, messages, lastAccepted }: StillToCome) {
  return { address, messages, lastAccepted: lastAccepted === null ? null : time(lastAccepted) };
}

export function checkView(
  domain: string,
  total: number,
  mailboxes: readonly Omit<MailboxFindings, "isPassing">[],
): CheckView {
  return {
    domain,
    total,
    mailboxes: mailboxes.map(({ address, found, listed, problem }) => ({ address, found, listed, problem })),
  };
}

const noCheck: CheckProgressView = {
  ...{ began: null, ended: null, total: 0, done: 0, found: 0, problems: 0, mailboxes: [], next: null },
  counts: { problem: 0, found: 0, "nothing-new": 0, "not-done": 0 },
};

/** @param progress null: there was no check since the server started */
export function checkProgressView(progress: CheckProgress | null): CheckProgressView {
  if (!progress) return noCheck;
  const { began, ended, rows, ...figures } = progress;
  return {
    ...{ ...figures, began: time(began), ended: ended === null ? null : time(ended) },
    mailboxes: rows.map(({ address, findings }) => ({
      address,
      done: findings !== null,
      found: findings?.found ?? 0,
      listed: findings?.listed ?? 0,
      problem: findings?.problem ?? null,
    })),
  };
}

function namesView({ lookedUp, leads, unknown }: NameLeads): NonNullable<MigrationStatusView["names"]> {
  return {
    lookedUp: lookedUp === null ? null : time(lookedUp),
    leads: leads.map(({ name, kind, addresses, isHere }) => ({
      name,
      kind,
      addresses: [...addresses],
      here: isHere,
    })),
    unknown: [...unknown],
  };
}

export function transferView(transfer: TransferStatus): TransferView {
  return {
    address: transfer.address,
    state: transfer.state,
    reason: transfer.reason,
    messages: transfer.messages,
    messagesHere: transfer.messagesHere,
    octets: transfer.octets,
    octetsHere: transfer.octetsHere,
    rate: transfer.rate,
    stalledSince: transfer.stalledSince === null ? null : time(transfer.stalledSince),
    nextTry: transfer.state === "settled" || transfer.nextTry === 0 ? null : time(transfer.nextTry),
    lastSweep: transfer.lastSweep === null ? null : time(transfer.lastSweep),
    skipped: transfer.skipped,
    notes: [
      ...(transfer.lacksPassword
        ? ["It was brought here, and has no password until its owner logs in."]
        : []),
      ...(transfer.notes ? inWords(transfer.notes) : []),
    ],
  };
}

function urlOf({ protocol, implicitTls, host, port }: OldServerAddress): string {
  return `${protocol}${implicitTls ? "s" : ""}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
