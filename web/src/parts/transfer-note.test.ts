import { expect, it } from "vitest";
import type { TransferView } from "#http/migrations";
import { transferNote } from "./transfer-note.ts";

const transfer = (more: Partial<TransferView>): TransferView => ({
  address: "anna@big-company.com",
  state: "waiting",
  reason: "connection refused",
  messages: 10,
  messagesHere: 5,
  octets: 1000,
  octetsHere: 500,
  rate: null,
  stalledSince: null,
  nextTry: "2026-01-01T00:00:00Z",
  lastSweep: null,
  skipped: 0,
  notes: [],
  ...more,
});

it("says why, and when it is tried again where it is", () => {
  expect(transferNote(transfer({}))).toMatch(/^connection refused\. Next try .+\.$/);
  expect(transferNote(transfer({ state: "paused", reason: "Stopped." }))).toBe("Stopped.");
  expect(transferNote(transfer({ state: "copying", reason: null }))).toBe("");
  expect(transferNote(transfer({ reason: null, state: "following", skipped: 1, notes: ["Odd."] }))).toBe(
    "1 message set aside: see the report. Odd.",
  );
});
