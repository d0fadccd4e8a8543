/** What the pages of a domain's mailboxes say. */
import { mailboxes as boxes, number } from "./format.ts";

export const say = {
  title: "Mailboxes",
  table: "Mailboxes",
  search: "Find an address",
  filter: "Show",
  all: (count: number | null) => (count === null ? "All" : `All (${number(count)})`),
  stages: {
    over: "over",
    "on-the-way": "on the way",
    waiting: "need a look",
    returned: "went back",
    prepared: "prepared, not yet come",
    local: "never moved",
  },
  withCount: (word: string, count: number) => `${word} (${number(count)})`,
  address: "Address",
  state: "State",
  mail: "Messages",
  size: "Size",
  note: "What happens",
  found: (count: number) => `${boxes(count)} found`,
  page: (from: number, to: number, all: number) => `${number(from)}–${number(to)} of ${number(all)}`,
  nobody: "Nobody matches.",
  none: "No mailboxes yet. They are made by themselves at the first login, or here.",
  earlier: "Earlier",
  later: "Later",
  showAll: (count: number) => `Show all ${number(count)}`,

  add: {
    button: "Add a mailbox",
    title: "Add a mailbox",
    local: "Name",
    password: "Password",
    passwordHint: "At least one character; the person may change it.",
    isNew: "This person has no old mail",
    isNewHint:
      "The mailbox is ready at once. Otherwise it waits for the first login, which brings the old mail.",
    quota: "Quota in MB",
    quotaHint: "Empty: no limit.",
    confirm: "Add",
  },
} as const;
