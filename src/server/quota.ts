/** Whether mail still fits into a mailbox. */
import type { MailboxId } from "#mailbox/ids";
import type { Store } from "#store/sqlite/open";

/** Room in mailboxes, as acceptance asks for it. */
export function openQuota({ mail, ledger }: Pick<Store, "mail" | "ledger">) {
  return {
    async hasRoom(mailbox: MailboxId, octets: number): Promise<boolean> {
      const { limit, octets: used } = await mail.usage(mailbox);
      if (limit === null || used + octets <= limit) return true;
      // What the migration brings never makes new mail bounce.
      const transfer = await ledger.transfer(mailbox);
      return transfer !== null && transfer.state !== "settled";
    },
  };
}
