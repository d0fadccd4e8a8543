/** Has the metrics hear of what happens at the ports between the rooms, so that no room has to think of it. */

import type { Login } from "#login/login";
import type { LiveSession, Sessions } from "#login/sessions";
import type { Admissions } from "#migration/admission/admissions";
import type { OldServer } from "#migration/old-server/old-server";
import type { Serve } from "#net/listener";
import type { Metrics, RefusalReason } from "#observe/metrics";
import type { Refusal } from "#routing/destination";
import type { SmtpService } from "#smtp/service";

/** The same login; every answer is counted. */
export function countedLogin(login: Login, metrics: Metrics): Login {
  return {
    async prove(attempt) {
      const answer = await login.prove(attempt);
      metrics.loggedIn(attempt.protocol, answer.answer);
      return answer;
    },
  };
}

/** The same admissions; what the old server said of people who come for the first time is counted. */
export function countedAdmissions(admissions: Admissions, metrics: Metrics): Admissions {
  return {
    judge: (domain) => admissions.judge(domain),
    async admit(request) {
      const answer = await admissions.admit(request);
      if (answer.answer === "admitted" || answer.answer === "pending") metrics.firstLogin("admitted");
      if (answer.answer === "bad") metrics.firstLogin("refused");
      if (answer.answer === "cannot-tell") metrics.firstLogin("cannot-tell");
      return answer;
    },
    provedHere: (mailbox, password) => admissions.provedHere(mailbox, password),
    isUnhashed: (kept, password) => admissions.isUnhashed(kept, password),
    awaitsOwner: async (mailbox) => (await admissions.awaitsOwner?.(mailbox)) ?? false,
  };
}

/** The same old server; logins there are counted by what came of them. */
export function countedLogins(old: OldServer, metrics: Metrics): OldServer {
  return {
    async login(server, credentials, signal) {
      const verdict = await old.login(server, credentials, signal);
      metrics.oldServerLogin(verdict.verdict === "cannot-tell" ? verdict.trouble : verdict.verdict);
      return verdict;
    },
  };
}

/** The same SMTP service; what it takes and refuses is counted. */
export function countedSmtp(service: SmtpService, metrics: Metrics): SmtpService {
  return {
    ...service,
    async acceptRecipient(request) {
      const answer = await service.acceptRecipient(request);
      if (answer.kind === "refused") {
        const { refusal } = answer;
        metrics.recipientRefused(reasonOf(refusal), refusal.code >= 500);
      }
      return answer;
    },
    queue: {
      async intake(intake) {
        await service.queue.intake(intake);
        const way = intake.message.authenticated === null ? "smtp" : "submission";
        metrics.messageReceived(way, intake.local.length);
      },
    },
  };
}

/** The same service of connections; those that are open are counted. */
export function countedServe(serve: Serve, listener: string, metrics: Metrics): Serve {
  return async (wire, signal) => {
    using _open = metrics.connected(listener);
    await serve(wire, signal);
  };
}

/** Logged-in sessions by protocol, as long as they last. */
export class SessionCounts {
  readonly #sessions: Sessions;
  readonly #counts = new Map<string, number>();

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  get byProtocol(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Enters a session, and counts it. */
  begin(session: LiveSession): Disposable {
    const entered = this.#sessions.begin(session);
    this.#add(session.protocol, 1);
    return {
      [Symbol.dispose]: () => {
        this.#add(session.protocol, -1);
        entered[Symbol.dispose]();
      },
    };
  }

  #add(protocol: string, count: number): void {
    this.#counts.set(protocol, (this.#counts.get(protocol) ?? 0) + count);
  }
}

/** The class of a refusal: by its enhanced status code (RFC 3463), which is the same whoever refused. */
function reasonOf({ enhanced, text }: Refusal): RefusalReason {
  if (/^[45]\.1\./.test(enhanced)) return "unknown";
  if (/^[45]\.2\.2$/.test(enhanced)) return "full";
  if (enhanced === "5.7.1" && text.startsWith("We do not relay")) return "relaying";
  if (/^4\.4\./.test(enhanced)) return "old-server";
  return /^[45]\.7\./.test(enhanced) ? "policy" : "other";
}
