import { expect, test } from "vitest";
import { markId, parseMarkId } from "#queue/mark-id";
import { newQueueId, queueIdOfMark } from "./queue-id.ts";

test("ids ascend with the arrival and never repeat", () => {
  const times = [0, 1, 1_000, Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 1) + 1, Date.UTC(2180, 0, 1)];
  const ids = times.map(newQueueId);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 1000 }, () => newQueueId(5))).size).toBe(1000);
});

test("an id goes into a mark and comes out of it, with what the mark adds or without", () => {
  const id = newQueueId(Date.UTC(2025, 0, 1));
  const mark = markId(id, "anna@big-company.com");
  expect(queueIdOfMark(mark)).toBe(id);
  expect(queueIdOfMark(id)).toBe(id);
  expect(parseMarkId(mark)?.queueRecipientId).toBe(id);
});
