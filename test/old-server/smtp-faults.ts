/** What can go wrong on the SMTP side of the scripted old server, as functions; scenarios are made of them. */

/** Where in a dialogue a fault may strike. */
export interface SmtpMoment {
  /** "CONNECT", a command in upper case, or "MESSAGE": the end of the data was seen. */
  readonly verb: string;
  readonly argument: string;
  /** Connections so far, this one included. */
  readonly connection: number;
  /** How often this verb came, over all connections, this time included. */
  readonly times: number;
}

/** What the server does instead of, or before, answering. */
export type SmtpReaction =
  | { readonly do: "reply"; readonly line: string }
  /** Says it and closes. */
  | { readonly do: "reply-and-drop"; readonly line: string }
  | { readonly do: "hang" }
  | { readonly do: "drop" }
  /** At DATA: asks for the octets and goes away after so many of them. */
  | { readonly do: "drop-inside"; readonly octets: number }
  /** At MESSAGE: keeps the message and goes away without an answer. */
  | { readonly do: "take-and-drop" }
  /** Answers once the promise resolves. */
  | { readonly do: "wait"; readonly until: Promise<void> };

export type SmtpFault = (moment: SmtpMoment) => SmtpReaction | null;

/** Answers a verb with a line of its own, the given number of times. */
export function answers(verb: string, line: string, times = Number.POSITIVE_INFINITY): SmtpFault {
  let left = times;
  return (moment) => (moment.verb === verb && left-- > 0 ? { do: "reply", line } : null);
}

/** Every recipient is told to come back, as often as said (C8). */
export function greylists(times = 1): SmtpFault {
  const seen = new Map<string, number>();
  return ({ verb, argument }) => {
    if (verb !== "RCPT") return null;
    const before = seen.get(argument) ?? 0;
    seen.set(argument, before + 1);
    return before < times ? { do: "reply", line: "451 4.7.1 greylisted, come back later" } : null;
  };
}

/** Goes away at a verb without an answer, the given number of times. */
export function dropsAt(verb: string, times = 1): SmtpFault {
  let left = times;
  return (moment) => (moment.verb === verb && left-- > 0 ? { do: "drop" } : null);
}

/** Goes away after so many octets of a message. */
export function dropsInside(octets: number, times = 1): SmtpFault {
  let left = times;
  return ({ verb }) => (verb === "DATA" && left-- > 0 ? { do: "drop-inside", octets } : null);
}

/** Takes a message and goes away without saying so: the sender cannot know. */
export function takesAndDrops(times = 1): SmtpFault {
  let left = times;
  return ({ verb }) => (verb === "MESSAGE" && left-- > 0 ? { do: "take-and-drop" } : null);
}

/** Says nothing at a verb. */
export function hangsAt(verb: string): SmtpFault {
  return (moment) => (moment.verb === verb ? { do: "hang" } : null);
}

/** Waits at a verb until the promise resolves. */
export function waitsAt(verb: string, until: Promise<void>): SmtpFault {
  return (moment) => (moment.verb === verb ? { do: "wait", until } : null);
}

/** Refuses the null reverse-path. */
export function refusesNullSender(line = "550 5.7.1 no null senders here"): SmtpFault {
  return ({ verb, argument }) =>
    verb === "MAIL" && argument.toUpperCase().startsWith("FROM:<>") ? { do: "reply", line } : null;
}

/** The first fault of several that strikes. */
export function anySmtpFault(...faults: readonly SmtpFault[]): SmtpFault {
  return (moment) => {
    for (const fault of faults) {
      const reaction = fault(moment);
      if (reaction) return reaction;
    }
    return null;
  };
}
