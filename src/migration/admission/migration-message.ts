import { type Address, formatAddress } from "#mail/address";
import {
  composeMessage,
  type Mailbox,
  parseMessageTemplate,
  type TemplateProblem,
} from "#mail/message-compose";

const subject = "Welcome to your new mail server";

const builtIn = `Hello,

your mailbox has moved to a new mail server. You need not do anything: all
your messages are here, in the order you know, and those that are still on
their way are fetched as soon as you open them.

Your name and your password stay the same. New mail reaches you here from
now on.

If something looks wrong, please write to the sender of this message.
`;

/** What is wrong with an administrator's text; null when it can be used. */
export function problemOfMessage(text: string): TemplateProblem | null {
  const template = parseMessageTemplate(text);
  return "problem" in template ? template : null;
}

/**
 * The message that each person finds after the old ones.
 * @param text the administrator's, or null for the built-in one
 * @param id unique, for the Message-ID
 */
export function migrationMessage(
  text: string | null,
  to: Address,
  { now, id }: { readonly now: number; readonly id: string },
): Uint8Array {
  const parsed = parseMessageTemplate(text ?? builtIn);
  const template =
    "problem" in parsed ? { subject: null, from: null, replyTo: null, text: text ?? builtIn } : parsed;
  return composeMessage(template, {
    from: { name: null, address: { localPart: "postmaster", domain: to.domain } },
    subject,
    to: { name: null, address: to },
    date: new Date(now),
    messageId: `<${id}@${to.domain}>`,
  });
}

/** The message as a person sees it. */
export interface MessagePreview {
  readonly from: string;
  readonly replyTo: string | null;
  readonly subject: string;
  readonly text: string;
}

/** What people of a domain will see, or what is wrong with the text. */
export function previewOfMessage(text: string | null, domain: string): MessagePreview | TemplateProblem {
  const template = parseMessageTemplate(text ?? builtIn);
  if ("problem" in template) return template;
  const shown = ({ name, address }: Mailbox): string =>
    name === null ? formatAddress(address) : `${name} <${formatAddress(address)}>`;
  return {
    from: template.from ? shown(template.from) : `postmaster@${domain}`,
    replyTo: template.replyTo && shown(template.replyTo),
    subject: template.subject ?? subject,
    text: template.text,
  };
}
