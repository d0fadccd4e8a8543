// The old server is never changed: its files hold the same messages, octet for octet, and the same flags, after a
// whole move with everything that people do meanwhile. What a server changes by itself when POP3 reads (Dovecot and
// Courier mark messages as seen, GNU pop3d writes fields into them) is told by the rehearsal beforehand: rehearsal.test.ts.
import { expect, test } from "vitest";
import { poplibRead } from "./clients/python.ts";
import { eventually } from "./eventually.ts";
import { letter, letters } from "./letters.ts";
import { startMailferry } from "./mailferry.ts";
import {
  startCourierCompany,
  startDovecotCompany,
  startMailutilsCompany,
  startPopa3dCompany,
} from "./peers/companies.ts";
import { loginOf, type OldCompany } from "./peers/old-company.ts";
import { type StoredMessage, storedMail } from "./peers/stored.ts";
import { openRetrGate } from "./retr-gate.ts";
import { withoutStoreFields } from "./store-fields.ts";
import { beginMove, COMPANY, check, status } from "./walk-through/administrator.ts";

interface Peer {
  readonly name: string;
  readonly start: () => Promise<OldCompany>;
  /** The flags of a message that has been read. */
  readonly flags?: string;
  /** What counts of a stored message. */
  readonly essence?: (octets: Buffer) => Buffer;
}

/** The one login that `migration on` has refused slows the others down for a while: not what is looked at here. */
const noPenalty = "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n";

const peers: readonly Peer[] = [
  { name: "Dovecot", start: () => startDovecotCompany({ extra: noPenalty }), flags: "S" },
  {
    name: "Dovecot with pop3_no_flag_updates",
    start: () => startDovecotCompany({ extra: `${noPenalty}pop3_no_flag_updates = yes` }),
  },
  { name: "Courier", start: () => startCourierCompany(), flags: "S" },
  { name: "popa3d", start: () => startPopa3dCompany() },
  { name: "GNU pop3d", start: () => startMailutilsCompany(), essence: withoutStoreFields },
];

test.each(peers)(
  "$name: the same messages with the same flags after a whole move",
  async ({ start, flags = "", essence = (octets) => octets }) => {
    await using company = await start();
    await using gate = await openRetrGate(company.pop3);
    await using mailferry = await startMailferry({ sweepInterval: "1 h", toml: 'cutover-quiet = "1 s"\n' });
    const anna = company.person("anna");
    await company.addPerson(anna);
    await company.place(anna, [...letters(20), letter("Gr\xc3\xbc\xc3\x9fe", ".a dot first")]);
    const octetsOf = (mail: readonly StoredMessage[]) =>
      mail.map(({ octets }) => essence(octets).toString("latin1"));
    const before = octetsOf(await storedMail(company, anna));
    expect(before).toHaveLength(21);

    await beginMove(mailferry, { pop3: gate.endpoint, smtp: company.exchanger.smtp });

    // People read, delete, and are sent late mail; then it ends, goes back, and ends again.
    const account = { server: mailferry.pop3, login: loginOf(company, anna), password: anna.password };
    expect(await poplibRead(account, [3, 7])).toMatchObject({ count: 22 });
    const settled = () =>
      eventually(async () =>
        expect((await status(mailferry)).transfers).toMatchObject([{ state: "following" }]),
      );
    await settled();
    const [late] = letters(1, "late");
    if (!late) throw new Error("there is no letter");
    await company.place(anna, [late]);
    const withLate = octetsOf(await storedMail(company, anna));
    expect((await check(mailferry)).get(anna.address)).toBe(1);
    await mailferry.must("migration", "cutover", COMPANY);
    await mailferry.must("migration", "verify", COMPANY);
    await mailferry.must("migration", "cutover", COMPANY, "--undo");
    expect(await poplibRead(account, [1])).toMatchObject({ count: 21 });
    await settled();
    await mailferry.must("migration", "cutover", COMPANY);

    const after = await storedMail(company, anna);
    expect(octetsOf(after)).toEqual(withLate);
    expect(octetsOf(after).slice(0, before.length)).toEqual(before);
    expect(after.map((message) => message.flags)).toEqual(after.map(() => flags));
    expect(gate.verbs().filter((verb) => /^(?:DELE|RSET|LAST|X.*)$/.test(verb))).toEqual([]);
  },
);
