import { expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { type LiveSession, Sessions } from "./sessions.ts";

const annas = 1 as MailboxId;
const bobs = 2 as MailboxId;

function session(mailbox: MailboxId, end: () => void): LiveSession {
  return { mailbox, protocol: "pop3", peerAddress: "192.0.2.1", since: 0, end };
}

it("knows the sessions in progress, and ends those of one mailbox", () => {
  const sessions = new Sessions();
  const ended: string[] = [];
  const first = sessions.begin(session(annas, () => ended.push("first")));
  sessions.begin(session(annas, () => ended.push("second")));
  sessions.begin(session(bobs, () => ended.push("third")));
  expect([sessions.count, sessions.of(annas).length]).toEqual([3, 2]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(sessions.endAll(annas)).toBe(1);
  expect(ended).toEqual(["second"]);
  expect(sessions.of(bobs).length).toBe(1);
});
