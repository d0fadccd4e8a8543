import { command, nothing } from "../command.ts";
import { folderOf } from "../folder-of.ts";
import { statusResponse } from "../folder-status.ts";
import { statusArguments } from "../grammar/status.ts";
import { ok, problemReply } from "../reply.ts";

const states = ["authenticated", "selected"] as const;

/** STATUS (RFC 3501 §6.3.10) */
export const status = command({
  name: "STATUS",
  states,
  capabilities: () => ["STATUS=SIZE"],
  parse: statusArguments,
  run: async (session, { mailbox, items }, client) => {
    if (items.includes("HIGHESTMODSEQ")) session.knowsModSeq = true;
    const folder = await folderOf(session, mailbox);
    if (!folder.ok) return problemReply(folder.problem);
    const { services, settings } = session;
    const response = await statusResponse(services.store, folder.value, items, settings.maxMessage);
    if (!response.ok) return problemReply(response.problem);
    client.tell(response.value);
    return ok("That is all.");
  },
});

/** NAMESPACE (RFC 2342): everybody's own folders, and no others. */
export const namespace = command({
  name: "NAMESPACE",
  states,
  capabilities: () => ["NAMESPACE"],
  parse: nothing,
  run: async (_session, _nothing, client) => {
    client.tell('NAMESPACE (("" "/")) NIL NIL');
    return ok("That is all.");
  },
});
