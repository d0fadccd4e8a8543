/** EHLO and HELO (RFC 5321 §4.1.1.1), STARTTLS (RFC 3207), QUIT. */
import { type Answer, answer, lastAnswer } from "./answer.ts";
import { newClient } from "./client.ts";
import { anyPhase, type Command, command, everywhere } from "./command.ts";
import { parseHelloName, parseNothing } from "./grammar.ts";
import { reply } from "./reply.ts";
import { resetTransaction, type SessionState } from "./session-state.ts";

/** Whether STARTTLS can be had as things stand. */
function mayStartTls({ entrance, client }: SessionState): boolean {
  return entrance.canStartTls && !client.isSecure;
}

async function greet(state: SessionState, helo: string, isExtended: boolean): Promise<string> {
  await resetTransaction(state);
  state.client = { ...state.client, helo, isExtended };
  return state.service.settings.hostname;
}

/** @param table the commands whose keywords EHLO tells */
export function helloCommands(table: () => readonly Command[]): readonly Command[] {
  return [
    command({
      name: "EHLO",
      syntax: "EHLO hostname",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      keywords: () => ["PIPELINING", "ENHANCEDSTATUSCODES"],
      parse: parseHelloName,
      async run(state, name): Promise<Answer> {
        const hostname = await greet(state, name, true);
        const keywords = table().flatMap((each) =>
          each.kinds.includes(state.entrance.kind) ? (each.keywords?.(state) ?? []) : [],
        );
        return answer(reply(250, null, [hostname, ...keywords]));
      },
    }),
    command({
      name: "HELO",
      syntax: "HELO hostname",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseHelloName,
      async run(state, name) {
        return answer(reply(250, null, await greet(state, name, false)));
      },
    }),
    command({
      name: "STARTTLS",
      syntax: "STARTTLS",
      kinds: ["smtp", "submission"],
      states: ["new", "greeted"],
      needsTls: false,
      needsLogin: false,
      keywords: (state) => (mayStartTls(state) ? ["STARTTLS"] : []),
      parse: parseNothing,
      run(state): Answer {
        if (state.client.isSecure) return answer(reply(503, "5.5.1", "TLS is in use already"));
        if (!mayStartTls(state)) return answer(reply(454, "4.7.0", "TLS is not available here"));
        return { reply: reply(220, "2.0.0", "Ready to start TLS"), next: { kind: "start-tls" } };
      },
    }),
    command({
      name: "QUIT",
      syntax: "QUIT",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseNothing,
      run: () => lastAnswer(reply(221, "2.0.0", "Goodbye")),
    }),
  ];
}

/** After the TLS handshake: everything said before it is forgotten (RFC 3207 §4.2). */
export async function startedTls(state: SessionState): Promise<void> {
  await resetTransaction(state);
  state.client = newClient(state.client.peerAddress, true);
}
