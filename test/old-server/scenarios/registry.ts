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

/** Entries that no old server can play, each with the reason. Group B is about IMAP, which this one does not speak. */
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
  E1: "Which unique-ids mail programs find here is decided here; any old server will do, and its UIDL is what to compare with.",
  E2: "What is shown here while the copy goes on is decided here; a copy that goes on long is G10.",
  E3: "That one message cannot be had is A21.",
  E4: "It is the person's program that deletes here.",
  E5: "It is the person who moves and flags here.",
  E6: "UIDVALIDITY is IMAP's.",
  E7: "The order of UIDs here is ours; another order there is A7.",
  E8: "Who is told of imported mail is decided here.",
  E9: "Filters and replies are ours.",
  E10: "Rules and forwards are nothing that POP3 shows; that they go on there is C19, C20 and C24.",
  E11: "Subscriptions are IMAP's.",
  E13: "Sessions that stay open are those with us.",
  E14: "The host name is given out by people.",
  E15: "Whether people get in while they are copied is decided here.",
  E16: "What people are told of the progress is decided here.",
  E18: "It is the person's program that appends here.",
  F7: "Copying twice is ours to avoid; any old server will do.",
  F14: "Folders, rights and annotations are IMAP's.",
  G1: "It is our process that is killed.",
  G2: "It is our state that is lost.",
  G3: "It is our disk that is full.",
  G4: "It is our quota that is too small; a large maildrop is `--messages` or F11.",
  G7: "The sums are ours.",
  G8: "What is told of the progress is decided here.",
  G9: "The order of copies is ours; an old server that bears few at once is G10.",
  G11: "The memory is ours; a large maildrop is `--messages`.",
  G12: "Pause, resume and retry are ours.",
  G13: "The rehearsal is ours; any scenario will do for it.",
  G14: "The audit is ours.",
  G15: "The way back for one person is ours.",
  G16: "When the old server may go is decided by people.",
  G17: "What is left after the cutover is ours.",
  G19: "Sweeps that overlap are ours; an old server that makes them long is G10.",
  G20: "What names resolve to is the DNS's.",
  G22: "The order of acknowledgement and durable write is ours.",
};
