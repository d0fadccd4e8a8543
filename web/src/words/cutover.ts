/** What the page of a cutover says. */
import type { CutoverPlanView, CutoverView } from "#http/cutover";
import { mailboxes, messages, number, octets, people, plural } from "./format.ts";

type Step = CutoverView["steps"][number]["step"];
type Kind = CutoverPlanView["blockers"][number]["kind"];

const steps: Readonly<Record<Step, string>> = {
  defer: "Mail for people who have not moved is put off (450), so that none goes to the old server any more.",
  drain: "What was accepted for the old server before goes out.",
  quiet: "The old server puts what it took last into its maildrops.",
  sweep: "All old maildrops are checked until nothing new comes.",
  certify: "Every old maildrop is listed once more and compared with what is here.",
  resweep: "A last check finds nothing.",
  reject: "Mail for unknown users is refused.",
  end: "The migration ends, and its old passwords are destroyed.",
  park: "Nothing goes out to the old server any more.",
};

/** What to do about each kind of thing in the way, and what the link there says. */
const remedies: Readonly<Record<Kind, { readonly advice: string; readonly link: string }>> = {
  "not-come": {
    advice: "Ask its owner to read mail once, with the usual name and password; or bring the mailbox over.",
    link: "Mailboxes",
  },
  prepared: { advice: "Ask its owner to read mail once; or remove the mailbox.", link: "Open the mailbox" },
  returned: { advice: "Let its owner come over again.", link: "Open the mailbox" },
  "old-mail": { advice: "Wait until everything is copied, or check mailboxes.", link: "Open the mailbox" },
  state: { advice: "See what it waits for.", link: "Open the mailbox" },
  "no-password": { advice: "Set a password, or ask its owner to log in once.", link: "Open the mailbox" },
};

function notMoved({ people: count, withRecentMail }: CutoverPlanView["notMoved"]): string {
  if (count === 0) return "Everybody who is known has moved.";
  if (count > 1)
    return `${people(count)} have not moved; ${number(withRecentMail)} of them received mail this week.`;
  return `1 person has not moved, and received ${withRecentMail > 0 ? "" : "no "}mail this week.`;
}

export const say = {
  title: (domain: string) => `Cutover of ${domain}`,
  steps,
  remedies,

  plan: {
    moved: ({ mailboxes: boxes, messages: mail, octets: size }: CutoverPlanView["moved"]) =>
      `${mailboxes(boxes)} have moved: ${messages(mail)}, ${octets(size)}.`,
    notMoved,
    queued: (count: number) =>
      count === 0
        ? "No mail waits to go to the old server."
        : `Mail for ${plural(count, "recipient", "recipients")} waits to go to the old server; it goes out first.`,
    off: "No migration is on.",
    rule: (rule: string) => `Mail for unknown users now: ${rule}`,
  },

  checklist: {
    title: "Steps",
    states: { done: "done", now: "now", left: "to come", ended: "stopped here" },
    head: {
      none: "Nothing has begun. These steps will be taken, in this order, and each can be undone.",
      running: "The cutover goes on by itself, also when this page is closed.",
      refused: "It stopped, and nothing is lost: mail for unknown users goes where it went before.",
      done: "The move is over.",
      undoing: "It is being undone.",
      undone: "It was undone: the migration is on as it was before.",
    },
    begun: (at: string) => `Begun ${at}.`,
    waits: (what: string) => `It waits: ${what}`,
    givenUp: (addresses: readonly string[]) => `Given up by name: ${addresses.join(", ")}`,
    stoppedBy: "What stopped it",
  },

  blockers: {
    title: (count: number) => `In the way: ${number(count)}`,
    none: "Nothing is in the way.",
    explain:
      "Each of these would be lost or cut off. Do what it says, or give it up: then it is not waited for, and the certificate names it.",
    search: "Find an address",
    address: "Address",
    what: "What is in the way",
    remedy: "What to do",
    giveUp: "Give up",
    giveUpOne: (address: string) => `Give up ${address}`,
    more: (count: number) => `${number(count)} more are not shown here. Name them below to give them up.`,
    byName: "Give up by name",
    byNameHint: "One address a line. What is ticked above need not be repeated.",
    chosen: (count: number) => `${people(count)} will be given up.`,
    page: (from: number, to: number, all: number) => `${number(from)}–${number(to)} of ${number(all)}`,
    earlier: "Earlier",
    later: "Later",
    nobody: "Nobody matches.",
  },

  begin: {
    button: "Cut over",
    title: (domain: string) => `Cut over ${domain}?`,
    willHappen: "This will happen:",
    effects: ({
      moved,
      notMoved: absent,
      queued,
      route,
      unknownUsers,
    }: CutoverPlanView): readonly string[] => [
      `${mailboxes(moved.mailboxes)} with ${messages(moved.messages)} are compared with the old server, message by message.`,
      ...(queued > 0 ? [`Mail for ${plural(queued, "recipient", "recipients")} goes out first.`] : []),
      notMoved(absent),
      ...(absent.people > 0 ? ["Mail for who has not moved is refused afterwards."] : []),
      `Mail for unknown users is put off, and refused at the end (now: ${unknownUsers ?? "–"}).`,
      `${plural(moved.mailboxes, "old password is", "old passwords are")} destroyed.`,
      ...(route === null ? [] : [`Nothing goes out through ${route} any more.`]),
      "It takes some minutes. It stops by itself where anything would be lost, and every step can be undone.",
    ],
    givesUp: (count: number) => `I give up ${people(count)} by name:`,
    andMore: (count: number) => `and ${number(count)} more`,
  },

  undo: {
    button: "Undo the cutover",
    title: "Undo the cutover?",
    effects: (view: CutoverView): readonly string[] => [
      "Mail for unknown users is treated as before the cutover.",
      ...(view.route === null ? [] : [`Mail goes out through ${view.route} again.`]),
      view.steps.some(({ step, state }) => step === "end" && state === "done")
        ? "The migration is on again. The old passwords were destroyed: each comes back when its owner logs in next."
        : "The migration stays on, with its old passwords.",
      ...(view.giveUp.length > 0 ? [`${people(view.giveUp.length)} given up by name stay given up.`] : []),
      "No mail is moved or deleted. Certificates are kept.",
    ],
  },

  people: {
    title: "Who has no home here yet",
    explain:
      "Addresses that the old server takes mail for, that somebody tried to log in as, or that you expect. Nothing ends before the expected ones have come.",
    table: "Addresses without a home here",
    show: "Show them",
    headers: "Look into the headers of all mail as well",
    none: "Everybody known has a home here.",
    columns: {
      address: "Address",
      likely: "Probably",
      expected: "Expected",
      lastMail: "Last mail",
      piped: "Mail piped",
      tried: "Logins refused",
      named: "Named in",
    },
    likely: { person: "a person", role: "a role", machine: "a machine", unknown: "not known" },
    yes: "yes",
    expect: "Say who will come",
    expectHint: "One address a line. They are waited for until they have come.",
    expectButton: "Expect them",
    unexpectButton: "Expect them no longer",
    expected: (count: number) => `${people(count)} are expected who have not come yet.`,
  },

  proof: {
    title: "Certificate",
    none: "There is none yet. The cutover makes one; you can make one at any time, and nothing is changed by it.",
    make: "Compare now",
    compared: (done: number, all: number) => `${number(done)} of ${mailboxes(all)} compared`,
    closes: "The sum closes: every message of the old server is accounted for.",
    open: "The sum does not close: messages are unaccounted for. They are named below.",
    facts: {
      number: "Number",
      oldServer: "Old server",
      greeting: "Its greeting",
      fingerprint: "Its certificate (SHA-256)",
      compared: "Compared",
      mailboxes: "Mailboxes",
      root: "Root hash",
      software: "Made by",
      givenUp: "Given up by name",
    },
    earlier: (count: number) =>
      `${plural(count, "earlier certificate is", "earlier certificates are")} kept.`,
    verify: "Verify again",
    verifyExplain: "Reads all content again and makes every hash again. It may be left; nothing is changed.",
    verified: (count: number, size: number) => `${messages(count)} verified, ${octets(size)}`,
    good: (count: number, since: number) =>
      `All is as certified: ${messages(count)} verified${since > 0 ? `, ${number(since)} deleted by their owners since` : ""}.`,
    bad: (damaged: number, wrong: number) =>
      `Not as certified: ${messages(damaged)} damaged or missing, ${plural(wrong, "hash", "hashes")} different. Restore a backup, and keep the old server.`,
    cutOff: "The server broke off: its log says why. Try again.",
    damaged: (address: string, uidl: string, problem: string) => `${address}: ${uidl}: ${problem}`,
    stop: "Stop",
  },

  report: {
    title: "Report",
    read: "Read the report",
    asItIs: "as it is now: nothing is proved yet",
    byCertificate: (id: number) => `by certificate ${number(id)}`,
    print: "Print",
    download: "Download:",
    forms: { text: "Text", html: "HTML", json: "JSON", csv: "CSV" },
    columns: {
      mailbox: "Mailbox",
      listed: "On old server",
      here: "Here",
      deleted: "Deleted here",
      skipped: "Skipped",
      unaccounted: "Unaccounted",
      result: "Result",
    },
    total: (count: number) => mailboxes(count),
    closes: "closes",
    open: "does not close",
    namedTitle: "Not taken, unaccounted for, or gone from the old server",
    named: { message: "Message", what: "What", size: "Size", why: "Why" },
    noSubject: "(subject not known)",
    leftOut: (count: number) => `${number(count)} more: the CSV names them all.`,
    staysTitle: "What stays on the old server",
    search: "Find a mailbox",
  },

  byHand: {
    title: "Step by step, by hand",
    explain:
      "The cutover does all of this with the same guards. Who wants to do each step alone does it here.",
    reject: "Refuse mail for unknown users",
    rejectEffects: ({ notMoved: absent, unknownUsers }: CutoverPlanView): readonly string[] => [
      `Mail for unknown users is refused (now: ${unknownUsers ?? "–"}).`,
      notMoved(absent),
      "The rule can be set back at any time.",
    ],
    rejectExplain: "Refused while people have not come, but for those given up above.",
    off: "Switch the migration off",
    offTitle: (domain: string) => `Switch the migration of ${domain} off?`,
    offExplain:
      "Old passwords are destroyed. Refused while old mail is missing here, but for those given up above.",
    offEffects: ({ moved, queued }: CutoverPlanView): readonly string[] => [
      `${plural(moved.mailboxes, "old password is", "old passwords are")} destroyed, and old maildrops are not looked at any more.`,
      ...(queued > 0
        ? [`Mail for ${plural(queued, "recipient", "recipients")} still waits to go there.`]
        : []),
      "There is no undo but switching the migration on again: then people log in once more.",
    ],
    remove: (route: string) => `Remove ${route}`,
    removeTitle: (route: string) => `Remove the remote domain ${route}?`,
    removeExplain:
      "The way to the old server is not needed any more. After that the cutover cannot be undone.",
    done: "Done.",
    giveUp: (count: number) => `${people(count)} are given up by name.`,
  },
} as const;
