/** Group D of the failure catalogue: who somebody is, and what the old server hears of it. */
import { describe, expect, test } from "vitest";
import { Dialogue } from "../programs/dialogue.ts";
import { Doors, patient } from "./doors.ts";
import { contents, domain, Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

const usual = { ...patience };
Object.assign(patience, patient);

const address = `anna@${domain}`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What a program hears when it says one line after the other; each reply is its last line. */
async function heard(port: number, lines: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const dialogue = new Dialogue(port);
  try {
    const replies: string[] = [await dialogue.line()];
    for (const line of lines) {
      dialogue.say(Buffer.concat([Buffer.from(line), Buffer.from("\r\n")]));
      let reply = await dialogue.line();
      // SMTP's further lines, and IMAP's untagged ones.
      while (/^\d{3}-|^\* /.test(reply)) reply = await dialogue.line();
      replies.push(reply);
    }
    return replies;
  } finally {
    dialogue.close();
  }
}

describe("D1: a password is proved by PASS and STAT, and nothing is there before", () => {
  test("+OK to a wrong password makes nobody a mailbox", async () => {
    await using move = await Move.start("D1");
    expect(await move.tryLogin("anna", "wrong")).toMatch(/^-ERR/);
    expect(await move.command.get(`/domains/${domain}/mailboxes`)).toEqual([]);
    expect((await move.status()).transfers).toEqual([]);
    expect(await move.tryLogin()).toBe("+OK");
  });
});

describe("D2: what is wrong reaches the old server rarely", () => {
  test("three different wrong passwords of one person in a quarter of an hour", async () => {
    await using move = await Move.start("D2:wrong=4", { loginAs: "{local}" });
    const before = move.old.pop3.seen.badLogins;
    const answers: string[] = [];
    for (let n = 1; n <= 8; n++) answers.push(await move.tryLogin("anna", `guess ${n}`));
    expect(move.old.pop3.seen.badLogins - before).toBe(3);
    expect(answers.slice(0, 3).every((answer) => answer.startsWith("-ERR [AUTH]"))).toBe(true);
    expect(answers.slice(3).every((answer) => answer.startsWith("-ERR [SYS/TEMP]"))).toBe(true);
    move.pass(16 * minutes);
    expect(await move.tryLogin()).toBe("+OK");
  });
});

describe("D3: one wrong password by three mechanisms over four connections costs the old server one login", () => {
  test("over POP3, all at once and again and again", async () => {
    await using move = await Move.start("", { loginAs: "{local}" });
    const before = move.old.pop3.seen.badLogins;
    const response = base64(`\0${address}\0stale`);
    const mechanisms = [
      [`USER ${address}`, "PASS stale"],
      [`AUTH PLAIN ${response}`],
      ["AUTH LOGIN", base64(address), base64("stale")],
    ];
    for (let round = 0; round < 3; round++) {
      const connections = Array.from({ length: 4 }, async () => {
        const replies: string[] = [];
        for (const mechanism of mechanisms) replies.push((await heard(move.pop3, mechanism)).at(-1) ?? "");
        return replies;
      });
      const replies = (await Promise.all(connections)).flat();
      expect(replies.filter((reply) => reply.startsWith("-ERR [AUTH]"))).toHaveLength(12);
      move.pass(minutes);
    }
    expect(move.old.pop3.seen.badLogins - before).toBe(1);
  });
});

describe("D4: guessing learns nothing", () => {
  test("an unknown name and a wrong password are answered alike", async () => {
    await using move = await Move.start("D4");
    expect(await move.tryLogin("nobody", "guess")).toBe(await move.tryLogin("anna", "guess"));
  });

  test("nor one who has come from one who has not, in three protocols", async () => {
    await using doors = await Doors.open("");
    const { move, imap, submission } = doors;
    move.old.mailboxes.add("bob", "secret");
    expect(await move.tryLogin("bob")).toBe("+OK");
    const logins = move.old.pop3.seen.badLogins;
    const all = async (name: string) => {
      const user = `${name}@${domain}`;
      const plain = base64(`\0${user}\0guess 2`);
      return [
        await move.tryLogin(name, "guess 1"),
        (await heard(submission, ["EHLO x", `AUTH PLAIN ${plain}`])).at(-1),
        (await heard(imap, [`a LOGIN ${user} "guess 3"`])).at(-1),
        // Too much for all of them, and no more heard of over there.
        await move.tryLogin(name, "guess 4"),
      ];
    };
    const here = await all("bob");
    expect(await all("anna")).toEqual(here);
    expect(await all("nobody")).toEqual(here);
    expect(here).toEqual([
      expect.stringMatching(/^-ERR \[AUTH\] /),
      expect.stringMatching(/^535 5\.7\.8 /),
      expect.stringMatching(/^a NO \[AUTHENTICATIONFAILED\] /),
      expect.stringMatching(/^-ERR \[SYS\/TEMP\] Too many wrong passwords/),
    ]);
    // One or two forms of either name, until the form is known.
    expect(move.old.pop3.seen.badLogins - logins).toBeLessThanOrEqual(2 * 2 * 3);
  });
});

describe("D5: an old server in trouble is a temporary failure, never a wrong password", () => {
  test.each(["drop", "hang", "full"])("%s, in three protocols", async (form) => {
    Object.assign(patience, usual);
    await using doors = await Doors.open(`D5:form=${form}`);
    Object.assign(patience, patient);
    const plain = base64(`\0${address}\0secret`);
    expect(await doors.move.tryLogin()).toMatch(/^-ERR \[SYS\/TEMP\]/);
    expect((await heard(doors.imap, [`a LOGIN ${address} secret`])).at(-1)).toMatch(/^a NO \[UNAVAILABLE\]/);
    expect((await heard(doors.submission, ["EHLO x", `AUTH PLAIN ${plain}`])).at(-1)).toMatch(
      /^454 4\.7\.0 /,
    );
    expect(await doors.move.command.get(`/domains/${domain}/mailboxes`)).toEqual([]);
    doors.move.old.select("");
    doors.move.pass(minutes);
    expect(await doors.move.tryLogin()).toBe("+OK");
  });
});

describe("D6: one person's failures stop nobody else", () => {
  test("fifty of one, and another's first login", async () => {
    await using move = await Move.start("D6:user=anna");
    move.old.mailboxes.add("bob", "secret");
    for (let n = 0; n < 50; n++) expect(await move.tryLogin("anna")).toMatch(/^-ERR \[SYS\/TEMP\]/);
    expect(await move.tryLogin("bob")).toBe("+OK");
  });
});

describe("D8, D9: the password here decides once somebody has come, and not before", () => {
  test("D8: after the first login the old server is not asked for a login", async () => {
    await using move = await Move.start("");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const { badLogins, goodLogins } = move.old.pop3.seen;
    expect(await move.tryLogin("anna", "wrong")).toMatch(/^-ERR \[AUTH\]/);
    expect(await move.tryLogin()).toBe("+OK");
    expect([move.old.pop3.seen.badLogins, move.old.pop3.seen.goodLogins]).toEqual([badLogins, goodLogins]);
  });

  test.each([null, "prepared"])(
    "D9: prepared beforehand (password %s), the old one counts",
    async (password) => {
      await using move = await Move.start("");
      await move.command.post("/mailboxes", { address, password });
      if (password) expect(await move.tryLogin("anna", password)).toMatch(/^-ERR \[AUTH\]/);
      expect(await move.tryLogin()).toBe("+OK");
      await move.copied();
      expect(await move.hashes()).toEqual(contents(move));
    },
  );
});

describe("D10: only what can succeed is offered, and who insists on CRAM-MD5 hears what to use", () => {
  const insist = async (doors: Doors) => ({
    pop3: await heard(doors.move.pop3, ["AUTH CRAM-MD5"]),
    imap: await heard(doors.imap, ["a AUTHENTICATE CRAM-MD5"]),
    smtp: await heard(doors.submission, ["EHLO x", "AUTH CRAM-MD5"]),
  });
  const told = ({ move }: Doors): readonly string[] =>
    move.log.split("\n").filter((line) => line.includes("wants a mechanism that is not offered"));

  test("in three protocols", async () => {
    await using doors = await Doors.open("");
    const { pop3, imap, smtp } = await insist(doors);
    expect(pop3.at(-1)).toMatch(/^-ERR .*PLAIN/);
    expect(imap.at(-1)).toMatch(/^a NO .*PLAIN/);
    expect(smtp.at(-1)).toMatch(/^504 .*PLAIN/);
    // No timestamp in the greeting, which would offer APOP.
    expect(pop3[0]).not.toMatch(/<.*>/);
  });

  test("in the log of each protocol", async () => {
    await using doors = await Doors.open("");
    await insist(doors);
    expect(told(doors).map((line) => JSON.parse(line))).toMatchObject(
      Array(3).fill({ mechanism: "CRAM-MD5", peer: expect.stringContaining("127.0.0.1") }),
    );
    // What is no mechanism may be a secret.
    await heard(doors.move.pop3, ["AUTH not.a.mechanism!"]);
    expect(told(doors)).toHaveLength(4);
    expect(doors.move.log).not.toContain("not.a.mechanism");
  });
});

describe("D11: a password is octets, in every protocol", () => {
  const passwords = [
    "two  words",
    'quo"te',
    "back\\slash",
    "{5}",
    "per%cent\t",
    " a blank on both sides ",
    "gr\u00a7n \u20ac",
    "x".repeat(200),
  ];

  test.each(passwords)("%j", async (password) => {
    await using doors = await Doors.open("");
    const octets = Buffer.from(password);
    const name = (n: number): string => `person${n}@${domain}`;
    // Nobody's first login is another's second.
    for (let n = 1; n <= 4; n++) doors.move.old.mailboxes.add(`person${n}`, password);
    const pop3 = await heard(doors.move.pop3, [
      `USER ${name(1)}`,
      Buffer.concat([Buffer.from("PASS "), octets]),
    ]);
    expect(pop3.at(-1)).toMatch(/^\+OK/);
    const literal = Buffer.concat([Buffer.from(`a LOGIN ${name(2)} {${octets.length}+}\r\n`), octets]);
    expect((await heard(doors.imap, [literal])).at(-1)).toMatch(/^a OK/);
    const response = (n: number): string =>
      Buffer.concat([Buffer.from(`\0${name(n)}\0`), octets]).toString("base64");
    expect((await heard(doors.submission, ["EHLO x", `AUTH PLAIN ${response(3)}`])).at(-1)).toMatch(/^235 /);
    expect((await heard(doors.imap, [`a AUTHENTICATE PLAIN ${response(4)}`])).at(-1)).toMatch(/^a OK/);
  });

  test("in UTF-8 where the old server wants Latin-1, and the other way round", async () => {
    await using move = await Move.start("D11:form=latin1");
    move.old.mailboxes.add("bob", "gr\u00a7n");
    const said = await heard(move.pop3, [`USER bob@${domain}`, Buffer.from("PASS gr\u00a7n")]);
    expect(said.at(-1)).toMatch(/^\+OK/);
    move.old.select("");
    move.old.mailboxes.add("carol", "gr\u00a7n");
    const other = await heard(move.pop3, [`USER carol@${domain}`, Buffer.from("PASS gr\u00a7n", "latin1")]);
    expect(other.at(-1)).toMatch(/^\+OK/);
  });
});

describe("D13: a password that is not taken any more is tried again after five minutes to a day, never given up", () => {
  test("status says so at once, and it goes on when the old server takes it again", async () => {
    await using move = await Move.start("");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.old.select("D13:after=0:times=0");
    const delays: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      await move.check();
      const { state, nextTry } = await move.transfer();
      expect(state).toBe("needs-password");
      const delay = Date.parse(nextTry ?? "") - move.now();
      delays.push(delay);
      move.pass(delay + 1000);
    }
    expect(delays[0]).toBeGreaterThan(2 * minutes);
    expect(delays[0]).toBeLessThanOrEqual(5 * minutes);
    expect(Math.max(...delays)).toBeGreaterThan(12 * 60 * minutes);
    expect(Math.max(...delays)).toBeLessThanOrEqual(24 * 60 * minutes);
    move.old.select("");
    move.pass(25 * 60 * minutes);
    await move.copied();
  });
});

describe("D15: a server that takes no passwords is reported as such, not as a wrong password", () => {
  test.each(["app", "basic"])("%s: a person hears of trouble, which log and status name", async (form) => {
    await using move = await Move.start(`D15:form=${form}`);
    expect(await move.tryLogin()).toMatch(/^-ERR \[SYS\/TEMP\].*takes no ordinary passwords/);
    expect(move.log).toMatch(/"level":40.*the old server takes no passwords/);
    expect((await move.status()).notes).toEqual([
      expect.stringMatching(/no ordinary password of anna@big-company\.com: .*app passwords/),
    ]);
    move.old.select("");
    expect(await move.tryLogin()).toBe("+OK");
    expect((await move.status()).notes).toEqual([]);
  });

  test("later: the mailbox works, and needs another password there", async () => {
    await using move = await Move.start("");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.old.select("D15:form=basic");
    expect((await move.check()).problem).toMatch(/takes no ordinary passwords any more/);
    expect(await move.transfer()).toMatchObject({ state: "needs-password" });
    expect(await move.tryLogin()).toBe("+OK");
  });
});

describe("D16: a mechanism that is offered and does not work is passed by", () => {
  test("and a wrong password is tried by one mechanism only", async () => {
    await using move = await Move.start("D16", { loginAs: "{local}" });
    const before = move.old.pop3.seen.badLogins;
    expect(await move.tryLogin("anna", "wrong")).toMatch(/^-ERR \[AUTH\]/);
    expect(move.old.pop3.seen.badLogins - before).toBe(1);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
  });
});

describe("D19: a false server is not believed", () => {
  test("one that lets everybody in is refused when the migration is switched on", async () => {
    await expect(Move.start("D19", { rightAtFirst: false })).rejects.toThrow(/random password/);
  });
});
