import { SaslExchange, saslMechanism } from "#net/sasl";
import { command } from "./command.ts";
import { mechanism, name, nothing, password } from "./grammar.ts";
import { mistake, ok, refused } from "./reply.ts";

const authorization = ["authorization"] as const;

/** USER (RFC 1939 §7). Says the same of every name. */
export const user = command({
  name: "USER",
  states: authorization,
  needsTls: true,
  longLine: true,
  capability: ({ mayLogIn }) => (mayLogIn ? "USER" : null),
  parse: name,
  run: async (session, given) => {
    session.name = given;
    return ok("Now the password.");
  },
});

/** PASS (RFC 1939 §7) */
export const pass = command({
  name: "PASS",
  states: authorization,
  needsTls: true,
  longLine: true,
  parse: password,
  run: async (session, given) => {
    const { name } = session;
    session.name = null;
    return name === null ? mistake("USER comes first.") : session.logIn(name, given);
  },
});

/** AUTH (RFC 5034). Without a mechanism it lists them, as programs expect that know no CAPA. */
export const auth = command({
  name: "AUTH",
  states: authorization,
  needsTls: true,
  longLine: true,
  capability: ({ mayLogIn }) => (mayLogIn ? "SASL PLAIN LOGIN" : null),
  parse: mechanism,
  run: async (session, { mechanism, initial }) => {
    if (mechanism === null) return ok("Mechanisms:", { lines: ["PLAIN", "LOGIN"] });
    const known = saslMechanism(mechanism);
    if (known === null) {
      session.misses(mechanism);
      return mistake("This mechanism is not offered. Use PLAIN or LOGIN.");
    }
    const exchange = new SaslExchange(known);
    return session.exchanged(exchange, exchange.start(initial));
  },
});

/** STLS (RFC 2595 §4); not after UTF8 (RFC 6856 §2.1), whose sender it would make forget. */
export const stls = command({
  name: "STLS",
  states: authorization,
  capability: ({ mayStartTls }) => (mayStartTls ? "STLS" : null),
  parse: nothing,
  run: async (session) => {
    if (session.isUtf8) return mistake("STLS must come before UTF8.");
    if (session.offer.mayStartTls) return ok("Begin TLS.", {}, "start TLS");
    return refused(null, session.isSecure ? "TLS is active already." : "TLS is not offered here.");
  },
});

/**
 * UTF8 (RFC 6856 §2.1). Names in UTF-8 are taken with and without it, and mail is sent as it is stored either
 * way; what it changes is what a client may rely on.
 */
export const utf8 = command({
  name: "UTF8",
  states: authorization,
  capability: () => "UTF8 USER",
  parse: nothing,
  run: async (session) => {
    session.isUtf8 = true;
    return ok("UTF8 enabled.");
  },
});
