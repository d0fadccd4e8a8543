/** Where mail goes, end to end: each recipient by itself, each mailbox and each other server exactly once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Dialogue } from "../programs/dialogue.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { domain } from "./mailferry.ts";
import { Neighbours, stranger } from "./neighbours.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe("a recipient", () => {
  let neighbours: Neighbours;
  beforeAll(async () => {
    neighbours = await Neighbours.start();
    const { command } = neighbours.mailferry;
    await neighbours.addDomain({ kind: "alias", name: "big-company.net", target: domain });
    const rules = {
      "forward.example": "forward anna@big-company.com",
      "postmaster.example": "postmaster",
      "defer.example": "defer",
      "reject.example": "reject",
    };
    for (const [name, unknownUsers] of Object.entries(rules))
      await neighbours.addDomain({ kind: "local", name, unknownUsers });
    const aliases = [
      ["sales@big-company.com", "anna@big-company.com"],
      ["sales@big-company.com", "bob@big-company.com"],
      ["everybody@big-company.com", "sales@big-company.com"],
      ["everybody@big-company.com", "carol@big-company.com"],
      ["everybody@big-company.com", "friend@example.org"],
      ["postmaster@postmaster.example", "bob@big-company.com"],
      ["round@big-company.com", "about@big-company.com"],
      ["about@big-company.com", "round@big-company.com"],
      ["postmaster@big-company.com", "anna@big-company.com"],
    ];
    for (const [address, target] of aliases) await command.post("/aliases", { address, target });
  });
  afterAll(async () => {
    await neighbours[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    neighbours.old.seen.transactions.length = 0;
    neighbours.friends.seen.transactions.length = 0;
  });

  /** Who has a message, and how often: people here, and recipients that the other servers were told. */
  async function whoHas(subject: string): Promise<readonly string[]> {
    await neighbours.drained();
    const has: string[] = [];
    for (const name of ["anna", "bob"]) {
      for (const octets of await neighbours.mailferry.maildrop(name))
        if (subjectOf(octets) === subject) has.push(name);
    }
    for (const [server, { seen }] of Object.entries({ old: neighbours.old, friends: neighbours.friends })) {
      for (const { recipients, octets } of seen.transactions)
        if (octets.includes(`Subject: ${subject}\r\n`))
          has.push(...recipients.map((to) => `${server}: ${to}`));
    }
    return has.sort();
  }

  test.each<[string, readonly string[]]>([
    ["anna@big-company.com", ["anna"]],
    ["ANNA@Big-Company.COM", ["anna"]],
    ["anna+lists@big-company.com", ["anna"]],
    ["anna@big-company.net", ["anna"]],
    ["sales@big-company.com", ["anna", "bob"]],
    ["sales+spring@big-company.net", ["anna", "bob"]],
    ["carol@big-company.com", ["old: carol@big-company.com"]],
    ["carol@big-company.net", ["old: carol@big-company.com"]],
    [
      "everybody@big-company.com",
      ["anna", "bob", "friends: friend@example.org", "old: carol@big-company.com"],
    ],
    ["nobody@forward.example", ["anna"]],
    ["nobody@postmaster.example", ["bob"]],
    ["Postmaster", ["anna"]],
  ])("%s is delivered to %j", async (address, expected) => {
    using program = await neighbours.stranger();
    const subject = `to ${address}`;
    const { recipients, data } = await program.send(stranger, [address], letter(address, subject));
    expect([recipients[0]?.code, data?.code]).toEqual([250, 250]);
    expect(await whoHas(subject)).toEqual(expected);
  });

  test.each([
    ["nobody@big-company.com", 550, /^5\.1\.1 /],
    ["nobody@reject.example", 550, /^5\.1\.1 /],
    ["nobody@defer.example", 450, /^4\.2\.1 /],
    ["friend@example.org", 550, /^5\.7\.1 /],
    ["friend@nowhere.example", 550, /^5\.7\.1 /],
    ["carol@big-company.old", 550, /^5\.7\.1 /],
    ["round@big-company.com", 550, /^5\.4\.6 /],
    ["anna%example.org@big-company.com", 550, /^5\.1\.1 /],
    ["@example.org:anna@big-company.com", 250, /^2\.1\.5 /],
  ])("%s is answered %d", async (address, code, text) => {
    using program = await neighbours.stranger();
    const { recipients } = await program.send(stranger, [address], letter(address, "never mind"));
    expect(recipients[0]?.code).toBe(code);
    expect(recipients[0]?.text).toMatch(text);
  });

  test("among many is answered alone, and one message reaches everybody once", async () => {
    using program = await neighbours.stranger();
    const to = [
      "everybody@big-company.com",
      "anna@big-company.com",
      "nobody@big-company.com",
      "carol@big-company.com",
      "Anna+again@big-company.net",
      "friend@example.org",
      "nobody@defer.example",
      "bob@big-company.com",
    ];
    const { recipients, data } = await program.send(stranger, to, letter("all", "mixed"));
    expect(recipients.map(({ code }) => code)).toEqual([250, 250, 550, 250, 250, 550, 450, 250]);
    expect(data?.code).toBe(250);
    expect(await whoHas("mixed")).toEqual([
      "anna",
      "bob",
      "friends: friend@example.org",
      "old: carol@big-company.com",
    ]);
  });

  test("anywhere is taken from those who log in, and from nobody else", async () => {
    using program = await neighbours.colleague("anna");
    const from = `anna@${domain}`;
    const to = ["friend@example.org", `bob@${domain}`, `carol@${domain}`];
    const { recipients, data } = await program.send(from, to, letter("all", "from anna"));
    expect([...recipients, data].map((reply) => reply?.code)).toEqual([250, 250, 250, 250]);
    expect(await whoHas("from anna")).toEqual([
      "bob",
      "friends: friend@example.org",
      "old: carol@big-company.com",
    ]);
    expect(neighbours.friends.seen.transactions[0]?.octets.toString()).toMatch(/^Received: .* with ESMTPA /s);
    await expect(program.send(`bob@${domain}`, to, letter("all", "not as bob"))).rejects.toThrow(
      /^553 5\.7\.1 /,
    );
    // Without a login the same door takes nothing at all.
    using dialogue = new Talk(neighbours.mailferry.ports.submission);
    await dialogue.greeting();
    expect(await dialogue.ask(`MAIL FROM:<${from}>`)).toMatch(/^530 5\.7\.0 /);
  });
});

describe("line ends", () => {
  const bare = ["Subject: bare\r\n\r\nbefore\nafter\r\n", "Subject: bare\r\n\r\nbefore\rafter\r\n"];
  const smuggled = ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n\0.\r\n"];

  test("that are bare are refused, by DATA and by BDAT, and smuggle nothing", async () => {
    await using neighbours = await Neighbours.start();
    const { mailferry } = neighbours;
    for (const octets of bare) {
      using talk = new Talk(mailferry.ports.smtp);
      await talk.envelope(`anna@${domain}`);
      await talk.ask("DATA");
      talk.say(octets);
      expect(await talk.ask(".")).toMatch(/^550 5\.6\.11 /);
      await talk.envelope(`anna@${domain}`, false);
      expect(await talk.ask(`BDAT ${octets.length} LAST\r\n${octets}`, "")).toMatch(/^550 5\.6\.11 /);
      using program = await neighbours.colleague("anna");
      const { data } = await program.send(`anna@${domain}`, [`bob@${domain}`], octets);
      expect(data).toMatchObject({ code: 550, text: expect.stringMatching(/^5\.6\.11 /) });
    }
    const second = `MAIL FROM:<forged@example.net>\r\nRCPT TO:<anna@${domain}>\r\nDATA\r\nSubject: smuggled\r\n\r\n`;
    for (const end of smuggled) {
      using talk = new Talk(mailferry.ports.smtp);
      await talk.envelope(`anna@${domain}`);
      await talk.ask("DATA");
      talk.say(`Subject: outer\r\n\r\ntext${end}${second}`);
      const answer = await talk.ask(".");
      // Either it is refused, or it is one message: what looked like commands is text.
      expect(answer).toMatch(/^(?:550 5\.6\.11|250) /);
      expect(await talk.ask("NOOP")).toMatch(/^250 /);
    }
    const subjects = (await mailferry.maildrop("anna")).map(subjectOf);
    expect(subjects.filter((subject) => subject !== "outer")).toEqual([]);
  });

  test("become CRLF for those who log in, where the administrator wants it, and for nobody else", async () => {
    const environment = { MAILFERRY_SUBMISSION_NORMALISE_LINE_ENDINGS: "true" };
    await using neighbours = await Neighbours.start({ launch: { environment } });
    const to = [`bob@${domain}`, "friend@example.org"];
    for (const octets of bare) {
      using program = await neighbours.colleague("anna");
      const { data } = await program.send(`anna@${domain}`, to, octets);
      expect(data?.code).toBe(250);
      using outside = await neighbours.stranger();
      const refused = await outside.send(stranger, to.slice(0, 1), octets);
      expect(refused.data).toMatchObject({ code: 550, text: expect.stringMatching(/^5\.6\.11 /) });
    }
    await neighbours.drained();
    const everywhere = [
      ...(await neighbours.mailferry.maildrop("bob")),
      ...neighbours.friends.seen.transactions.map(({ octets }) => octets),
    ];
    expect(everywhere).toHaveLength(4);
    for (const octets of everywhere) expect(octets.toString()).toMatch(/\r\n\r\nbefore\r\nafter\r\n$/);
  });
});

/** One who speaks SMTP by hand. */
class Talk extends Dialogue implements Disposable {
  async ask(line: string, end = "\r\n"): Promise<string> {
    this.say(`${line}${end}`);
    for (;;) {
      const answer = await this.line();
      if (answer[3] !== "-") return answer;
    }
  }

  async greeting(): Promise<void> {
    await this.line();
    await this.ask("EHLO sender.example.net");
  }

  async envelope(recipient: string, isFirst = true): Promise<void> {
    if (isFirst) await this.greeting();
    await this.ask(`MAIL FROM:<${stranger}>`);
    expect(await this.ask(`RCPT TO:<${recipient}>`)).toMatch(/^250 /);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
