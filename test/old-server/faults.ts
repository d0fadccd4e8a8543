/** What can go wrong on the scripted old server, as functions; scenarios are made of them. */

/** Where in a dialogue a fault may strike. */
export interface Moment {
  /** "CONNECT" or a command in upper case. */
  readonly verb: string;
  readonly argument: string;
  /** Login name once logged in, else "". */
  readonly name: string;
  /** Connections so far, this one included. */
  readonly connection: number;
  /** How often this verb has been said on this connection, this time included. */
  readonly times: number;
  /** Good logins to this maildrop so far, this session's included; 0 before it. */
  readonly login: number;
}

/** What the server does instead of, or before, answering. */
export type Reaction =
  | { readonly do: "reply"; readonly line: string; readonly andDrop?: boolean }
  | { readonly do: "hang" }
  | { readonly do: "drop" }
  /** Answers, and ends the connection after so many octets of the answer's body. */
  | { readonly do: "drop-inside"; readonly octets: number }
  /** Answers once the promise resolves. */
  | { readonly do: "wait"; readonly until: Promise<void> };

export type Fault = (moment: Moment) => Reaction | null;

/** The maildrop is locked by somebody else (failure catalogue A10), as often as said. */
export function inUse(
  times = Number.POSITIVE_INFINITY,
  line = "-ERR [IN-USE] maildrop already locked",
): Fault {
  let left = times;
  return ({ verb }) => (verb === "PASS" && left-- > 0 ? { do: "reply", line } : null);
}

/** Says +OK to any password and fails at the next command (B1, D1); needs `acceptsAnyPassword` as well. */
export function failsAfterLogin(): Fault {
  return ({ verb }) =>
    verb === "STAT" ? { do: "reply", line: "-ERR authenticated but not connected" } : null;
}

/** Answers nothing to the RETR after the k-th until released (acceptance: the copier is stalled). */
export function stallAfter(k: number): {
  readonly fault: Fault;
  readonly release: () => void;
  readonly stalled: Promise<void>;
} {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  return {
    fault: ({ verb, times }) => {
      if (verb !== "RETR" || times <= k) return null;
      reached.resolve();
      return { do: "wait", until: gate.promise };
    },
    release: () => gate.resolve(),
    stalled: reached.promise,
  };
}

/** Ends the connection after so many octets of one message (A20), the given number of times. */
export function dropInside(message: number, octets: number, times = 1): Fault {
  let left = times;
  return ({ verb, argument }) =>
    verb === "RETR" && Number(argument) === message && left-- > 0 ? { do: "drop-inside", octets } : null;
}

/** One message cannot be had (A21). */
export function refuses(
  message: number,
  times = Number.POSITIVE_INFINITY,
  line = "-ERR no such message",
): Fault {
  let left = times;
  return ({ verb, argument }) =>
    verb === "RETR" && Number(argument) === message && left-- > 0 ? { do: "reply", line } : null;
}

/** CAPA hangs up (A8). */
export function capaHangsUp(): Fault {
  return ({ verb }) => (verb === "CAPA" ? { do: "drop" } : null);
}

/** There is no UIDL (A4). */
export function noUidl(): Fault {
  return ({ verb }) => (verb === "UIDL" ? { do: "reply", line: "-ERR unknown command" } : null);
}

/** Nobody gets in for now. */
export function turnedAway(line = "-ERR too many connections, try again later"): Fault {
  return ({ verb }) => (verb === "CONNECT" ? { do: "reply", line } : null);
}

/** QUIT hangs (A22). */
export function quitHangs(): Fault {
  return ({ verb }) => (verb === "QUIT" ? { do: "hang" } : null);
}

/** The login takes so long (A26). */
export function slowLogin(milliseconds: number): Fault {
  return ({ verb }) =>
    verb === "PASS"
      ? { do: "wait", until: new Promise((resolve) => setTimeout(resolve, milliseconds)) }
      : null;
}

/** The listing takes as long as the promise. */
export function slowListing(until: Promise<void>): Fault {
  return ({ verb }) => (verb === "LIST" || verb === "UIDL" ? { do: "wait", until } : null);
}

/** The first fault of several that strikes. */
export function anyOf(...faults: readonly Fault[]): Fault {
  return (moment) => {
    for (const fault of faults) {
      const reaction = fault(moment);
      if (reaction) return reaction;
    }
    return null;
  };
}
