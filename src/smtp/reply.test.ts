import fc from "fast-check";
import { expect, test } from "vitest";
import { formatReply, reply } from "./reply.ts";

test("one line and several", () => {
  expect(formatReply(reply(250, "2.1.0", "Ok"))).toBe("250 2.1.0 Ok\r\n");
  expect(formatReply(reply(250, null, ["one", "two"]))).toBe("250-one\r\n250 two\r\n");
});

test("whatever the text, it stays one reply of short lines in ASCII", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
      const formatted = formatReply(reply(550, "5.1.1", text));
      expect(formatted).toMatch(/^550 5\.1\.1 [\x20-\x7e]*\r\n$/);
      expect(formatted.length).toBeLessThanOrEqual(512);
    }),
  );
  expect(formatReply(reply(451, "4.4.1", "no\r\n250 2.0.0 Ok\r\n"))).toBe("451 4.4.1 no 250 2.0.0 Ok \r\n");
});
