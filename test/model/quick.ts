/**
 * What makes the model's runs quick, beside the catalogue's clock: passwords are hashed without the cost that keeps
 * guessers away. Imported before anything of the house.
 */
import "../catalogue/quick.ts";
import { createHash } from "node:crypto";
import { vi } from "vitest";
import { patience } from "../catalogue/quick.ts";

// Nothing here is given up for being slow: a loaded machine decides nothing.
Object.assign(patience, { login: 30_000, listing: 30_000, stall: 30_000 });

vi.mock("#login/password-hash", async (original) => {
  const { PasswordHasher } = await original<typeof import("#login/password-hash")>();
  const cheap = (password: Uint8Array): string => createHash("sha256").update(password).digest("hex");
  return {
    ...(await original<typeof import("#login/password-hash")>()),
    PasswordHasher: class extends PasswordHasher {
      override hash = async (password: Uint8Array): Promise<string> => cheap(password);
      override verify = async (hash: string, password: Uint8Array): Promise<boolean> =>
        hash === cheap(password);
    },
  };
});
