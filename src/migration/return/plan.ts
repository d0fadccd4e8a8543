/** What a return is going to do, in figures: read from the mailbox, nothing is changed by it. */
import type { MailboxId } from "#mailbox/ids";
import { type ChoiceRules, choose, keepsItsMail, type Stay } from "./choice.ts";
import type { KeptHere } from "./mailbox-return.ts";
import type { ReturnStore } from "./return-store.ts";

/** Messages and their octets. */
export interface Amount {
  readonly messages: number;
  readonly octets: number;
}

/** A message that stays here although the old server does not have it. */
export interface Staying {
  readonly folder: string;
  readonly messageId: string | null;
  readonly octets: number;
  readonly why: Stay;
}

export interface ReturnPlan {
  /** They came here since the move, or are gone from the old server, and are sent there. */
  readonly goes: Amount;
  /** Among them: they had come from the old server, which does not have them any more. */
  readonly goneThere: number;
  /** They came from the old server and are still there. */
  readonly onOldServer: number;
  /** They were sent after this person already. */
  readonly sentBefore: number;
  /** Deleted here and still on the old server: their owner sees them there again. */
  readonly deletedHere: number;
  /** By folder: what stays here and is not there. */
  readonly stays: readonly (Amount & { readonly folder: string })[];
  /** The same by name, the first of them. */
  readonly staying: readonly Staying[];
}

const page = 500;
const mostNamed = 200;

/** Where a look through a mailbox begins. */
export interface Beginning {
  /** After this content; 0 for the start. */
  readonly after: number;
  /** No message that never was on the old server comes before it. */
  readonly isFirst: boolean;
}

export const atTheStart: Beginning = { after: 0, isFirst: true };

/** The contents of a mailbox with the choice that is made for each, in the order of arrival. */
export async function* choices(
  store: Pick<ReturnStore, "contents">,
  mailbox: MailboxId,
  rules: ChoiceRules,
  beginning = atTheStart,
): AsyncGenerator<{ readonly message: KeptHere; readonly why: Stay | null }> {
  let { isFirst } = beginning;
  for (let { after } = beginning; ; ) {
    const messages = await store.contents(mailbox, after, page);
    for (const message of messages) {
      const choice = choose(message, isFirst, rules);
      if (message.origin === "here") isFirst = false;
      yield { message, why: choice.goes ? null : choice.why };
    }
    const last = messages.at(-1);
    if (!last || messages.length < page) return;
    after = last.content;
  }
}

/** Counts what a return would do now. */
export async function planReturn(
  store: Pick<ReturnStore, "contents" | "deletedHere">,
  mailbox: MailboxId,
  rules: ChoiceRules,
): Promise<ReturnPlan> {
  let goes: Amount = nothing;
  const counts = { goneThere: 0, onOldServer: 0, sentBefore: 0 };
  const stays = new Map<string, Amount>();
  const staying: Staying[] = [];
  for await (const { message, why } of choices(store, mailbox, rules)) {
    const octets = message.size ?? 0;
    if (why === null) {
      goes = plus(goes, octets);
      if (message.origin === "old-server") counts.goneThere++;
    } else if (why === "old-server") counts.onOldServer++;
    else if (why === "sent") counts.sentBefore++;
    else if (why !== "welcome") {
      const folder = folderOf(message);
      stays.set(folder, plus(stays.get(folder) ?? nothing, octets));
      const { messageId } = message;
      if (staying.length < mostNamed) staying.push({ folder, messageId, octets, why });
    }
  }
  return {
    goes,
    ...counts,
    deletedHere: await store.deletedHere(mailbox),
    stays: [...stays].map(([folder, amount]) => ({ folder, ...amount })),
    staying,
  };
}

/** Where a message that stays is looked for: the folder that keeps it, or any other. */
function folderOf({ entries }: KeptHere): string {
  return (entries.find(keepsItsMail) ?? entries[0])?.folder ?? "";
}

const nothing: Amount = { messages: 0, octets: 0 };

function plus({ messages, octets }: Amount, more: number): Amount {
  return { messages: messages + 1, octets: octets + more };
}
