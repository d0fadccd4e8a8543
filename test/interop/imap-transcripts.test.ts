// The IMAP transcripts that any server must satisfy, replayed against Debian's Dovecot: a judge of our reading of
// the RFCs. Where the two may differ within one of them, a comment in the transcript says so. Nothing is pipelined
// here: Dovecot answers some commands together, which RFC 3501 §5.5 lets it do, and a transcript tells one answer
// after the other.
//
// What keeps the other transcripts from being judged, apart from our own texts, limits and events:
// - Flags that somebody changed are told with the UID by us (RFC 3501 §7.4.2 leaves that open), without by Dovecot.
// - What Dovecot tells of \Recent, we do not: nothing is ever recent here (RFC 9051 has no such flag).
// - A part that there is not is NIL here, and an empty literal there; an empty string is "" here and {0} there.
// - FLAGS of a message that becomes \Seen comes after the octets here, before them there: no order is prescribed.
// - A message number of an expunged message: FETCH and STORE say [EXPUNGEISSUED] here; Dovecot tells flags of old
//   and pretends to store them. RFC 2180 §4.1 and §4.2 allow either.
// - STORE after EXAMINE is NO here (RFC 3501 §6.3.2 permits no change), and OK without effect there.
// - RENAME of INBOX works here as RFC 3501 §6.3.5 wants it; Dovecot refuses it.
// - A folder that is renamed while it is selected stays selected here; Dovecot ends the session.
// - A folder that is deleted while it is selected: we say BYE with the next answer, Dovecot only when it notices.
// - UID MOVE of a message that is gone passes over it here, as UID COPY does; Dovecot says NO.
// - `SEARCH 7:*` of three messages finds the third here, as in every set (RFC 3501 §9, seq-range); nothing there.
// - A number with leading zeros, an empty place in a set, a section BODY[0], <0.0>, and what follows the arguments
//   of CREATE are BAD here, as the grammar says; Dovecot takes them.
// - A mistake before the login: Dovecot bears two, we bear nine. AUTHENTICATE with a command behind it is refused
//   here, because somebody may have slipped that in; Dovecot goes on.
// - ENABLE is refused before the login here (RFC 5161 §3.1: authenticated state); Dovecot answers it.
import { afterAll, beforeAll } from "vitest";
import { replayFolder } from "../transcripts/replay.ts";
import { imapJudgeWorld, startImapJudge } from "./dovecot-imap-world.ts";
import type { RunningDovecot } from "./peers/dovecot.ts";

let dovecot: RunningDovecot;

beforeAll(async () => {
  dovecot = await startImapJudge();
});
afterAll(() => dovecot[Symbol.asyncDispose]());

replayFolder(
  "imap",
  imapJudgeWorld(() => dovecot),
  ({ isJudged }) => isJudged,
  ["whole", "octets"],
);
