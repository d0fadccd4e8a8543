/** What the suites of the queue say often. */
import type { StagedContent } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { Intake, NewQueued, QueuedMessage, QueuedRecipient, Via } from "#queue/queue-store";
import { entriesOf, type Harness, inboxOf, octetsOf, readAll, staged } from "./harness.ts";

export const oldServer: Via = { kind: "pipe", to: "big-company.old" };
export const received = Date.UTC(2025, 5, 1, 12);
export const day = 86_400_000;

let messages = 0;

/** A message from outside that no other one equals. */
export function queuedMessage(change: Partial<QueuedMessage> = {}): QueuedMessage {
  return {
    id: `message${++messages}`,
    reversePath: "friend@example.net",
    body: "8BITMIME",
    smtpUtf8: false,
    envelopeId: null,
    ret: null,
    receivedAt: received,
    size: 0,
    traceLength: 0,
    helo: "mx.example.net",
    peerAddress: "192.0.2.7",
    protocol: "ESMTPS",
    authenticated: null,
    ...change,
  };
}

export function queued(address: string, via = oldServer): NewQueued {
  return { address, notify: null, originalRecipient: null, via, expires: received + 5 * day };
}

/** An intake of staged content. */
export function intakeOf(
  content: StagedContent,
  local: readonly MailboxId[],
  recipients: readonly NewQueued[],
  change: Partial<QueuedMessage> = {},
): Intake {
  const message = queuedMessage({ size: content.facts.size, ...change });
  return {
    message,
    content,
    local: local.map((mailbox) => ({ mailbox, address: "someone@big-company.com" })),
    queued: recipients,
  };
}

/** Takes a message in; what is staged is gone again when this resolves. */
export async function takeIn(
  store: Harness,
  octets: Uint8Array,
  local: readonly MailboxId[],
  recipients: readonly NewQueued[],
  change: Partial<QueuedMessage> = {},
): Promise<QueuedMessage> {
  await using content = await staged(store.stage, octets);
  const intake = intakeOf(content, local, recipients, change);
  await store.queue.intake(intake);
  return intake.message;
}

/** Queues one small message for one address and gives its recipient. */
export async function queueOne(
  store: Harness,
  address = "anna@big-company.com",
  via = oldServer,
  octets = octetsOf(`queued ${messages}`),
): Promise<QueuedRecipient> {
  const { id } = await takeIn(store, octets, [], [queued(address, via)]);
  const recipient = (await recipientsOf(store)).find((one) => one.message.id === id);
  if (!recipient) throw new Error("the recipient is not queued");
  return recipient;
}

/** Everything that is queued. */
export function recipientsOf(store: Harness): Promise<readonly QueuedRecipient[]> {
  return store.queue.list("", 100_000);
}

/** The queue as it is at first, for one test after another. */
export async function emptyQueue(store: Harness): Promise<void> {
  for (const { id } of await recipientsOf(store)) await store.queue.drop(id);
}

/** The octets of every message in an INBOX, in its order; "(remote)" for those that are not here. */
export async function inboxTexts(store: Harness, mailbox: MailboxId): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of await entriesOf(store, await inboxOf(store, mailbox))) {
    texts.push(entry.isHere ? (await readAll(await store.mail.read(entry.content))).toString() : "(remote)");
  }
  return texts;
}
