/** Cutovers on SQLite (migration/cutover). */
import type { Cutover, CutoverStore } from "#migration/cutover/cutover";
import type { WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

interface CutoverRow {
  readonly cutover: string;
}

export class SqliteCutoverStore implements CutoverStore {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async cutover(domain: string): Promise<Cutover | null> {
    const row = this.#engine.read((db) =>
      db.get<CutoverRow>("SELECT cutover FROM cutover WHERE domain = ?", domain),
    );
    return row ? (JSON.parse(row.cutover) as Cutover) : null;
  }

  async unfinishedCutovers(): Promise<readonly Cutover[]> {
    const rows = this.#engine.read((db) =>
      db.all<CutoverRow>("SELECT cutover FROM cutover WHERE unfinished = 1 ORDER BY domain"),
    );
    return rows.map((row) => JSON.parse(row.cutover) as Cutover);
  }

  setCutover(cutover: Cutover): Promise<void> {
    return this.#engine.write("setCutover", cutover, { lane: "front" });
  }
}

function setCutover(db: WriterDb, cutover: Cutover): void {
  const unfinished = cutover.state === "running" || cutover.state === "undoing" ? 1 : 0;
  db.run(
    `INSERT INTO cutover (domain, unfinished, cutover) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET unfinished = ?2, cutover = ?3`,
    cutover.domain,
    unfinished,
    JSON.stringify(cutover),
  );
}

export const cutoverOperations = { setCutover };
