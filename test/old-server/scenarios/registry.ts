/** All scenarios of the scripted old server, in the order of the failure catalogue. */

import { dialogueScenarios } from "./a-dialogue.ts";
import { listingScenarios } from "./a-listing.ts";
import { messageScenarios } from "./a-message.ts";
import { uidlScenarios } from "./a-uidl.ts";
import { routingScenarios } from "./c.ts";
import { loginScenarios } from "./d.ts";
import { clientScenarios } from "./e.ts";
import { fidelityScenarios } from "./f.ts";
import { operationScenarios } from "./g.ts";
import type { Scenario } from "./scenario.ts";

export const scenarios: readonly Scenario[] = [
  ...uidlScenarios,
  ...dialogueScenarios,
  ...listingScenarios,
  ...messageScenarios,
  ...routingScenarios,
  ...loginScenarios,
  ...clientScenarios,
  ...fidelityScenarios,
  ...operationScenarios,
].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));

/** Entries of groups A, C and D that no old server can play, each with the reason. */
export const notOldServers: Readonly<Record<string, string>> = {
  C6: "It is the sender who names recipients of both sides in one transaction; the old server only sees its own part (C7 makes that part fail).",
  C14: "An account that an administrator prepares here is nothing the old server knows of.",
  C15: "The caches are ours.",
  C17: "The order of the steps of a cutover is ours; an old server that lets mail land late is C16.",
  C18: "Whether copied mail is sent again by SMTP is decided by who copies.",
  C23: "The routing data that may be slow is ours.",
  C25: "People who never log in are no behaviour of a server; any old server will do.",
  D3: "It is mail programs that try one password in many ways; any old server will do, and its record counts them.",
  D7: "It is mail programs that come at the same moment; any old server will do.",
  D8: "Which server is asked after the first login is decided here; any old server will do, and its record shows it.",
  D9: "An account that exists here before its first login is nothing the old server knows of.",
  D10: "Which mechanisms are offered to mail programs is decided here.",
  D14: "Where old passwords are kept is decided here; the old server's record holds none either.",
  D17: "That a person's first login is a submission is the person's doing; an old server whose POP3 is shut is D5.",
};
