/** The second step of sign-in (http/access/second-factor), on SQLite. */
import type { KeptFactor, SecondFactorStore } from "#http/access/second-factor";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { WriterDb } from "./db.ts";
import type { Engine } from "./engine.ts";

const front = { lane: "front" } as const;

export class SqliteSecondFactors implements SecondFactorStore {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async factor(administrator: string): Promise<KeptFactor | null> {
    const sql = `SELECT sealed_secret AS sealed, confirmed,
        (SELECT count(*) FROM recovery_code WHERE recovery_code.administrator = second_factor.administrator) AS left
      FROM second_factor WHERE administrator = ?`;
    const row = this.#engine.read((db) =>
      db.get<{ sealed: Uint8Array; confirmed: number; left: number }>(sql, administrator),
    );
    return row ? { sealed: row.sealed, isConfirmed: row.confirmed === 1, recoveryCodes: row.left } : null;
  }

  begin(administrator: string, sealed: Uint8Array): Promise<Outcome<void>> {
    return this.#engine.write("beginSecondFactor", { administrator, sealed }, front);
  }

  confirm(administrator: string, step: number, recovery: readonly Uint8Array[]): Promise<Outcome<void>> {
    return this.#engine.write("confirmSecondFactor", { administrator, step, recovery }, front);
  }

  spendStep(administrator: string, step: number): Promise<boolean> {
    return this.#engine.write("spendSecondFactorStep", { administrator, step }, front);
  }

  spendRecoveryCode(administrator: string, hash: Uint8Array): Promise<boolean> {
    return this.#engine.write("spendRecoveryCode", { administrator, hash }, front);
  }

  remove(administrator: string): Promise<boolean> {
    return this.#engine.write("removeSecondFactor", administrator, front);
  }
}

interface Begin {
  readonly administrator: string;
  readonly sealed: Uint8Array;
}

/** Begun again as often as it takes; one that is confirmed stays. */
function beginSecondFactor(db: WriterDb, { administrator, sealed }: Begin): Outcome<void> {
  const changed = db.run(
    `INSERT INTO second_factor (administrator, sealed_secret)
     SELECT name, ?2 FROM administrator WHERE name = ?1
     ON CONFLICT DO UPDATE SET sealed_secret = excluded.sealed_secret WHERE confirmed = 0`,
    administrator,
    sealed,
  );
  return changed > 0 ? done(undefined) : failed("exists", "It is switched on already: switch it off first.");
}

interface Confirm {
  readonly administrator: string;
  readonly step: number;
  readonly recovery: readonly Uint8Array[];
}

function confirmSecondFactor(db: WriterDb, { administrator, step, recovery }: Confirm): Outcome<void> {
  const sql =
    "UPDATE second_factor SET confirmed = 1, last_step = ? WHERE administrator = ? AND confirmed = 0";
  if (db.run(sql, step, administrator) === 0) return failed("exists", "It is switched on already.");
  db.run("DELETE FROM recovery_code WHERE administrator = ?", administrator);
  for (const hash of recovery)
    db.run("INSERT INTO recovery_code (administrator, hash) VALUES (?, ?)", administrator, hash);
  return done(undefined);
}

interface SpendStep {
  readonly administrator: string;
  readonly step: number;
}

function spendSecondFactorStep(db: WriterDb, { administrator, step }: SpendStep): boolean {
  const sql = "UPDATE second_factor SET last_step = ?2 WHERE administrator = ?1 AND last_step < ?2";
  return db.run(sql, administrator, step) > 0;
}

interface SpendRecoveryCode {
  readonly administrator: string;
  readonly hash: Uint8Array;
}

function spendRecoveryCode(db: WriterDb, { administrator, hash }: SpendRecoveryCode): boolean {
  return db.run("DELETE FROM recovery_code WHERE administrator = ? AND hash = ?", administrator, hash) > 0;
}

function removeSecondFactor(db: WriterDb, administrator: string): boolean {
  db.run("DELETE FROM recovery_code WHERE administrator = ?", administrator);
  return db.run("DELETE FROM second_factor WHERE administrator = ?", administrator) > 0;
}

export const secondFactorOperations = {
  beginSecondFactor,
  confirmSecondFactor,
  spendSecondFactorStep,
  spendRecoveryCode,
  removeSecondFactor,
};
