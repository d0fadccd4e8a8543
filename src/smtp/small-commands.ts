/** NOOP, RSET, VRFY, EXPN and HELP (RFC 5321 §4.1.1.5-9). */
import { answer } from "./answer.ts";
import { anyPhase, type Command, command, everywhere } from "./command.ts";
import { parseAnything, parseNothing, parseSomething } from "./grammar.ts";
import { reply } from "./reply.ts";
import { resetTransaction } from "./session-state.ts";

/** @param table the commands that HELP lists */
export function smallCommands(table: () => readonly Command[]): readonly Command[] {
  return [
    command({
      name: "NOOP",
      syntax: "NOOP",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseAnything,
      run: () => answer(reply(250, "2.0.0", "Ok")),
    }),
    command({
      name: "RSET",
      syntax: "RSET",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseNothing,
      async run(state) {
        await resetTransaction(state);
        return answer(reply(250, "2.0.0", "Ok"));
      },
    }),
    command({
      name: "VRFY",
      syntax: "VRFY address",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseSomething,
      // Who has a mailbox here is told at RCPT only, where asking is counted (RFC 5321 §7.3).
      run: () => answer(reply(252, "2.5.0", "Nobody is verified here; send the mail and see")),
    }),
    command({
      name: "EXPN",
      syntax: "EXPN list",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseSomething,
      run: () => answer(reply(502, "5.5.1", "Lists are not expanded here")),
    }),
    command({
      name: "HELP",
      syntax: "HELP",
      kinds: everywhere,
      states: anyPhase,
      needsTls: false,
      needsLogin: false,
      parse: parseAnything,
      run(state) {
        const known = table().filter((each) => each.kinds.includes(state.entrance.kind));
        return answer(reply(214, "2.0.0", ["Commands:", ...known.map((each) => each.syntax)]));
      },
    }),
  ];
}
