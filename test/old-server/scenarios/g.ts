/** Group G of the failure catalogue: an old server on a bad day. */
import { plainMail } from "./mail.ts";
import { choice, counted, number, scenario, timesOption } from "./scenario.ts";

export const operationScenarios = [
  scenario({
    id: "G5",
    protocols: ["pop3"],
    title: "Many messages cannot be had.",
    does: "RETR of every message whose number is a multiple of `every` answers -ERR.",
    options: { every: number(10, "which of them") },
    make: ({ every }) => ({
      pop3: {
        fault: ({ verb, argument }) =>
          verb === "RETR" && every > 0 && Number(argument) % every === 0
            ? { do: "reply", line: "-ERR cannot open message" }
            : null,
      },
    }),
  }),
  scenario({
    id: "G6",
    protocols: ["pop3"],
    title: "Messages cannot be had for now.",
    does: "The first `times` RETRs are answered with a temporary error.",
    options: { times: timesOption(3) },
    make: ({ times }) => {
      const may = counted(times);
      return {
        pop3: {
          fault: ({ verb }) =>
            verb === "RETR" && may()
              ? { do: "reply", line: "-ERR [SYS/TEMP] server error, try later" }
              : null,
        },
      };
    },
  }),
  scenario({
    id: "G10",
    protocols: ["pop3"],
    title: "It bears few connections, and is slow.",
    does: "A connection beyond `most` at once is turned away, and every answer comes after `delay` milliseconds.",
    options: { most: number(4, "connections at once"), delay: number(20, "milliseconds before each answer") },
    make: ({ most, delay }) => {
      const open = new Set<number>();
      return {
        pop3: {
          fault: ({ verb, connection }) => {
            if (verb === "CONNECT") {
              if (open.size >= most) return { do: "reply", line: "-ERR too many connections" };
              open.add(connection);
            }
            return delay === 0
              ? null
              : { do: "wait", until: new Promise((resolve) => setTimeout(resolve, delay)) };
          },
          closed: (connection) => void open.delete(connection),
        },
      };
    },
  }),
  scenario({
    id: "G18",
    protocols: ["pop3", "smtp"],
    title: "It dies in the middle.",
    does: "After `retrieved` RETRs every POP3 and SMTP connection ends at its next command, and none is greeted again.",
    options: { retrieved: number(10, "RETRs that are answered") },
    make: ({ retrieved }) => {
      let count = 0;
      return {
        pop3: {
          fault: ({ verb }) => {
            if (count >= retrieved) return { do: "drop" };
            if (verb === "RETR") count++;
            return null;
          },
        },
        smtp: { fault: () => (count >= retrieved ? { do: "drop" } : null) },
      };
    },
  }),
  scenario({
    id: "G21",
    protocols: ["pop3"],
    title: "Another account answers under the same name.",
    does: "After `after` logins to a maildrop it shows `count` messages that were never there (form=other), or nothing (form=empty).",
    options: {
      after: number(1, "logins that still see the right one"),
      count: number(5, "messages of the other account"),
      form: choice(["other", "empty"], "what is shown"),
    },
    make: ({ after, count, form }, { domain }) => ({
      pop3: {
        maildrop: (shown, { login }) => {
          if (login <= after) return shown;
          return Array.from({ length: form === "empty" ? 0 : count }, (_, index) => {
            const octets = plainMail(`stranger@${domain}`, `not yours ${index + 1}`);
            const uidl = `stranger-${index + 1}`;
            return { number: index + 1, message: { uidl, octets }, uidl, size: octets.length };
          });
        },
      },
    }),
  }),
];
