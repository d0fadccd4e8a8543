import { describe, expect, it } from "vitest";
import { MemoryMail } from "../../test/pop3/memory-mail.ts";
import type { MailboxId } from "./ids.ts";
import { Maildrop, type MaildropMessage, openMaildrop } from "./maildrop.ts";
import { Maildrops } from "./maildrops.ts";

const anna = 1 as MailboxId;
const bob = 2 as MailboxId;

function letter(uidl: string) {
  return { uidl, content: Buffer.from(`Subject: ${uidl}\r\n\r\n`), isRemote: false };
}

describe("Maildrop", () => {
  const made = (change: Partial<MaildropMessage>): MaildropMessage =>
    ({ id: 7, content: 8, uidl: "x", size: 9, ...change }) as MaildropMessage;

  it("gives back what it was made of, whatever an old server said", () => {
    const messages = [
      made({ uidl: "" }),
      made({ uidl: "caf\xe9 \x00\xff", size: 99_999_999_999 }),
      made({ uidl: "a".repeat(300), id: (2 ** 40) as never }),
      made({ uidl: "same" }),
      made({ uidl: "same", size: 0 }),
    ];
    const maildrop = new Maildrop(anna, 3 as never, messages);
    expect([...maildrop]).toEqual(messages);
    expect(messages.map((_, index) => maildrop.message(index + 1))).toEqual(messages);
    expect(maildrop.length).toBe(5);
    expect(maildrop.octets).toBe(99_999_999_999 + 3 * 9);
  });

  it("has no other messages", () => {
    const maildrop = new Maildrop(anna, 3 as never, [made({})]);
    for (const number of [0, 2, -1, 1.5]) expect(maildrop.message(number)).toBeNull();
    expect([...new Maildrop(anna, 3 as never, [])]).toEqual([]);
  });

  it("is read in batches, and has all of them", async () => {
    const mail = new MemoryMail();
    for (let count = 0; count < 10_001; count++) mail.add(anna, letter(`u${count}`));
    const opened = await openMaildrop(mail, anna);
    const uidls = opened.ok ? [...opened.value].map(({ uidl }) => uidl) : [];
    expect(uidls).toEqual(Array.from({ length: 10_001 }, (_, count) => `u${count}`));
  });
});

describe("Maildrops", () => {
  const opened = async (maildrops: Maildrops, mailbox: MailboxId): Promise<Maildrop> => {
    const maildrop = await maildrops.open(mailbox);
    if (!maildrop.ok) throw new Error(maildrop.problem.text);
    return maildrop.value;
  };

  it("are one for sessions between two changes, and each keeps its own after one", async () => {
    const mail = new MemoryMail();
    const maildrops = new Maildrops(mail);
    mail.add(anna, letter("first"));
    mail.add(bob, letter("bob's"));
    const before = await opened(maildrops, anna);
    expect(await opened(maildrops, anna)).toBe(before);
    expect([...(await opened(maildrops, bob))].map(({ uidl }) => uidl)).toEqual(["bob's"]);
    mail.add(anna, letter("second"));
    const after = await opened(maildrops, anna);
    expect([...before].map(({ uidl }) => uidl)).toEqual(["first"]);
    expect([...after].map(({ uidl }) => uidl)).toEqual(["first", "second"]);
    await mail.expunge(after.folder, [...after].map(({ id }) => id).slice(0, 1));
    expect([...(await opened(maildrops, anna))].map(({ uidl }) => uidl)).toEqual(["second"]);
    expect([...after]).toHaveLength(2);
  });

  it("share nothing that was read while something changed", async () => {
    const mail = new MemoryMail();
    const maildrops = new Maildrops(mail);
    mail.add(anna, letter("first"));
    const read = mail.entries.bind(mail);
    mail.entries = async (...args) => {
      const entries = await read(...args);
      mail.entries = read;
      mail.add(anna, letter("second"));
      return entries;
    };
    const torn = await opened(maildrops, anna);
    expect([...torn].map(({ uidl }) => uidl)).toEqual(["first"]);
    expect([...(await opened(maildrops, anna))].map(({ uidl }) => uidl)).toEqual(["first", "second"]);
  });
});
