/** What proves a move, over the API: certificates, reports, and verifying what was certified. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import type { Blocker, Certificate } from "#migration/proof/certificate";
import type { Progress } from "#migration/proof/certify";
import type { Report } from "#migration/proof/report";
import { reportCsv, reportLines } from "#migration/proof/report-csv";
import { reportHtml } from "#migration/proof/report-html";
import { reportText } from "#migration/proof/report-text";
import type { Finding } from "#migration/proof/verify";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import {
  blockerView,
  type CertifyingLine,
  certificateSchema,
  certificateView,
  certifyingSchema,
  type FindingLine,
  findingSchema,
  findingView,
  reportSchema,
} from "./proof-views.ts";
import { reportJson } from "./report-json.ts";
import { answers, body, inForms, router } from "./routes.ts";
import { type Streamed, streamed, streamedLines } from "./streaming.ts";

/** Which certificate: the newest, one by its number, or none, which means the ledger as it is now. */
export type WhichCertificate = "latest" | "none" | number;

/** What the migration room does to prove a move. */
export interface ProofAdministration {
  /** Null: of the ledger while the domain migrates, else of the newest certificate if there is one. */
  report(
    domain: string,
    which: WhichCertificate | null,
    mailbox: string | null,
  ): Promise<Outcome<{ readonly report: Report; readonly certificate: Certificate | null }>>;
  certificates(domain: string): Promise<readonly Certificate[]>;
  certify(
    domain: string,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<Outcome<{ readonly certificate: Certificate; readonly blockers: readonly Blocker[] }>>;
  verify(
    domain: string,
    which: WhichCertificate,
    mailbox: string | null,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly certificate: Certificate; readonly findings: AsyncIterable<Finding> }>>;
}

const byDomain = { params: z.object({ domain: z.string().max(255) }) };
const which = z
  .string()
  .regex(/^(?:latest|none|[1-9]\d{0,14})$/, "expected latest, none or a number")
  .transform((text): WhichCertificate => (text === "latest" || text === "none" ? text : Number(text)));
const formats = ["text", "html", "json", "csv", "lines"] as const;

const report = createRoute({
  method: "get",
  path: "/migrations/{domain}/report",
  request: {
    ...byDomain,
    query: z.strictObject({
      format: z.enum(formats).default("json"),
      certificate: which.optional(),
      mailbox: z.string().max(512).optional(),
    }),
  },
  ...inForms("What became of every message of the old server", {
    "application/json": { schema: reportSchema },
    "text/html": { schema: z.string() },
    "text/plain": { schema: z.string() },
    "text/csv": { schema: z.string() },
  }),
});
const certificates = createRoute({
  method: "get",
  path: "/migrations/{domain}/certificates",
  request: byDomain,
  ...answers("Certificates of a domain, the newest first", z.array(certificateSchema)),
});
const certify = createRoute({
  method: "post",
  path: "/migrations/{domain}/certificates",
  request: byDomain,
  ...inForms("Compare every mailbox with the old server and make a certificate; a line for each step", {
    "application/x-ndjson": { schema: certifyingSchema },
  }),
});
const verify = createRoute({
  method: "post",
  path: "/migrations/{domain}/verify",
  request: {
    ...byDomain,
    body: body(
      z.strictObject({ certificate: which.default("latest"), mailbox: z.string().max(512).nullish() }),
    ),
  },
  ...inForms("Make the roots of a certificate again and read all content again; a line for each finding", {
    "application/x-ndjson": { schema: findingSchema },
  }),
});

/** The routes of proofs. */
export function proofRoutes(proof: ProofAdministration) {
  return router()
    .openapi(report, async (context) => {
      const { format, certificate, mailbox } = context.req.valid("query");
      const domain = key(context.req.valid("param").domain);
      const only = mailbox === undefined ? null : address(mailbox);
      const made = unwrap(await proof.report(domain, certificate ?? null, only));
      return streamedReport(format, made.report, made.certificate);
    })
    .openapi(certificates, async (context) => {
      const all = await proof.certificates(key(context.req.valid("param").domain));
      return context.json(all.map(certificateView), 200);
    })
    .openapi(certify, async (context) => {
      const domain = key(context.req.valid("param").domain);
      const lines = certifying(proof, domain, context.req.raw.signal);
      // What is refused at once is told as a problem.
      const first = await lines.next();
      const line = first.done ? null : first.value;
      if (line instanceof Refused) unwrap(line.outcome);
      return streamedLines(following(line, lines));
    })
    .openapi(verify, async (context) => {
      const { certificate, mailbox } = context.req.valid("json");
      const domain = key(context.req.valid("param").domain);
      const only = mailbox ? address(mailbox) : null;
      const { signal } = context.req.raw;
      const begun = unwrap(await proof.verify(domain, certificate, only, signal));
      return streamedLines(verifying(begun.certificate, begun.findings));
    });
}

function streamedReport(
  format: (typeof formats)[number],
  report: Report,
  certificate: Certificate | null,
): Streamed {
  switch (format) {
    case "text":
      return streamed(reportText(report), "text/plain; charset=utf-8");
    case "html":
      return streamed(reportHtml(report), "text/html; charset=utf-8");
    case "csv":
      return streamed(reportCsv(report), "text/csv; charset=utf-8");
    case "lines":
      return streamed(reportLines(report), "text/plain; charset=utf-8");
    case "json":
      return streamed(reportJson(report, certificate), "application/json");
  }
}

/** It came to nothing. */
class Refused {
  readonly outcome: Extract<Outcome<never>, { ok: false }>;
  constructor(outcome: Extract<Outcome<never>, { ok: false }>) {
    this.outcome = outcome;
  }
}

async function* certifying(
  proof: ProofAdministration,
  domain: string,
  gone: AbortSignal,
): AsyncGenerator<CertifyingLine | Refused> {
  // The client goes away while nothing is told, or between two lines.
  const over = new AbortController();
  const signal = AbortSignal.any([gone, over.signal]);
  let news = Promise.withResolvers<boolean>();
  let latest = { compared: 0, mailboxes: 0 };
  try {
    const certified = proof.certify(domain, signal, (compared, mailboxes) => {
      latest = { compared, mailboxes };
      news.resolve(false);
    });
    const isOver = certified.then(() => true);
    while (!(await Promise.race([isOver, news.promise]))) {
      news = Promise.withResolvers();
      yield { kind: "progress", ...latest };
    }
    const outcome = await certified;
    if (!outcome.ok) return yield new Refused(outcome);
    const { certificate, blockers } = outcome.value;
    yield {
      kind: "certificate",
      certificate: certificateView(certificate),
      blockers: blockers.map(blockerView),
    };
  } finally {
    over.abort();
  }
}

async function* following(
  first: CertifyingLine | Refused | null,
  lines: AsyncGenerator<CertifyingLine | Refused>,
): AsyncGenerator<CertifyingLine> {
  try {
    for (let line = first; line !== null; ) {
      yield line instanceof Refused ? { kind: "problem", detail: line.outcome.problem.text } : line;
      const next = await lines.next();
      line = next.done ? null : next.value;
    }
  } finally {
    await lines.return(undefined);
  }
}

async function* verifying(
  certificate: Certificate,
  findings: AsyncIterable<Finding>,
): AsyncGenerator<FindingLine> {
  yield { kind: "begun", certificate: certificateView(certificate) };
  for await (const finding of findings) yield findingView(finding);
}
