/** What reading does to messages of old servers (migration/transfer/reading-effect), on SQLite. */
import type { ReadingEffect, ReadingEffects } from "#migration/transfer/reading-effect";
import type { WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

interface Kept {
  readonly domain: string;
  readonly server: string;
  readonly effect: ReadingEffect;
}

export class SqliteReadingEffects implements ReadingEffects {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async readingEffect(domain: string, server: string): Promise<ReadingEffect> {
    const row = this.#engine.read((db) =>
      db.get<Pick<Kept, "effect">>(
        "SELECT effect FROM reading_effect WHERE domain = ? AND server = ?",
        domain,
        server,
      ),
    );
    return row?.effect ?? "unknown";
  }

  setReadingEffect(domain: string, server: string, effect: ReadingEffect): Promise<void> {
    return this.#engine.write("setReadingEffect", { domain, server, effect }, { lane: "front" });
  }
}

function setReadingEffect(db: WriterDb, { domain, server, effect }: Kept): void {
  db.run(
    `INSERT INTO reading_effect (domain, server, effect) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET effect = ?3`,
    domain,
    server,
    effect,
  );
}

export const readingEffectOperations = { setReadingEffect };
