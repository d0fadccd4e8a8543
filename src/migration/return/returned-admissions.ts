/** First logins, as they are while somebody is away: whoever went back is told so, and the old server is not asked. */
import type { Admissions } from "../admission/admissions.ts";
import type { ReturnStore } from "./return-store.ts";

const wentBack =
  "This mailbox was moved back to the old mail server: set your program to it, or ask your administrator.";

/**
 * A mail program that still points here tries again every few minutes: it must not bring its owner over again, and
 * must not ask for another password either.
 */
export function admissionsOfThoseHere(admissions: Admissions, store: Pick<ReturnStore, "of">): Admissions {
  return {
    judge: (domain) => admissions.judge(domain),
    provedHere: (mailbox, password) => admissions.provedHere(mailbox, password),
    awaitsOwner: async (mailbox) => (await admissions.awaitsOwner?.(mailbox)) ?? false,
    isUnhashed: (kept, password) => admissions.isUnhashed(kept, password),
    async admit(request) {
      const way = await store.of(request.address);
      if (way && !way.mayCome) return { answer: "cannot-tell", reason: wentBack };
      return await admissions.admit(request);
    },
  };
}
