/** What a command is: data, from which the dialogue, EHLO's keywords, HELP and the documentation are made. */
import type { Answer } from "./answer.ts";
import type { Parsed } from "./reply.ts";
import type { SmtpListenerKind } from "./service.ts";
import type { DialoguePhase, SessionState } from "./session-state.ts";

interface CommandFacts {
  readonly name: string;
  /** How it is written, for HELP. */
  readonly syntax: string;
  /** The listeners that know it. */
  readonly kinds: readonly SmtpListenerKind[];
  /** The states of the dialogue in which it may come. */
  readonly states: readonly DialoguePhase[];
  /** Whether it needs TLS, save where the listener takes passwords in clear. */
  readonly needsTls: boolean;
  /** Whether somebody must have logged in, where people log in. */
  readonly needsLogin: boolean;
  /** Whether what comes after it, when it cannot be understood, could not be told from commands. */
  readonly losesStep?: boolean;
  /** What EHLO says because of it, as things stand. */
  readonly keywords?: (state: SessionState) => readonly string[];
}

/** A command whose argument has been understood. */
export interface ReadyCommand {
  run(state: SessionState): Promise<Answer> | Answer;
  /** Octets that follow the line whatever is answered (BDAT); else 0. */
  readonly octets: number;
}

export interface Command extends CommandFacts {
  parse(argument: string): Parsed<ReadyCommand>;
}

/** A command as its author writes it: `run` gets what `parse` made. */
export interface CommandDefinition<A> extends CommandFacts {
  parse(argument: string): Parsed<A>;
  run(state: SessionState, argument: A): Promise<Answer> | Answer;
  octets?(argument: A): number;
}

/** Makes a command; its argument's type stays its own business. */
export function command<A>(definition: CommandDefinition<A>): Command {
  return {
    ...definition,
    parse(argument) {
      const read = definition.parse(argument);
      if (!read.ok) return read;
      const { value } = read;
      return {
        ok: true,
        value: {
          run: (state) => definition.run(state, value),
          octets: definition.octets?.(value) ?? 0,
        },
      };
    },
  };
}

export const everywhere: readonly SmtpListenerKind[] = ["smtp", "submission", "submissions"];
export const forSubmission: readonly SmtpListenerKind[] = ["submission", "submissions"];
export const anyPhase: readonly DialoguePhase[] = ["new", "greeted", "mail", "chunks"];
