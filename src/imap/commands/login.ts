import { SaslExchange, type SaslStep, saslMechanism } from "#net/sasl";
import { capabilities } from "../capability.ts";
import type { Client } from "../client.ts";
import { command, nothing } from "../command.ts";
import { authenticateArguments, loginArguments } from "../grammar/connection.ts";
import { bad, no, ok, type Reply, tooEager } from "../reply.ts";
import type { Session } from "../session.ts";
import { decodeUtf8 } from "../utf8.ts";

const before = ["not authenticated"] as const;

/** STARTTLS (RFC 3501 §6.2.1) */
export const startTls = command({
  name: "STARTTLS",
  states: before,
  standsAlone: true,
  capabilities: ({ mayStartTls }) => (mayStartTls ? ["STARTTLS"] : []),
  parse: nothing,
  run: async (session) => {
    if (session.offer.mayStartTls) return ok("Begin TLS.", null, "start TLS");
    return session.isSecure ? bad("TLS is active already.") : no(null, "TLS is not offered here.");
  },
});

/** LOGIN (RFC 3501 §6.2.3) */
export const login = command({
  name: "LOGIN",
  states: before,
  needsTls: true,
  capabilities: ({ isLoggedIn, mayLogIn }) => (isLoggedIn || mayLogIn ? [] : ["LOGINDISABLED"]),
  parse: loginArguments,
  run: async (session, { name, password }) => {
    const decoded = decodeUtf8(name);
    if (decoded === null || password === "") return refused("The name or the password cannot be one.");
    return logIn(session, decoded, Buffer.from(password, "latin1"));
  },
});

/** AUTHENTICATE (RFC 3501 §6.2.2), with an initial response (RFC 4959) */
export const authenticate = command({
  name: "AUTHENTICATE",
  states: before,
  standsAlone: true,
  needsTls: true,
  capabilities: ({ isLoggedIn, mayLogIn }) =>
    isLoggedIn || !mayLogIn ? [] : ["SASL-IR", "AUTH=PLAIN", "AUTH=LOGIN"],
  parse: authenticateArguments,
  run: async (session, { mechanism, initial }, client) => {
    const known = saslMechanism(mechanism);
    if (known === null) {
      session.services.notOffered?.(mechanism);
      return { ...no("CANNOT", "This mechanism is not offered. Use PLAIN or LOGIN."), isMistake: true };
    }
    const exchange = new SaslExchange(known);
    const start = exchange.start(initial === null ? null : Buffer.from(initial, "latin1"));
    return exchanged(session, exchange, start, client);
  },
});

async function exchanged(
  session: Session,
  exchange: SaslExchange,
  start: SaslStep,
  client: Client,
): Promise<Reply> {
  let step = start;
  while (step.step === "challenge") {
    step = exchange.respond(await client.ask(step.challenge));
    // Before anybody looks at the password: nobody is logged in whose session would begin with these.
    if (client.hasSaidMore) return tooEager("AUTHENTICATE");
  }
  switch (step.step) {
    case "credentials":
      return logIn(session, step.credentials.name, step.credentials.password);
    case "cancelled":
      return bad("Cancelled.");
    case "invalid":
      return bad(step.text);
  }
}

async function logIn(session: Session, name: string, password: Uint8Array): Promise<Reply> {
  const reply = await session.logIn(name, password);
  return reply.status === "OK" ? ok(reply.text, capabilities(session.offer)) : reply;
}

function refused(text: string): Reply {
  return { ...no("AUTHENTICATIONFAILED", text), isMistake: true };
}
