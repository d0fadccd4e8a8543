import { capabilities } from "../capability.ts";
import { command, nothing } from "../command.ts";
import { identification } from "../grammar/connection.ts";
import { ok } from "../reply.ts";

const anyState = ["not authenticated", "authenticated", "selected"] as const;

/** CAPABILITY (RFC 3501 §6.1.1) */
export const capability = command({
  name: "CAPABILITY",
  states: anyState,
  parse: nothing,
  run: async (session, _, client) => {
    client.tell(capabilities(session.offer));
    return ok("That is all.");
  },
});

/** NOOP (RFC 3501 §6.1.2): what is new is told before every reply that may bring it. */
export const noop = command({
  name: "NOOP",
  states: anyState,
  looksForNews: true,
  parse: nothing,
  run: async () => ok("Done."),
});

/** LOGOUT (RFC 3501 §6.1.3) */
export const logout = command({
  name: "LOGOUT",
  states: anyState,
  news: "nothing",
  parse: nothing,
  run: async (_session, _nothing, client) => {
    client.tell("BYE Goodbye.");
    return ok("Bye.", null, "close");
  },
});

/** ID (RFC 2971). What the client says of itself is read and not kept. */
export const id = command({
  name: "ID",
  states: anyState,
  capabilities: () => ["ID"],
  parse: identification,
  run: async (_session, _given, client) => {
    client.tell('ID ("name" "Mailferry")');
    return ok("Nice to meet you.");
  },
});
