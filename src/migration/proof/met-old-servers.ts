import type { Migration } from "../migration.ts";
import { type OldServerFacts, urlOf } from "./certificate.ts";

/** What old servers said of themselves when somebody was last logged in there, as long as this process lives. */
export class MetOldServers {
  readonly #facts = new Map<string, OldServerFacts>();

  note(server: Migration["oldServer"], facts: OldServerFacts): void {
    this.#facts.set(urlOf(server), facts);
  }

  of({ oldServer }: Pick<Migration, "oldServer">): OldServerFacts {
    return this.#facts.get(urlOf(oldServer)) ?? { greeting: null, fingerprint: null };
  }
}
