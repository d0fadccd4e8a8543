import type { MailboxId } from "#mailbox/ids";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { folderOf } from "../folder-of.ts";
import { mailbox } from "../grammar/folder.ts";
import { quotaRoot, setQuotaArguments } from "../grammar/quota.ts";
import { mailboxName } from "../printer.ts";
import { no, ok, problemReply } from "../reply.ts";
import type { Session } from "../session.ts";

const states = ["authenticated", "selected"] as const;

/** GETQUOTA (RFC 9208 §4.1.1). A mailbox with a limit has one quota root, without a name. */
export const getQuota = command({
  name: "GETQUOTA",
  states,
  capabilities: () => ["QUOTA", "QUOTA=RES-STORAGE"],
  parse: quotaRoot,
  run: async (session, root, client) => {
    const mailbox = await session.whenReady();
    if (!mailbox.ok) return problemReply(mailbox.problem);
    const response = root === "" ? await quotaResponse(session, mailbox.value) : null;
    if (response === null) return no("NONEXISTENT", "There is no such quota root.");
    client.tell(response);
    return ok("That is all.");
  },
});

/** GETQUOTAROOT (RFC 9208 §4.1.2) */
export const getQuotaRoot = command({
  name: "GETQUOTAROOT",
  states,
  parse: mailbox,
  run: async (session, wire, client: Client) => {
    const folder = await folderOf(session, wire);
    if (!folder.ok) return problemReply(folder.problem);
    const response = await quotaResponse(session, folder.value.mailbox);
    client.tell(`QUOTAROOT ${mailboxName(folder.value.name)}${response === null ? "" : ' ""'}`);
    if (response !== null) client.tell(response);
    return ok("That is all.");
  },
});

/** SETQUOTA (RFC 9208 §4.1.3): limits are the administrator's business. */
export const setQuota = command({
  name: "SETQUOTA",
  states,
  parse: setQuotaArguments,
  run: async () => no("NOPERM", "Limits are set by the administrator."),
});

/** In units of 1024 octets (RFC 9208 §5.1); null where there is no limit. */
async function quotaResponse(session: Session, mailbox: MailboxId): Promise<string | null> {
  const { octets, limit } = await session.services.store.usage(mailbox);
  if (limit === null) return null;
  return `QUOTA "" (STORAGE ${Math.ceil(octets / 1024)} ${Math.floor(limit / 1024)})`;
}
