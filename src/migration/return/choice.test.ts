import { expect, test } from "vitest";
import type { ContentId } from "#mailbox/ids";
import { choose } from "./choice.ts";
import type { KeptEntry, KeptHere } from "./mailbox-return.ts";

const rules = { allFolders: false, movedAt: 1000, goneBefore: 5000 };

function entry(folder: string, specialUse: string | null, isDeleted = false): KeptEntry {
  return { folder, specialUse, isDeleted, internalDate: 2000 };
}

const inbox = entry("INBOX", "inbox");

function kept(change: Partial<KeptHere> = {}): KeptHere {
  return {
    content: 7 as ContentId,
    size: 100,
    messageId: "<1@example.net>",
    origin: "here",
    goneSince: null,
    entries: [inbox],
    sent: null,
    ...change,
  };
}

function reason(change: Partial<KeptHere>, isFirst = false, allFolders = false): string {
  const choice = choose(kept(change), isFirst, { ...rules, allFolders });
  return choice.goes ? "goes" : choice.why;
}

test("what came here goes, from the INBOX, the archive and folders of one's own", () => {
  for (const [name, use] of [
    ["INBOX", "inbox"],
    ["Archive", "archive"],
    ["Customers", null],
  ] as const)
    expect(reason({ entries: [entry(name, use)] })).toBe("goes");
});

test("what the owner wrote, threw away or judged stays, unless all folders are asked for", () => {
  for (const [name, use] of [
    ["Sent", "sent"],
    ["Drafts", "drafts"],
    ["Trash", "trash"],
    ["Junk", "junk"],
  ] as const) {
    expect(reason({ entries: [entry(name, use)] })).toBe("folder");
    expect(reason({ entries: [entry(name, use)] }, false, true)).toBe("goes");
    expect(reason({ entries: [entry(name, use), inbox] })).toBe("goes");
  }
});

test("what is marked as deleted stays, wherever it lies", () => {
  expect(reason({ entries: [entry("INBOX", "inbox", true)] }, false, true)).toBe("deleted");
  expect(reason({ entries: [entry("INBOX", "inbox", true), entry("Trash", "trash")] })).toBe("folder");
  expect(reason({ entries: [entry("INBOX", "inbox", true), entry("Customers", null)] })).toBe("goes");
});

test("what came from the old server stays while it is there, or may be there", () => {
  expect(reason({ origin: "old-server" })).toBe("old-server");
  expect(reason({ origin: "old-server", size: null })).toBe("old-server");
  expect(reason({ origin: "old-server", goneSince: 5000 })).toBe("uncertain");
  expect(reason({ origin: "old-server", goneSince: 4999 })).toBe("goes");
});

test("the welcome stays, and only the welcome", () => {
  const welcome = { ...inbox, internalDate: rules.movedAt };
  expect(reason({ entries: [welcome] }, true)).toBe("welcome");
  expect(reason({ entries: [welcome] }, false)).toBe("goes");
  expect(reason({ entries: [inbox] }, true)).toBe("goes");
});

test("what was sent before is sent once, and again only if it never left", () => {
  expect(reason({ sent: "queued" })).toBe("sent");
  expect(reason({ sent: "accepted" })).toBe("sent");
  expect(reason({ sent: "came-back" })).toBe("goes");
  expect(reason({ sent: "dropped" })).toBe("goes");
});
