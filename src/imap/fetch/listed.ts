import type { ListedMessage } from "#mailbox/mail-store";
import type { FetchItem } from "../grammar/fetch.ts";
import { dateTime, flagList } from "../printer.ts";

type ListedItem = Extract<FetchItem, { readonly is: string }>["is"];

const listable: readonly ListedItem[] = ["UID", "FLAGS", "MODSEQ", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"];

/** Whether a listing of the folder tells all of it: what programs ask of every message they have not seen. */
export function isListable(items: readonly FetchItem[]): boolean {
  return items.every(({ is }) => listable.includes(is));
}

/** The FETCH response for a message of a listing; null where the listing does not know enough. */
export function listedResponse(
  number: number,
  message: ListedMessage,
  items: readonly FetchItem[],
): string | null {
  let text = `* ${number} FETCH (`;
  let gap = "";
  for (const { is } of items) {
    const value = listedValue(is, message);
    if (value === null) return null;
    text += `${gap}${is} ${value}`;
    gap = " ";
  }
  return `${text})\r\n`;
}

function listedValue(is: ListedItem, message: ListedMessage): string | number | null {
  switch (is) {
    case "UID":
      return message.uid;
    case "FLAGS":
      return flagList(message.flags);
    case "MODSEQ":
      return `(${message.modSeq})`;
    case "INTERNALDATE":
      return message.internalDate === null ? null : dateTime(message.internalDate);
    case "RFC822.SIZE":
      return message.size;
    default:
      return message.envelope;
  }
}
