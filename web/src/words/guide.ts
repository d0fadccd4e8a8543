/** What the guide through the first steps says. */
import type { RehearsalView } from "#http/rehearsal";
import { duration, messages, number, octets, people } from "./format.ts";

export const say = {
  title: "First steps",
  explain:
    "From the first domain to the first login. Each step can be left and taken up again: what is done is seen from the server itself.",
  which: "Domain that moves",
  states: { done: "Done", open: "To do", later: "Later" } as const,
  progress: (done: number, all: number) => `${number(done)} of ${number(all)} steps are done.`,
  steps: {
    domain: "The domain",
    old: "The old server",
    message: "The migration message, and begin",
    unknown: "Mail for those who have not come",
    programs: "Where programs and DNS point",
    watch: "The first test login",
  } as const,
  next: "Go on",
  skip: "Skip this step",
  needsDomain: "The domain comes first.",
  needsOld: "Describe the old server first, in the step before.",
  domain: {
    explain: "The domain whose mail moves to this server, as it stands behind the @ of people's addresses.",
    name: "Domain name",
    add: "Add the domain",
    isThere: (name: string) => `${name} is a local domain here.`,
    another: "Another domain",
  },
  old: {
    explain:
      "The rehearsal looks at the old server with a test login and changes nothing there. The password is used for this alone; it is not kept.",
    isOn: (server: string) => `The migration is on, from ${server}.`,
    change: "Change it in the settings of the domain",
    person: "Address of the test login",
    password: "Its password there",
    retrieve: "Also read a few of its messages",
    retrieveHint:
      "Tells more: how fast copying is, whether reading marks or deletes. One message is read alone first, and more only if it stays.",
    rehearse: "Rehearse",
    again: "Rehearse again",
    running: "Looking at the old server. This takes up to a minute; the page may be left.",
  },
  rehearsal: {
    title: "What the rehearsal found",
    verdicts: {
      go: "Go: the move can begin.",
      options: "Go, with these options: set or do what is named below first.",
      stop: "Stop: mend what is named below, and rehearse again.",
    },
    levels: { stop: "Stop", option: "To set or do", note: "Good to know", good: "As it should be" },
    about: (whom: readonly string[]) => `About ${whom.join(", ")}`,
    todo: "What to do:",
    take: "Take this option over",
    taken: "Taken over",
    takeAll: "Take all options over",
    table: "Test logins",
    person: "Test login",
    nameThere: "Name there",
    notIn: "not let in",
    mailbox: "Its mailbox",
    amount: (count: number, size: number) => `${messages(count)}, ${octets(size)}`,
    programs: "What mail programs download again",
    again: { nothing: "nothing", some: "some mail", everything: "everything", unknown: "not known" },
    time: ({ mailboxes, seconds, domain }: RehearsalView["totals"]) => {
      if (mailboxes === 0 || seconds === null) return "";
      const all =
        domain === null || domain.seconds === null
          ? ""
          : ` For all ${people(domain.people)} who are known, if each has as much: about ${duration(domain.seconds)}.`;
      return `Copying these takes about ${duration(seconds)}.${all}`;
    },
  },
  message: {
    explain: "Each person finds this message behind the old ones, after the first login.",
    begin: "Switch the migration on",
    beginExplain:
      "From now on a first login with the old name and password brings a person over. Nobody is moved before.",
    isOn: "The migration is on. The message can be changed in the settings of the domain, for those who come later.",
    notRehearsed: "The old server has not been rehearsed in this window. That is not needed, but wise.",
  },
  unknown: {
    explain:
      "Mail for people who have not come yet is piped to the old server, so nothing changes for them. For that a remote domain is made: a route to the old server's SMTP.",
    name: "Name of the remote domain",
    host: "Old server's SMTP",
    hostHint: "HOST or HOST:PORT, 25 unless told",
    make: "Make the route and pipe unknown users there",
    isPiped: (rule: string) => `Mail for unknown users: ${rule}`,
    other: "It is not a pipe. While people still come, mail for the others would not reach them.",
    wrong: (text: string) => `"${text}" is no HOST or HOST:PORT.`,
    taken: (name: string) => `${name} is a domain of another kind already: choose another name.`,
  },
  programs: {
    explain:
      "Point people's programs, or the DNS names they use, at this server; then the MX. What leads here now is said below.",
  },
  watch: {
    explain:
      "Log in with a mail program that points here, with a name and password of the old server. It shows below as it happens.",
    nobody: "Nobody has come yet. Waiting for the first login …",
    came: (who: string, protocol: string, at: string, peer: string) =>
      `${who} logged in over ${protocol}, ${at}, from ${peer}.`,
    protocols: { pop3: "POP3", imap: "IMAP", submission: "SMTP submission", web: "the web" } as Record<
      string,
      string
    >,
    fills: (here: number, all: number, size: string, sizeAll: string) =>
      `${number(here)} of ${messages(all)} here, ${size} of ${sizeAll}.`,
    progressOf: (who: string) => `Old mail of ${who} that is here`,
    done: "That is all: people can come. The page of the domain shows who is over.",
    open: "Open the move",
  },
} as const;
