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

  bring: {
    button: "Bring people",
    title: "Bring people who do not come",
    explain:
      "With an administrator's login on the old server, mailboxes come over without their owners' passwords. Each owner's first login here, with the old password, sets it.",
    people: "Addresses",
    peopleHint: "One a line; a name alone is one of this domain.",
    admin: "Administrator's name there",
    form: "Login name for a person",
    formHint: "{local} or {address}, and {admin}: Dovecot's master users are {local}*{admin}.",
    password: "Administrator's password there",
    confirm: (count: number) =>
      count === 0 ? "Bring them" : `Bring ${count === 1 ? "one person" : `${number(count)} people`}`,
    progress: (done: number, all: number) => `${number(done)} of ${number(all)} asked.`,
    results: {
      brought: "brought",
      "here-already": "was here already",
      refused: "refused by the old server",
      "cannot-tell": "the old server could not be asked",
      "not-tried": "not tried",
    },
    result: "What came of it",
  },
} as const;
