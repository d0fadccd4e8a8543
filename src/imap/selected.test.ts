import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Folder, MessageEntry } from "#mailbox/folder";
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid, UidValidity } from "#mailbox/ids";
import type { FolderNews, FolderSnapshot } from "#mailbox/mail-store";
import { Selected, type Telling } from "./selected.ts";

/** A folder as the store keeps it: what is in it, and what happened at which MODSEQ. */
class ModelFolder {
  readonly #flags = new Map<number, { flags: readonly string[]; modSeq: number }>();
  readonly #expunged: { uid: number; modSeq: number }[] = [];
  #modSeq = 1;
  #uidNext = 1;

  get uids(): number[] {
    return [...this.#flags.keys()];
  }

  append(): void {
    this.#flags.set(this.#uidNext++, { flags: [], modSeq: ++this.#modSeq });
  }

  flag(uid: number, flags: readonly string[]): ModSeq | null {
    if (!this.#flags.has(uid)) return null;
    this.#flags.set(uid, { flags, modSeq: ++this.#modSeq });
    return this.#modSeq as ModSeq;
  }

  expunge(uid: number): void {
    if (this.#flags.delete(uid)) this.#expunged.push({ uid, modSeq: ++this.#modSeq });
  }

  flagsOf(uid: number): readonly string[] | undefined {
    return this.#flags.get(uid)?.flags;
  }

  snapshot(): FolderSnapshot {
    const folder: Folder = {
      id: 1 as FolderId,
      mailbox: 1 as MailboxId,
      name: "INBOX",
      uidValidity: 1 as UidValidity,
      uidNext: this.#uidNext as Uid,
      highestModSeq: this.#modSeq as ModSeq,
      specialUse: null,
      messages: this.#flags.size,
    };
    return { folder, uids: Uint32Array.from(this.uids), firstUnseen: null };
  }

  newsSince(modSeq: number): FolderNews {
    const changed = [...this.#flags].filter(([, one]) => one.modSeq > modSeq);
    const expunged = this.#expunged.filter((one) => one.modSeq > modSeq);
    return {
      changed: changed.map(([uid, one]) => entry(uid, one.flags, one.modSeq)),
      expunged: expunged.map(({ uid }) => uid as Uid),
      highestModSeq: this.#modSeq as ModSeq,
    };
  }
}

function entry(uid: number, flags: readonly string[], modSeq: number): MessageEntry {
  return {
    id: uid as MessageId,
    folder: 1 as FolderId,
    content: uid as ContentId,
    uid: uid as Uid,
    uidl: `u${uid}`,
    flags,
    internalDate: 0,
    size: 1,
    listedSize: null,
    modSeq: modSeq as ModSeq,
    isHere: true,
  };
}

/** A client that believes what it is told, and nothing else (RFC 3501 §5.2, §7.4.1). */
class ModelClient {
  /** Flags by message number; null for those it has not been told of. */
  readonly messages: { uid: number; flags: readonly string[] | null }[];
  readonly view: Selected;

  constructor(folder: ModelFolder) {
    this.view = new Selected(folder.snapshot(), false);
    this.messages = folder.uids.map((uid) => ({ uid, flags: folder.flagsOf(uid) ?? null }));
  }

  /** Hears news. A number that is not there, or a count that shrinks, is a contradiction. */
  hear({ expunged, exists, changed }: Telling, newcomers: readonly number[]): void {
    for (const number of expunged) {
      expect(number).toBeLessThanOrEqual(this.messages.length);
      this.messages.splice(number - 1, 1);
    }
    if (exists !== null) {
      expect(exists).toBeGreaterThan(this.messages.length);
      const known = new Set(this.messages.map(({ uid }) => uid));
      for (const uid of newcomers.filter((one) => !known.has(one)).slice(0, exists - this.messages.length))
        this.messages.push({ uid, flags: null });
      expect(this.messages).toHaveLength(exists);
    }
    for (const { number, entry } of changed) {
      const message = this.messages[number - 1];
      expect(message?.uid).toBe(entry.uid);
      if (message) message.flags = entry.flags;
    }
  }
}

type Step =
  | { readonly does: "append" }
  | { readonly does: "expunge"; readonly which: number }
  | { readonly does: "flag"; readonly who: number; readonly which: number; readonly flag: string }
  | { readonly does: "news"; readonly who: number; readonly mayExpunge: boolean };

const who = fc.integer({ min: 0, max: 1 });
const which = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ does: "append" }),
  fc.record({ does: fc.constant("expunge" as const), which }),
  fc.record({ does: fc.constant("flag" as const), who, which, flag: fc.constantFrom("a", "b", "\\Seen") }),
  fc.record({ does: fc.constant("news" as const), who, mayExpunge: fc.boolean() }),
);

/** Two sessions on one folder; each step is checked against what each client believes. */
function play(steps: readonly Step[], inFolder: number): void {
  const folder = new ModelFolder();
  for (let count = 0; count < inFolder; count++) folder.append();
  const clients = [new ModelClient(folder), new ModelClient(folder)];
  const client = (index: number): ModelClient => clients[index] ?? expect.fail("no such client");
  const news = (index: number, mayExpunge: boolean): void => {
    const one = client(index);
    const before = one.messages.length;
    const telling = one.view.absorb(folder.newsSince(one.view.modSeq), mayExpunge);
    if (!mayExpunge) expect(telling.expunged).toEqual([]);
    one.hear(telling, folder.uids);
    if (!mayExpunge) expect(one.messages.length).toBeGreaterThanOrEqual(before);
    expectAgreement(one, folder);
  };
  for (const one of steps) {
    if (one.does === "append") folder.append();
    else if (one.does === "news") news(one.who, one.mayExpunge);
    else if (one.does === "expunge") folder.expunge(folder.uids[one.which % folder.uids.length] ?? 0);
    else {
      const { messages, view } = client(one.who);
      const message = messages[one.which % messages.length];
      const modSeq = message && folder.flag(message.uid, [one.flag]);
      if (message && modSeq) {
        message.flags = [one.flag];
        view.knows(message.uid as Uid, modSeq);
      }
    }
  }
  for (const index of [0, 1]) {
    news(index, true);
    const { messages } = client(index);
    expect(messages.map(({ uid }) => uid)).toEqual(folder.uids);
    for (const { uid, flags } of messages) if (flags) expect(flags).toEqual(folder.flagsOf(uid));
  }
}

/** The view counts as the client does. */
function expectAgreement({ messages, view }: ModelClient, folder: ModelFolder): void {
  expect(view.count).toBe(messages.length);
  messages.forEach(({ uid, flags }, index) => {
    expect(view.uidAt(index + 1)).toBe(uid);
    expect(view.numberOf(uid)).toBe(index + 1);
    const now = folder.flagsOf(uid);
    if (flags && now) expect(flags).toEqual(now);
  });
  expect(view.all()).toEqual(messages.map(({ uid }) => uid));
}

describe("two sessions on one folder", () => {
  it("never contradict what they were told, and agree in the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 6 }), (steps, inFolder) => {
        play(steps, inFolder);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("Selected", () => {
  const folder = new ModelFolder();
  for (let count = 0; count < 5; count++) folder.append();

  it("picks by numbers and by UIDs", () => {
    folder.expunge(2);
    const view = new Selected(folder.snapshot(), false);
    expect(view.pick([{ from: 2, to: 3 }], "numbers")).toEqual([3, 4]);
    expect(view.pick([{ from: 2, to: 3 }], "uids")).toEqual([3]);
    expect(view.pick([{ from: 5, to: 5 }], "numbers")).toBeNull();
    expect(view.pick([{ from: 1, to: 4294967295 }], "uids")).toEqual([1, 3, 4, 5]);
    expect(view.pick([{ from: 99, to: Number.POSITIVE_INFINITY }], "uids")).toEqual([5]);
    expect(view.pick([{ from: 0, to: 1 }], "numbers")).toBeNull();
  });

  it("tells an expunge once, when it may, from the last number to the first", () => {
    const view = new Selected(folder.snapshot(), false);
    folder.expunge(1);
    folder.expunge(4);
    const first = view.absorb(folder.newsSince(view.modSeq), false);
    expect(first).toEqual({ expunged: [], exists: null, changed: [] });
    expect(view.owesExpunge).toBe(true);
    folder.append();
    folder.flag(5, ["x"]);
    const second = view.absorb(folder.newsSince(view.modSeq), true);
    expect(second).toMatchObject({
      expunged: [3, 1],
      exists: 3,
      changed: [{ number: 2, entry: { uid: 5 } }],
    });
    expect(view.absorb(folder.newsSince(view.modSeq), true)).toEqual({
      expunged: [],
      exists: null,
      changed: [],
    });
  });

  it("of an empty folder has nothing", () => {
    const view = new Selected(new ModelFolder().snapshot(), true);
    expect(view.all()).toEqual([]);
    expect(view.pick([{ from: 1, to: Number.POSITIVE_INFINITY }], "numbers")).toBeNull();
    expect(view.pick([{ from: 1, to: Number.POSITIVE_INFINITY }], "uids")).toEqual([]);
  });
});
