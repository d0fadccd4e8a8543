/** What every page says, and the small pages before them. */

export const words = {
  product: "Mailferry",

  signIn: {
    title: "Sign in",
    name: "Name",
    password: "Password",
    button: "Sign in",
    ownMailbox: "To your own mailbox",
    ended: "Your session has ended. Sign in again; nothing is lost.",
  },
  setUp: {
    title: "Welcome",
    explain: "You are the first here. Choose a name and a password to administer this server with.",
    name: "Name",
    password: "Password",
    hint: "At least 12 characters.",
    button: "Begin",
  },
  frame: {
    signOut: "Sign out",
    overview: "Overview",
    skip: "Go to the content",
    unreachable: "The server cannot be reached. This page goes on by itself as soon as it can.",
    theme: "Light or dark",
    loading: "Loading",
    navigation: "Pages",
    menu: "Menu",
    wide: "Scroll sideways to see the whole table.",
  },
  pages: {
    overview: "Overview",
    guide: "First steps",
    domains: "Domains",
    queue: "Queue",
    log: "Log",
    settings: "Settings",
    domain: "Move",
    mailboxes: "Mailboxes",
    cutover: "Cutover",
    "domain-settings": "Settings",
    ofDomain: (domain: string) => `Pages of ${domain}`,
  },
  parts: {
    over: "over",
    onTheWay: "on the way",
    waiting: "need a look",
    missing: "not yet come",
  },
  confirm: {
    cancel: "Cancel",
  },
  conflict: {
    title: "Somebody else changed this meanwhile.",
    theirs: "Now it is",
    mine: "You typed",
    takeTheirs: "Leave it as it is now",
    keepMine: "Go on with mine",
  },
  trouble: {
    unreachable: "The server cannot be reached. What you typed is kept; try again.",
    unknown: "Something went wrong. The server's log says more.",
    pageFailed: "This page could not be shown.",
    loadAgain: "Load it again",
  },
} as const;
