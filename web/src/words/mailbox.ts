/** What the page of one mailbox says. */
import { messages, number, octets } from "./format.ts";

export const say = {
  unknown: (address: string) => `There is no mailbox ${address} here.`,
  holds: (count: number, size: string, quota: string | null) =>
    `${messages(count)}, ${size}${quota === null ? ", no limit" : ` of ${quota}`}.`,
  made: (at: string) => `Made ${at}.`,

  move: {
    title: "The move",
    progress: (here: number, all: number, size: string, allSize: string) =>
      `${messages(here)} of ${all.toLocaleString("en")} here, ${size} of ${allSize}.`,
    checked: (at: string) => `Last compared with the old server ${at}.`,
    none: "This mailbox never had old mail to bring.",
    prepared: "Prepared here. The old mail comes with its owner's first login.",
    pause: "Pause",
    resume: "Go on",
    resumeAll: "Go on, although reading deletes there",
    resumeAllWarning: "The old server deletes or hides what is read: the copy here will be the only one.",
    retry: "Try again now",
  },
  ledger: {
    title: "Messages of the old server",
    table: "What became of each message of the old server",
    search: "Find a subject, a sender or a unique-id",
    filter: "Show",
    all: "All",
    outcomes: {
      copied: "copied",
      waiting: "to be copied",
      failing: "failed, will be tried again",
      skipped: "not taken",
      "already-here": "was here already",
    },
    message: "Message",
    outcome: "What became of it",
    date: "Date",
    size: "Size",
    noSubject: "(no subject)",
    unseen: "(not looked at yet)",
    uniqueId: (id: string) => `unique-id ${id}`,
    gone: (since: string) => `Not listed there since ${since}.`,
    next: (at: string) => `Next try ${at}.`,
    retry: "Try again",
    retryOne: (what: string) => `Try again: ${what}`,
    none: "No message matches.",
    report: "Report of this mailbox",
  },
  folders: {
    title: "Folders",
    name: "Folder",
    messages: "Messages",
  },
  settings: {
    title: "Settings",
    password: "New password",
    setPassword: "Set the password",
    passwordSet: "The password is set. Open sessions have ended.",
    passwordNote: "From then on the password here counts, whatever the old server says.",
    quota: "Quota in MB",
    quotaHint: "Empty: no limit. Old mail comes over whatever the quota is.",
    quotaOf: (megabytes: number | string) => (megabytes === "" ? "no limit" : `${megabytes} MB`),
    setQuota: "Set the quota",
    quotaSet: "The quota is set.",
  },
  aliases: {
    title: "Other addresses",
    explain: (mailbox: string) => `Mail for these addresses comes to ${mailbox}.`,
    none: "No other address leads here.",
    shared: (others: number) =>
      `goes to ${others === 1 ? "1 other address" : `${number(others)} others`}, too`,
    byDomain: "by an alias domain",
    later: "Show more",
    address: "Another address",
    add: "Add the address",
    added: (alias: string) => `Mail for ${alias} comes here now.`,
    checking: "Looking whether this can be …",
    refused: "This cannot be added",
    comes: (alias: string) => `Mail for ${alias} will come here.`,
    comesToo: (alias: string, others: string) =>
      `Mail for ${alias} goes to ${others} already: it will come here as well.`,
    remove: "Remove",
    removeOf: (alias: string) => `Remove ${alias}`,
    confirm: (alias: string) => `Remove ${alias}?`,
    gone: (alias: string) => `${alias} does not lead here any more: somebody has removed it.`,
    last: (alias: string, mailbox: string) =>
      `Mail for ${alias} no longer comes to ${mailbox}; it is treated as for an unknown user.`,
    stays: (alias: string, mailbox: string, others: string) =>
      `Mail for ${alias} no longer comes to ${mailbox}; it still goes to ${others}.`,
    some: (first: readonly string[], more: number) =>
      more === 0 ? first.join(", ") : `${first.join(", ")} and ${number(more)} more`,
    toAll: "All other addresses of this domain",
  },
  remove: {
    button: "Remove this mailbox",
    title: (address: string) => `Remove ${address}?`,
    explain: (count: number, size: number) =>
      `${messages(count)} (${octets(size)}) are deleted here, and nothing brings them back.`,
    migrating:
      "The old server keeps what it has. The next login here with the old password brings the mailbox back.",
    confirm: "Remove it with its mail",
  },
  back: {
    button: "Send back to the old server",
    title: (address: string) => `Send ${address} back?`,
    allFolders: "Also send what lies in Sent, Drafts, Trash and Junk",
    goes: (count: number, size: string) =>
      `${messages(count)} (${size}) that came here since the move are sent to the old server.`,
    nothingGoes: "Nothing came here since the move: nothing has to be sent.",
    stays: (count: number, folder: string) => `${messages(count)} in ${folder} stay here.`,
    deleted: (count: number) => `${messages(count)} that were deleted here are still on the old server.`,
    logins: "New mail goes to the old server again, and logins here are refused until this is undone.",
    confirm: "Send back",
    where: "Back on the old server",
    phases: {
      sending: "Mail is on its way there.",
      proving: "Looking there for what was sent.",
      proved: "Everything that was sent was found there.",
      unproved: "Not everything that was sent was found there.",
    },
    sent: (accepted: number, all: number, found: number) =>
      `${accepted} of ${messages(all)} accepted there, ${found} found.`,
    undo: "Let them come over again",
    undone: "The next login here brings them over again.",
    undoneAtOnce: "They are here again.",
  },
} as const;
