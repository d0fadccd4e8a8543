/** AUTH (RFC 4954), with the mechanisms that give us the password. */
import { SaslExchange, type SaslStep, saslMechanism } from "#net/sasl";
import { notOfferedTo } from "#observe/not-offered";
import { type Answer, answer } from "./answer.ts";
import { type Command, command, forSubmission } from "./command.ts";
import { misread, type Parsed, parsed, reply } from "./reply.ts";
import type { SessionState } from "./session-state.ts";

interface AuthArguments {
  readonly mechanism: string;
  /** As sent; null if there was none. */
  readonly initial: string | null;
}

/** Whether a login can be offered as things stand. */
function mayLogIn({ entrance, client }: SessionState): boolean {
  return (client.isSecure || entrance.clearPasswords) && client.account === null;
}

export const authCommand: Command = command<AuthArguments>({
  name: "AUTH",
  syntax: "AUTH PLAIN|LOGIN [initial-response]",
  kinds: forSubmission,
  states: ["greeted"],
  needsTls: true,
  needsLogin: false,
  keywords: (state) => (mayLogIn(state) ? ["AUTH PLAIN LOGIN"] : []),
  parse: parseAuth,
  async run(state, { mechanism, initial }) {
    if (state.client.account) return answer(reply(503, "5.5.1", "Somebody has logged in already"));
    const known = saslMechanism(mechanism);
    if (!known) {
      notOfferedTo(state.service.log.child({ session: state.id, peer: state.client.peerAddress }))(mechanism);
      return answer(reply(504, "5.5.4", "Only PLAIN and LOGIN are known here; set the program to PLAIN"));
    }
    const exchange = new SaslExchange(known);
    return await follow(state, exchange, exchange.start(initial === null ? null : Buffer.from(initial)));
  },
});

function parseAuth(argument: string): Parsed<AuthArguments> {
  const match = /^([A-Za-z0-9_-]{1,20})(?:[ \t]+([^ \t]+))?$/.exec(argument);
  if (!match) return misread(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]");
  return parsed({ mechanism: match[1] ?? "", initial: match[2] ?? null });
}

async function follow(state: SessionState, exchange: SaslExchange, step: SaslStep): Promise<Answer> {
  switch (step.step) {
    case "challenge":
      return {
        reply: reply(334, null, step.challenge),
        next: { kind: "line", take: (line) => follow(state, exchange, exchange.respond(line)) },
      };
    case "cancelled":
      return answer(reply(501, "5.7.0", "The login was called off"));
    case "invalid":
      return answer(reply(501, "5.5.2", step.text));
    case "credentials":
      return await logIn(state, step.credentials.name, step.credentials.password);
  }
}

async function logIn(state: SessionState, name: string, password: Uint8Array): Promise<Answer> {
  const { peerAddress } = state.client;
  const proof = await state.service.login.prove({ name, password, protocol: "submission", peerAddress });
  switch (proof.answer) {
    case "welcome":
      state.client = { ...state.client, account: proof.account };
      return answer(reply(235, "2.7.0", "Welcome"));
    case "refused":
      return answer(reply(535, "5.7.8", "The name or the password is wrong"));
    case "try-later":
      return answer(reply(454, "4.7.0", proof.text));
  }
}
