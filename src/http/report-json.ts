/** A report as JSON, piece by piece: a domain may have more mailboxes than memory wants to hold. */

import type { Certificate } from "#migration/proof/certificate";
import { noCounts, plus } from "#migration/proof/counts";
import type { Report } from "#migration/proof/report";
import { namedOf } from "#migration/proof/report-words";
import { whatStays } from "#migration/proof/what-stays";
import { certificateView, mailboxView, type ReportedMailbox, type ReportView } from "./proof-views.ts";

/** What the schema `ReportView` describes. @param certificate that the report is of; null while the move goes on */
export async function* reportJson(report: Report, certificate: Certificate | null): AsyncGenerator<string> {
  const { domain, madeAt } = report.head;
  const head: Omit<ReportView, "mailboxes" | "totals"> = {
    format: "mailferry-report-1",
    domain,
    finished: certificate !== null,
    madeAt: new Date(madeAt).toISOString(),
    certificate: certificate && certificateView(certificate),
    notMoved: whatStays.map(({ what, todo }) => ({ what, do: todo })),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"mailboxes":[`;
  let totals = noCounts;
  let separator = "\n";
  for await (const proof of report.mailboxes()) {
    const { named, leftOut } = await namedOf(report, proof);
    const words = named.map(({ what, uidl, size, reason, heading }) => ({
      what,
      uniqueId: uidl,
      octets: size,
      reason,
      subject: heading?.subject ?? null,
      from: heading?.from ?? null,
      date: typeof heading?.date === "number" ? new Date(heading.date).toISOString() : null,
    }));
    const mailbox: ReportedMailbox = mailboxView(proof, words, leftOut);
    yield separator + JSON.stringify(mailbox);
    separator = ",\n";
    totals = plus(totals, proof.counts);
  }
  yield `],\n"totals":${JSON.stringify(totals)}}\n`;
}
