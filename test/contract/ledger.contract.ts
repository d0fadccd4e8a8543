/** Everything that the port `migration/ledger` promises, for any engine. */
import { describe } from "vitest";
import { admissionContract } from "./admission.contract.ts";
import { arrivalContract } from "./arrival.contract.ts";
import { cameByMailContract } from "./came-by-mail.contract.ts";
import type { OpenHarness } from "./harness.ts";
import { interleavingContract } from "./interleaving.contract.ts";
import { sweepContract } from "./sweep.contract.ts";
import { transfersContract } from "./transfers.contract.ts";
import { unhashedPasswordsContract } from "./unhashed-passwords.contract.ts";

export function ledgerContract(open: OpenHarness): void {
  describe("Ledger", () => {
    admissionContract(open);
    unhashedPasswordsContract(open);
    arrivalContract(open);
    sweepContract(open);
    cameByMailContract(open);
    transfersContract(open);
    interleavingContract(open);
  });
}
