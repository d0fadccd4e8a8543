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
// - A number with leading zeros, an empty place in a set, a section BODY[0], <0.0>, and what follows the
//   arguments of a command, are BAD here, as the grammar says; Dovecot takes them.
// - A mistake before the login: Dovecot bears two, we bear nine.
// - What is sent behind STARTTLS before its answer ends the connection here; Dovecot says OK and throws it away. Both
//   keep it out of the secure session (RFC 9051 §6.2.1). Behind AUTHENTICATE, or behind a response to its challenge,
//   it does so here as well; Dovecot goes on with it.
// - ENABLE is refused before the login here (RFC 5161 §3.1: authenticated state); Dovecot answers it. When nothing
//   was enabled, ENABLED is told here without a name (RFC 5161 §3.2), and not at all there.
// - ID before the login that comes in pieces: Dovecot takes the first piece for all of it, and says BAD.
// - ID with a field that has no value, or ENABLE without a name, is BAD here, as the grammars say; Dovecot takes it.
// - STATUS of DELETED, DELETED-STORAGE and APPENDLIMIT (RFC 9208 §4.1.4, RFC 7889 §3.1): Dovecot 2.3 has none of
//   them, and no capability APPENDLIMIT.
// - A mailbox without a limit has no quota root here (RFC 9208 §3.2); Dovecot tells nothing at all. It counts copies
//   as often as they are listed, we count octets once. It tells the quota root of a folder that there is not.
// - LIST tells of children whether or not somebody asks, here (RFC 5258 §4 lets us), and \Noselect beside
//   \NonExistent, for programs that know only the one; the order of attributes and of names is open. CHILDINFO is
//   a quoted string here, as in the examples of RFC 5258 §5, and an atom there.
// - RENAME subscribes the new name where the old one is subscribed, here: programs that list what is subscribed
//   would lose sight of the folder. Dovecot leaves the new one out. Both keep the old one (RFC 3501 §6.3.6).
// - A string that a quoted one can carry is quoted here, also where it has quotes or backslashes in it; in ENVELOPE
//   Dovecot makes literals of such. A name or a password with 8-bit octets may come unquoted here, as old programs send them.
// - STORE without a list of flags, or with \Recent among them: the first is BAD here, and \Recent is passed over, as
//   no client can change it (RFC 3501 §2.3.2); Dovecot takes the first for no change, and says BAD to the second.
// - A keyword that is new in a folder: Dovecot tells FLAGS again (RFC 3501 §7.2.6); here PERMANENTFLAGS has \* from the start, and FLAGS names what everybody knows.
// - IDLE begins with EXISTS here where new messages were told of with another command than NOOP, CHECK or IDLE: some
//   programs do not look at it there. Dovecot does not say it twice.
// - A tag with nothing but a space behind it is answered with that tag here, and with "*" there.
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
