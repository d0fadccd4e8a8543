import { expect, test } from "vitest";
import { shortageOf } from "./room.ts";

const gigabyte = 1024 ** 3;

test.each([
  [100 * gigabyte, 5 * gigabyte, null],
  [100 * gigabyte, gigabyte, null],
  [100 * gigabyte, gigabyte - 1, "the disk is nearly full: 1023 MB are left for new mail"],
  [gigabyte, gigabyte / 20, null],
  [gigabyte, gigabyte / 21, "the disk is nearly full: 48 MB are left for new mail"],
  [gigabyte, 0, "the disk is nearly full: 0 MB are left for new mail"],
])("of %d octets %d are free", (size, free, shortage) => {
  expect(shortageOf(size, free)).toBe(shortage);
});
