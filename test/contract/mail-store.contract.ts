/** Everything that the port `mailbox/mail-store` promises, for any engine. */
import { describe } from "vitest";
import { contentContract } from "./content.contract.ts";
import { copyingContract } from "./copying.contract.ts";
import { foldersContract } from "./folders.contract.ts";
import type { OpenHarness } from "./harness.ts";
import { messagesContract } from "./messages.contract.ts";
import { subscriptionsContract } from "./subscriptions.contract.ts";
import { viewsContract } from "./views.contract.ts";

export function mailStoreContract(open: OpenHarness): void {
  describe("MailStore", () => {
    foldersContract(open);
    subscriptionsContract(open);
    messagesContract(open);
    viewsContract(open);
    copyingContract(open);
    contentContract(open);
  });
}
