/**
 * Delivery status notifications (RFC 3464, 3461) as messages of our own: composed, staged and routed, ready to be
 * committed together with what they report. Always from the null reverse-path, so that nothing is ever
 * reported about a report.
 */
import { isAscii } from "node:buffer";
import { composeDsn, type DsnRecipient } from "#mail/dsn";
import type { StagedContent } from "#mailbox/content";
import type { RemoteReply } from "./courier.ts";
import type { NewQueued, QueuedMessage, QueuedRecipient, Report } from "./queue-store.ts";
import { returnedOctets } from "./returned-octets.ts";
import type { QueueServices } from "./services.ts";

/** What the queue's services must give for a report. */
export type ReportServices = Pick<
  QueueServices,
  "stage" | "clock" | "newId" | "hostname" | "giveUpAfter" | "routeReport" | "log"
>;

/** A recipient as a report tells of it. */
export interface ReportedRecipient {
  readonly address: string;
  readonly originalRecipient: string | null;
  readonly action: DsnRecipient["action"];
  /** Null: delivered here. */
  readonly reply: RemoteReply | null;
  /** Epoch milliseconds; of a delayed one. */
  readonly expires: number | null;
}

/** A recipient of the queue, reported on. */
export function reported(
  recipient: QueuedRecipient,
  action: DsnRecipient["action"],
  reply: RemoteReply | null,
): ReportedRecipient {
  const { address, originalRecipient, expires } = recipient;
  return { address, originalRecipient, action, reply, expires: action === "delayed" ? expires : null };
}

/**
 * Composes and stages a report to the sender of a message. Null when it can go nowhere: the message has the null
 * reverse-path, or one that nobody can be reached by.
 * @param content the message below our trace; null when it is not to be had
 * @returns to be committed, and its content to be disposed of afterwards
 */
export async function composeReport(
  services: ReportServices,
  message: QueuedMessage,
  recipients: readonly ReportedRecipient[],
  content: AsyncIterable<Uint8Array> | null,
): Promise<Report | null> {
  const { clock, hostname, newId, log } = services;
  if (message.reversePath === "") return null;
  const destinations = await services.routeReport(message.reversePath);
  if (destinations.length === 0) {
    log.warn({ message: message.id, to: message.reversePath }, "a report has nowhere to go");
    return null;
  }
  const now = clock.now();
  const id = newId();
  const octets = composeDsn({
    to: message.reversePath,
    messageId: `<${id}@${hostname}>`,
    date: new Date(now),
    reportingMta: hostname,
    envelopeId: message.envelopeId,
    arrivalDate: new Date(message.receivedAt),
    recipients: recipients.map((recipient) => described(recipient, now)),
    smtpUtf8: message.smtpUtf8,
    returned: await returnedOctets(message, recipients.some(hasFailed), content),
  });
  const trace = Buffer.from("Return-Path: <>\r\n");
  const staged = await stage(services, [trace, octets]);
  const expires = now + services.giveUpAfter;
  return {
    message: {
      ...{ id, reversePath: "", envelopeId: null, ret: null, receivedAt: now },
      body: isAscii(octets) ? "7BIT" : "8BITMIME",
      smtpUtf8: message.smtpUtf8,
      size: trace.length + octets.length,
      traceLength: trace.length,
      ...{ helo: hostname, peerAddress: "127.0.0.1", protocol: "LOCAL", authenticated: null },
    },
    content: staged,
    local: destinations.flatMap((destination) =>
      destination.kind === "mailbox" ? [{ mailbox: destination.mailbox, address: destination.address }] : [],
    ),
    queued: destinations.flatMap((destination): NewQueued[] => {
      if (destination.kind === "mailbox") return [];
      const to = destination.kind === "pipe" ? destination.route : destination.domain;
      // A report that asks for reports could go on for ever (RFC 3461 §6).
      const quiet = { notify: ["NEVER"] as const, originalRecipient: null, expires };
      return [{ ...quiet, address: destination.address, via: { kind: destination.kind, to } }];
    }),
  };
}

/** A success report for recipients that were delivered into mailboxes here, where the sender asked for one. */
export async function deliveredReport(
  services: ReportServices,
  message: QueuedMessage,
  recipients: readonly Pick<QueuedRecipient, "address" | "originalRecipient" | "notify">[],
  content: AsyncIterable<Uint8Array> | null,
): Promise<Report | null> {
  const asked = recipients.filter(({ notify }) => notify?.includes("SUCCESS"));
  if (asked.length === 0) return null;
  const delivered = asked.map(({ address, originalRecipient }) => ({
    ...{ address, originalRecipient, reply: null, expires: null },
    action: "delivered" as const,
  }));
  return await composeReport(services, message, delivered, content);
}

function hasFailed({ action }: ReportedRecipient): boolean {
  return action === "failed";
}

function described(recipient: ReportedRecipient, now: number): DsnRecipient {
  const { reply, action, expires } = recipient;
  return {
    address: recipient.address,
    originalRecipient: recipient.originalRecipient,
    action,
    status: statusOf(action, reply),
    reply:
      reply &&
      [reply.code, reply.code === null ? null : reply.enhanced, reply.text].filter(Boolean).join(" "),
    remoteMta: reply?.host ?? null,
    lastAttempt: new Date(now),
    willRetryUntil: expires === null ? null : new Date(expires),
  };
}

/** The class of a status must agree with the action (RFC 3464 §2.3.4), but for time that ran out: 4.4.7. */
function statusOf(action: DsnRecipient["action"], reply: RemoteReply | null): string {
  const status = reply?.enhanced ?? "2.0.0";
  if (status === "4.4.7") return status;
  const [, , rest = "0.0"] = /^(\d)\.(.+)$/.exec(status) ?? [];
  const digit = { failed: "5", delayed: "4", delivered: "2", relayed: "2" }[action];
  return `${digit}.${rest}`;
}

async function stage(
  services: Pick<QueueServices, "stage">,
  parts: readonly Uint8Array[],
): Promise<StagedContent> {
  await using writer = services.stage.begin();
  for (const part of parts) await writer.write(part);
  return await writer.finish();
}
