/** Certificates, reports and findings in the words of the API: times as ISO 8601, an old server as its URL. */
import { z } from "@hono/zod-openapi";
import {
  type Blocker,
  type Certificate,
  type MailboxProof,
  tlsOf,
  urlOf,
} from "#migration/proof/certificate";
import type { Finding } from "#migration/proof/verify";

const tally = z.object({ messages: z.number(), listedOctets: z.number() });
const countsSchema = z.object({
  listed: tally,
  here: tally.extend({ octets: z.number() }),
  deletedAfterCopy: tally,
  deletedBeforeCopy: tally,
  skipped: tally,
  unaccounted: tally,
  goneAfterCopy: z.number(),
  goneBeforeCopy: z.number(),
  vanished: z.number(),
  cameHere: z.number(),
});

export const certificateSchema = z.object({
  id: z.number(),
  domain: z.string(),
  oldServer: z.object({
    url: z.string(),
    tls: z.string(),
    greeting: z.string().nullable(),
    /** SHA-256 of its certificate. */
    fingerprint: z.string().nullable(),
  }),
  software: z.string(),
  migrationStartedAt: z.string(),
  begunAt: z.string(),
  endedAt: z.string(),
  givenUp: z.array(z.object({ address: z.string(), by: z.string(), what: z.string() })),
  mailboxes: z.number(),
  totals: countsSchema,
  /** SHA-256 in hex: docs/migration.md tells of what. */
  root: z.string(),
  closes: z.boolean(),
});
export type CertificateView = z.output<typeof certificateSchema>;

const mailboxSchema = z.object({
  address: z.string(),
  loginName: z.string(),
  listedAt: z.string().nullable(),
  comparedAt: z.string(),
  counts: countsSchema,
  root: z.string().nullable(),
  closes: z.boolean(),
  problem: z.string().nullable(),
  reasons: z.array(z.string()),
  /** Messages that are skipped, unaccounted for or not listed any more, at most a thousand. */
  named: z.array(
    z.object({
      what: z.enum(["skipped", "unaccounted", "gone there"]),
      uniqueId: z.string(),
      octets: z.number(),
      reason: z.string(),
      /** What the message says of itself, decoded and bounded; null where that is not known. Whoever sent it wrote it. */
      subject: z.string().nullable(),
      from: z.string().nullable(),
      date: z.string().nullable(),
    }),
  ),
  /** How many more there are. */
  leftOut: z.number(),
});
export type ReportedMailbox = z.output<typeof mailboxSchema>;

export const reportSchema = z.object({
  format: z.literal("mailferry-report-1"),
  domain: z.string(),
  /** False while the move goes on: then nothing is proved yet. */
  finished: z.boolean(),
  madeAt: z.string(),
  certificate: certificateSchema.nullable(),
  /** What stays on the old server, and what to do about it, for people. */
  notMoved: z.array(z.object({ what: z.string(), do: z.string() })),
  mailboxes: z.array(mailboxSchema),
  totals: countsSchema,
});
export type ReportView = z.output<typeof reportSchema>;

export const blockerSchema = z.object({
  address: z.string(),
  messages: z.number(),
  reasons: z.array(z.string()),
});

/** A line of the answer while a certificate is made; the last one is the certificate, or why there is none. */
export const certifyingSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), compared: z.number(), mailboxes: z.number() }),
  z.object({
    kind: z.literal("certificate"),
    certificate: certificateSchema,
    /** Mailboxes that keep it from closing, the first thousand. */
    blockers: z.array(blockerSchema),
  }),
  z.object({ kind: z.literal("problem"), detail: z.string() }),
]);
export type CertifyingLine = z.output<typeof certifyingSchema>;

const verified = {
  verified: z.number(),
  octets: z.number(),
  deletedSince: z.number(),
  damaged: z.number(),
};
const named = { address: z.string(), uidl: z.string(), size: z.number(), sha256: z.string() };
const roots = { expected: z.string(), found: z.string() };

/** A line of the answer while a certificate is verified; without a line "end" it was cut off. */
export const findingSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("begun"), certificate: certificateSchema }),
  z.object({ kind: z.literal("progress"), mailboxes: z.number(), ...verified }),
  z.object({ kind: z.literal("deleted-since"), ...named }),
  z.object({ kind: z.literal("damaged"), problem: z.string(), ...named }),
  z.object({ kind: z.literal("mailbox"), address: z.string(), ...verified, ...roots }),
  z.object({
    kind: z.literal("end"),
    mailboxes: z.number(),
    wrongRoots: z.number(),
    ...verified,
    roots: z.object(roots).nullable(),
  }),
]);
export type FindingLine = z.output<typeof findingSchema>;

export function certificateView(certificate: Certificate): CertificateView {
  const { oldServer, facts, migrationStartedAt, begunAt, endedAt, givenUp, totals, ...rest } = certificate;
  const { id, domain, software, mailboxes, root, closes } = rest;
  return {
    id,
    domain,
    oldServer: { url: urlOf(oldServer), tls: tlsOf(oldServer), ...facts },
    software,
    migrationStartedAt: time(migrationStartedAt),
    begunAt: time(begunAt),
    endedAt: time(endedAt),
    givenUp: givenUp.map((one) => ({ ...one })),
    mailboxes,
    totals,
    root,
    closes,
  };
}

export function blockerView({ address, messages, reasons }: Blocker) {
  return { address, messages, reasons: [...reasons] };
}

export function mailboxView(
  { listedAt, comparedAt, reasons, ...proof }: MailboxProof,
  named: ReportedMailbox["named"],
  leftOut: number,
): ReportedMailbox {
  return {
    ...proof,
    listedAt: listedAt === null ? null : time(listedAt),
    comparedAt: time(comparedAt),
    reasons: [...reasons],
    named,
    leftOut,
  };
}

/** Findings are in the words of the API already. */
export function findingView(finding: Finding): FindingLine {
  return finding;
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
