/** The end of an attempt: its results judged, reported on where somebody wants to hear of them, and committed. */
import { addressKey, parseAddress } from "#mail/address";
import type { Delivery, RemoteReply } from "./courier.ts";
import { tellVerdict } from "./events.ts";
import type { Job } from "./jobs.ts";
import { persist } from "./persist.ts";
import type { AttemptResult, QueuedRecipient, Report } from "./queue-store.ts";
import { composeReport, reported } from "./report.ts";
import type { QueueServices } from "./services.ts";
import { judge, ownTroubleDelay, replyLine, type Verdict } from "./trouble.ts";

interface Judged {
  readonly recipient: QueuedRecipient;
  readonly verdict: Verdict;
}

/** An attempt that is committed. */
export interface Settled {
  /** Whether it left something in the queue: what was put off, or a report. */
  readonly leavesWork: boolean;
  /** What is still going on: it keeps nobody waiting, and never fails. */
  readonly aftermath: Promise<void>;
}

/** Never throws but when it is given up: until then nothing that is known is lost. */
export async function settle(
  services: QueueServices,
  job: Job,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<Settled> {
  const { store, clock, random } = services;
  const judged = job.recipients.map((recipient) => {
    const delivery = deliveries.find((result) => result.recipient === recipient.id) ?? missing(recipient);
    return { recipient, verdict: judge(recipient, delivery, clock.now(), random()) };
  });
  const results = await withReports(services, judged);
  try {
    await persist(services, () => store.finish(results), signal);
  } finally {
    for (const { report } of results) await report?.content[Symbol.asyncDispose]();
  }
  const told = judged.map(async ({ recipient, verdict }, at) => {
    if (results[at]?.kind === verdict.kind) await tell(services, recipient, verdict, deliveries);
  });
  return {
    leavesWork: results.some(({ kind, report }) => kind === "deferred" || report !== null),
    aftermath: Promise.all(told).then(() => undefined),
  };
}

/** Failures and successes of one message are told together; each delay is told with its own commit. */
async function withReports(
  services: QueueServices,
  judged: readonly Judged[],
): Promise<readonly AttemptResult[]> {
  const together = new Map<Verdict["kind"], Report | null | "unavailable">();
  for (const kind of ["failed", "delivered"] as const) {
    const affected = judged.filter(({ verdict }) => verdict.kind === kind && verdict.report);
    if (affected.length > 0) together.set(kind, await report(services, affected));
  }
  const results: AttemptResult[] = [];
  for (const { recipient, verdict } of judged) {
    const { id } = recipient;
    if (verdict.kind === "deferred") {
      const own = verdict.report ? await report(services, [{ recipient, verdict }]) : null;
      const { nextTry, mayHaveArrived, hold } = verdict;
      results.push({
        kind: "deferred",
        recipient: id,
        reply: replyLine(verdict.reply),
        nextTry,
        mayHaveArrived,
        report: available(own),
        held: hold,
      });
      continue;
    }
    const shared = verdict.report ? (together.get(verdict.kind) ?? null) : null;
    if (shared === "unavailable" && verdict.kind === "failed")
      results.push(unreported(services, recipient, verdict.reply));
    else results.push({ kind: verdict.kind, recipient: id, report: available(shared) });
    // It goes out once, with the first of those whom it tells about.
    if (verdict.report && shared !== "unavailable") together.delete(verdict.kind);
  }
  return results;
}

function available(report: Report | null | "unavailable"): Report | null {
  return report === "unavailable" ? null : report;
}

/** Nothing fails in silence: where the report cannot be kept now, the failure waits with it. */
function unreported(
  { clock }: QueueServices,
  { id, mayHaveArrived }: QueuedRecipient,
  reply: RemoteReply,
): AttemptResult {
  const nextTry = clock.now() + ownTroubleDelay;
  return { kind: "deferred", recipient: id, reply: replyLine(reply), nextTry, mayHaveArrived, report: null };
}

const actions = { failed: "failed", delivered: "relayed", deferred: "delayed" } as const;

async function report(
  services: QueueServices,
  affected: readonly Judged[],
): Promise<Report | null | "unavailable"> {
  const message = affected[0]?.recipient.message;
  if (!message) return null;
  try {
    const content = await services.store.read(message.id, message.traceLength);
    const told = affected.map(({ recipient, verdict }) =>
      reported(recipient, actions[verdict.kind], verdict.reply),
    );
    return await composeReport(services, message, told, content);
  } catch (error) {
    services.log.error({ error, message: message.id }, "a report could not be made now");
    return "unavailable";
  }
}

/** What others want to know, after the commit. Never fails: nothing that is done is undone by it. */
async function tell(
  services: QueueServices,
  recipient: QueuedRecipient,
  verdict: Verdict,
  deliveries: readonly Delivery[],
): Promise<void> {
  tellVerdict(services, recipient, verdict);
  const { via, address } = recipient;
  if (via.kind !== "pipe") return;
  const delivery = deliveries.find((result) => result.recipient === recipient.id);
  const isInDoubt = delivery?.kind === "deferred" && delivery.mayHaveArrived;
  try {
    if (verdict.kind === "delivered" || isInDoubt) services.piped(via.to, address);
    if (verdict.kind === "deferred" && verdict.alarm)
      services.alarm({ route: via.to, recipient: address, reply: replyLine(verdict.reply) });
    if (verdict.kind === "delivered")
      await services.knownRecipients.accepted(keyOf(address), via.to, services.clock.now(), true);
  } catch (error) {
    services.log.error({ error, route: via.to, recipient: address }, "a delivery could not be told to all");
  }
}

function keyOf(address: string): string {
  const parsed = parseAddress(address);
  return parsed ? addressKey(parsed) : address.toLowerCase();
}

function missing({ id }: QueuedRecipient): Delivery {
  const reply = { host: null, code: null, enhanced: "4.3.0", text: "no outcome is known" };
  return { kind: "deferred", recipient: id, reply, mayHaveArrived: true };
}
