/** Group A of the failure catalogue: listings that do not tell what is there. */
import { type OldMailbox, type OldMessage, put } from "../maildrop.ts";
import { numbered, type Pop3View, type Shown } from "../pop3-behaviour.ts";
import { plainMail } from "./mail.ts";
import { choice, counted, number, scenario, timesOption } from "./scenario.ts";

/** The message that arrives between two commands. */
function arrive(view: Pop3View, at: number | null, domain: string): void {
  const message = put(view.mailbox, plainMail(`${view.mailbox.name}@${domain}`, "arrived in between"));
  const shown = { number: 0, message, uidl: message.uidl, size: message.octets.length };
  const index = at === null ? view.shown.length : at - 1;
  if (at !== null) {
    view.mailbox.messages.pop();
    view.mailbox.messages.splice(index, 0, message);
  }
  view.shown = numbered([...view.shown.slice(0, index), shown, ...view.shown.slice(index)]);
}

function vanish(view: Pop3View, number: number): void {
  const gone = view.shown.find((one) => one.number === number);
  if (!gone) return;
  view.shown = view.shown.filter((one) => one !== gone);
  const at = view.mailbox.messages.indexOf(gone.message);
  if (at >= 0) view.mailbox.messages.splice(at, 1);
}

/** Octets as different servers count them. */
const countings: Readonly<Record<string, (shown: Shown) => number>> = {
  third: ({ size }) => Math.floor(size / 3),
  triple: ({ size }) => size * 3,
  rounded: ({ size }) => Math.ceil(size / 1024) * 1024,
  lf: ({ message }) => message.octets.reduce((sum, octet) => sum + (octet === 13 ? 0 : 1), 0),
  zero: () => 0,
  negative: ({ size }) => size,
};

export const listingScenarios = [
  scenario({
    id: "A6",
    protocols: ["pop3"],
    title: "Mail arrives or goes between LIST and UIDL.",
    does: "After LIST was answered a message arrives at the end (form=end) or before message `at`, all others moving up (form=middle), or message `at` goes (form=gone); `times` times in all.",
    options: {
      form: choice(["end", "middle", "gone"], "what happens"),
      at: number(2, "where"),
      times: timesOption(1),
    },
    make: ({ form, at, times }, { domain }) => {
      const may = counted(times);
      return {
        pop3: {
          answered: (verb, _shown, view) => {
            if (verb !== "LIST" || !may()) return;
            if (form === "gone") vanish(view, at);
            else arrive(view, form === "end" ? null : at, domain);
          },
        },
      };
    },
  }),
  scenario({
    id: "A7",
    protocols: ["pop3"],
    title: "The order of messages differs between sessions.",
    does: "After `after` logins to a maildrop its messages are listed in the reverse order (form=reversed) or with the first half after the second (form=rotated).",
    options: {
      after: number(1, "logins that still see the first order"),
      form: choice(["reversed", "rotated"], "the other order"),
    },
    make: ({ after, form }) => ({
      pop3: {
        maildrop: (shown, { login }) => {
          if (login <= after) return shown;
          const half = Math.floor(shown.length / 2);
          return numbered(
            form === "reversed" ? shown.toReversed() : [...shown.slice(half), ...shown.slice(0, half)],
          );
        },
      },
    }),
  }),
  scenario({
    id: "A11",
    protocols: ["pop3"],
    title: "After a dropped connection the maildrop looks emptied for a while.",
    does: "After a session that ended without QUIT (or after the login number `after`) the next `sessions` sessions of that maildrop show only its first `left` messages; then all are back.",
    options: {
      sessions: number(1, "sessions that see it so"),
      left: number(0, "messages that are still shown"),
      after: number(0, "0: after a drop; else after so many logins"),
    },
    make: ({ sessions, left, after }) => {
      const shrunk = new Map<OldMailbox, number>();
      return {
        pop3: {
          maildrop: (shown, { mailbox, login }) => {
            if (after > 0 && login === after + 1) shrunk.set(mailbox, sessions);
            const more = shrunk.get(mailbox) ?? 0;
            if (more === 0) return shown;
            shrunk.set(mailbox, more - 1);
            return shown.slice(0, left);
          },
          ended: (how, { mailbox }) => {
            if (how === "drop" && after === 0) shrunk.set(mailbox, sessions);
          },
        },
      };
    },
  }),
  scenario({
    id: "A14",
    protocols: ["pop3"],
    title: "LIST and STAT state wrong sizes.",
    does: "Every stated size is a third or three times the right one, rounded up to 1024, counted with one octet for a line's end, 0, or right with the sum of STAT negative.",
    options: {
      form: choice(["third", "triple", "rounded", "lf", "zero", "negative"], "how they are counted"),
    },
    make: ({ form }) => ({
      pop3: {
        maildrop: (shown) => shown.map((one) => ({ ...one, size: countings[form]?.(one) ?? one.size })),
        ...(form === "negative"
          ? { stat: (count: number, octets: number) => [count, -octets] as const }
          : {}),
      },
    }),
  }),
  scenario({
    id: "A19",
    protocols: ["pop3"],
    title: "A session shows so many messages at most.",
    does: "STAT, LIST and UIDL know only the `most` newest (form=newest) or oldest (form=oldest) messages, or the `most` oldest of those that no earlier session has retrieved (form=moving).",
    options: {
      most: number(250, "messages a session shows"),
      form: choice(["newest", "oldest", "moving"], "which of them"),
    },
    make: ({ most, form }) => {
      const retrieved = new Set<OldMessage>();
      return {
        pop3: {
          maildrop: (shown) => {
            if (form === "newest") return numbered(shown.slice(Math.max(shown.length - most, 0)));
            const left = form === "moving" ? shown.filter(({ message }) => !retrieved.has(message)) : shown;
            return numbered(left.slice(0, most));
          },
          answered: (verb, shown) => {
            if (verb === "RETR" && shown) retrieved.add(shown.message);
          },
        },
      };
    },
  }),
  scenario({
    id: "A24",
    protocols: ["pop3"],
    title: "POP3 shows more than the INBOX.",
    does: "Each maildrop shows `count` further messages, of a spam folder, after those of the INBOX.",
    options: { count: number(3, "messages of the other folder") },
    make: ({ count }, { domain }) => ({
      pop3: {
        maildrop: (shown, { mailbox }) => {
          const others = Array.from({ length: count }, (_, index): Shown => {
            const octets = plainMail(`${mailbox.name}@${domain}`, `spam ${index + 1}`, ["X-Folder: Spam"]);
            const message = { uidl: `spam-${index + 1}`, octets };
            return { number: 0, message, uidl: message.uidl, size: octets.length };
          });
          return numbered([...shown, ...others]);
        },
      },
    }),
  }),
  scenario({
    id: "A30",
    protocols: ["pop3"],
    title: "Another program takes a message away while this session goes on.",
    does: "Once `after` messages were retrieved in a session, message `at` is gone: RETR answers -ERR, and no later session lists it; `times` times in all.",
    options: {
      after: number(2, "messages retrieved before"),
      at: number(5, "the message that goes"),
      times: timesOption(1),
    },
    make: ({ after, at, times }) => {
      const may = counted(times);
      const retrieved = new WeakMap<Pop3View, number>();
      return {
        pop3: {
          answered: (verb, shown, view) => {
            if (verb !== "RETR" || !shown) return;
            const count = (retrieved.get(view) ?? 0) + 1;
            retrieved.set(view, count);
            if (count === after && may()) vanish(view, at);
          },
        },
      };
    },
  }),
];
