/** The ledger of one mailbox over the API: what became of each message of the old server. */
import { createRoute, z } from "@hono/zod-openapi";
import type { DirectoryStore } from "#directory/directory-store";
import { type LedgerListing, type ListedLedgerRow, ledgerOutcomes } from "#migration/ledger-listing";
import { address } from "./domains.ts";
import { found } from "./problem-details.ts";
import { answers, router } from "./routes.ts";

const rowSchema = z.object({
  /** Its unique-id on the old server, to retry it alone. */
  uniqueId: z.string(),
  /** Octets, as the old server listed it. */
  size: z.number(),
  outcome: z.enum(ledgerOutcomes),
  reason: z.string().nullable(),
  failures: z.number(),
  nextTry: z.string().nullable(),
  /** Since when the old server lists it no more. */
  goneSince: z.string().nullable(),
  sha256: z.string().nullable(),
  subject: z.string().nullable(),
  from: z.string().nullable(),
  date: z.string().nullable(),
});
export type LedgerRowView = z.output<typeof rowSchema>;

const ledgerSchema = z.object({
  address: z.string(),
  messages: z.array(rowSchema),
  /** In the whole ledger, whatever is searched for. */
  counts: z.object(Object.fromEntries(ledgerOutcomes.map((one) => [one, z.number()]))),
  /** For the next page; null: this was the last. */
  next: z.string().nullable(),
});
export type LedgerView = z.output<typeof ledgerSchema>;

const list = createRoute({
  method: "get",
  path: "/mailboxes/{address}/ledger",
  request: {
    params: z.object({ address: z.string().max(512) }),
    query: z.strictObject({
      search: z.string().max(512).default(""),
      outcome: z.enum(ledgerOutcomes).optional(),
      /** As the page before told it. */
      cursor: z
        .string()
        .regex(/^\d{1,15}$/)
        .default("0"),
      limit: z.coerce.number().int().min(1).max(1000).default(50),
    }),
  },
  ...answers("What became of each message of the old server, a page at a time", ledgerSchema),
});

/** The routes of ledgers. */
export function ledgerRoutes({
  directory,
  ledger,
}: {
  readonly directory: Pick<DirectoryStore, "mailbox">;
  readonly ledger: LedgerListing;
}) {
  return router().openapi(list, async (context) => {
    const asked = context.req.valid("param").address;
    const mailbox = found(await directory.mailbox(address(asked)), `mailbox ${asked}`);
    const { search, outcome, cursor, limit } = context.req.valid("query");
    const query = { search: search.trim(), outcome: outcome ?? null, after: Number(cursor) };
    const rows = await ledger.page(mailbox.id, { ...query, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const counts = await ledger.counts(mailbox.id);
    return context.json(
      {
        address: mailbox.address,
        messages: shown.map(rowView),
        counts: Object.fromEntries(ledgerOutcomes.map((one) => [one, counts[one] ?? 0])),
        next: rows.length > shown.length ? String(shown.at(-1)?.row) : null,
      },
      200,
    );
  });
}

function rowView(row: ListedLedgerRow): LedgerRowView {
  const { uidl, size, outcome, reason, failures, nextTry, missingSince, sha256, heading } = row;
  return {
    uniqueId: uidl,
    size,
    outcome,
    reason,
    failures,
    nextTry: outcome === "failing" && nextTry > 0 ? new Date(nextTry).toISOString() : null,
    goneSince: missingSince === null ? null : new Date(missingSince).toISOString(),
    sha256,
    subject: heading?.subject ?? null,
    from: heading?.from ?? null,
    date: heading === null || heading.date === null ? null : new Date(heading.date).toISOString(),
  };
}
