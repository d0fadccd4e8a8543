/** Group A of the failure catalogue: unique-ids that are not what RFC 1939 §7 says. */
import type { Shown } from "../pop3-behaviour.ts";
import { choice, number, scenario } from "./scenario.ts";

const withUidl = (shown: readonly Shown[], uidl: (one: Shown) => string): readonly Shown[] =>
  shown.map((one) => ({ ...one, uidl: uidl(one) }));

/** Up to 200 octets, more than RFC 1939 allows and fewer than servers have been seen to send. */
const long = (uidl: string): string => `${uidl}-${"x".repeat(200)}`.slice(0, 200);

export const uidlScenarios = [
  scenario({
    id: "A1",
    protocols: ["pop3"],
    title: "Several messages share one UIDL.",
    does: "UIDL shows message `at` and those after it, `count` in all, under the unique-id of message `at`.",
    options: { at: number(2, "the first of them"), count: number(2, "how many share it") },
    make: ({ at, count }) => ({
      pop3: {
        maildrop: (shown) => {
          const shared = shown.find((one) => one.number === at)?.uidl;
          return withUidl(shown, (one) =>
            shared !== undefined && one.number >= at && one.number < at + count ? shared : one.uidl,
          );
        },
      },
    }),
  }),
  scenario({
    id: "A2",
    protocols: ["pop3"],
    title: "A message has an empty UIDL.",
    does: "The line of message `at` in UIDL holds the number and a space (form=blank) or the number alone (form=short).",
    options: { at: number(2, "which message"), form: choice(["blank", "short"], "the line") },
    make: ({ at, form }) => ({
      pop3: {
        maildrop: (shown) => withUidl(shown, (one) => (one.number === at ? "" : one.uidl)),
        listing: (command, lines) =>
          command === "UIDL" && form === "short" ? lines.map((line) => line.trimEnd()) : lines,
      },
    }),
  }),
  scenario({
    id: "A3",
    protocols: ["pop3"],
    title: "All UIDLs change between sessions.",
    does: "After `after` logins to a maildrop every unique-id is another one, and stays so (form=once) or changes with each session (form=always).",
    options: {
      after: number(1, "logins that still see the first ones"),
      form: choice(["once", "always"], "how often they change"),
    },
    make: ({ after, form }) => ({
      pop3: {
        maildrop: (shown, { login }) => {
          const era = form === "always" ? login : 1;
          return login <= after ? shown : withUidl(shown, ({ uidl }) => `era${era}-${uidl}`);
        },
      },
    }),
  }),
  scenario({
    id: "A4",
    protocols: ["pop3"],
    title: "There is no UIDL, or it works though CAPA is refused.",
    does: "UIDL is an unknown command and CAPA does not name it (form=none), or CAPA is an unknown command and UIDL works (form=hidden).",
    options: { form: choice(["none", "hidden"], "what is missing") },
    make: ({ form }) => ({
      pop3: {
        fault: ({ verb }) =>
          verb === (form === "none" ? "UIDL" : "CAPA") ? { do: "reply", line: "-ERR unknown command" } : null,
        capabilities: (lines) => lines.filter((line) => line !== "UIDL"),
      },
    }),
  }),
  scenario({
    id: "A5",
    protocols: ["pop3"],
    title: "UIDL lines have an odd syntax.",
    does: "Message 1 has three spaces before its unique-id, 2 has +OK before its number, the numbers jump from 2 to 4, message 4 has a unique-id of 200 octets, 5 one of octets beyond ASCII; or only one of these.",
    options: { form: choice(["all", "spaces", "ok", "gap", "long", "octets"], "which of them") },
    make: ({ form }) => {
      const has = (one: string): boolean => form === "all" || form === one;
      return {
        pop3: {
          maildrop: (shown) =>
            shown
              .map((one) => (has("gap") && one.number > 2 ? { ...one, number: one.number + 1 } : one))
              .map((one) => (has("long") && one.number === 4 ? { ...one, uidl: long(one.uidl) } : one))
              .map((one) =>
                has("octets") && one.number === 5 ? { ...one, uidl: `\xe4\xf6\x81${one.uidl}` } : one,
              ),
          listing: (command, lines) =>
            command === "LIST"
              ? lines
              : lines.map((line) => {
                  if (has("spaces") && line.startsWith("1 ")) return line.replace(" ", "   ");
                  return has("ok") && line.startsWith("2 ") ? `+OK ${line}` : line;
                }),
        },
      };
    },
  }),
];
