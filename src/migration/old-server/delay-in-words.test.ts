import { expect, test } from "vitest";
import { delayInWords } from "./delay-in-words.ts";

const minute = 60_000;

test.each([
  ["Exceeded the login limit for a 15 minute period. Reduce the frequency of requests.", 15 * minute],
  ["please wait 5 minutes between logins", 5 * minute],
  ["mailbox locked, try again in 30 seconds", minute / 2],
  ["one login in 10 mins.", 10 * minute],
  ["login allowed only every 2-minutes", 2 * minute],
  ["too many logins, wait an hour", 60 * minute],
  ["wait 999999 hours", 60 * minute],
])("%s", (words, milliseconds) => {
  expect(delayInWords(words)).toBe(milliseconds);
});

test.each(["try again later", "error 421 in module pop3", "limit of 3 messages", "wait 0 seconds", ""])(
  "nothing is said by %j",
  (words) => {
    expect(delayInWords(words)).toBe(null);
  },
);
