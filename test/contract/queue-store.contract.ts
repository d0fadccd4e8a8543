/** Everything that the port `queue/queue-store` promises, for any engine. */
import { describe } from "vitest";
import { attemptsContract } from "./attempts.contract.ts";
import type { OpenHarness } from "./harness.ts";
import { intakeContract } from "./intake.contract.ts";
import { localDeliveryContract } from "./local-delivery.contract.ts";

export function queueStoreContract(open: OpenHarness): void {
  describe("QueueStore", () => {
    intakeContract(open);
    attemptsContract(open);
    localDeliveryContract(open);
  });
}
