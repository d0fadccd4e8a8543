import type { Parsed } from "./grammar.ts";
import { mistake, type Reply } from "./reply.ts";
import type { Session, State } from "./session.ts";

/** What CAPA is told by: the facts of a connection that decide what is offered (RFC 2449 §5). */
export interface Offer {
  /** Whether names and passwords may be sent now. */
  readonly mayLogIn: boolean;
  /** Whether TLS can still be started. */
  readonly mayStartTls: boolean;
}

/** A command is data. */
export interface Command<Argument> {
  readonly name: string;
  readonly states: readonly State[];
  /** Not without TLS, unless the listener allows passwords in clear. */
  readonly needsTls: boolean;
  /** Whether its line may be longer than the RFC says, for long names and passwords. */
  readonly longLine: boolean;
  /** Its line in CAPA; null while it is not on offer. */
  capability(offer: Offer): string | null;
  parse(argument: Uint8Array | null): Parsed<Argument>;
  run(session: Session, argument: Argument): Promise<Reply>;
}

/** A command whose argument is its own business: what the table holds. */
export interface TableEntry extends Omit<Command<never>, "parse" | "run"> {
  perform(session: Session, argument: Uint8Array | null): Promise<Reply>;
}

/** Makes a table entry; what is left out is the usual. */
export function command<Argument>(
  given: Pick<Command<Argument>, "name" | "states" | "parse" | "run"> & Partial<Command<Argument>>,
): TableEntry {
  const { parse, run, ...rest } = given;
  return {
    needsTls: false,
    longLine: false,
    capability: () => null,
    ...rest,
    async perform(session, argument) {
      const parsed = parse(argument);
      return parsed.ok ? run(session, parsed.value) : mistake(parsed.text);
    },
  };
}
