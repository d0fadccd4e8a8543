/** What a person's own page says. */
import { messages, number, plural } from "./format.ts";

export const say = {
  title: "Your mailbox",
  signIn: {
    title: "Your mailbox",
    note: "Sign in with your mail address and its password, as in your mail program.",
    address: "Mail address",
    wait: "The first time this can take a moment: your old mail is looked for.",
    administrators: "For administrators",
  },
  move: {
    title: "Where your mail is",
    states: {
      preparing: "Your mailbox is being prepared. This page goes on by itself.",
      "at-home": "Your mail is here.",
      copying: "You have moved. Your old mail is on its way here.",
      following: "You have moved, and all your old mail is here.",
      settled: "Your move is finished. All your mail is here.",
      waiting: "You have moved. The old mail server does not answer well just now; the rest comes by itself.",
      "needs-password":
        "You have moved. The old mail server does not take your old password any more, so the rest cannot be fetched: if you changed it there, sign in here with that password once, or ask your administrator.",
      paused: "You have moved. Your administrator holds the rest of your old mail back for the moment.",
      returned:
        "Your mail is on the old mail server again: use the settings you had before. Your administrator knows more.",
    },
    progress: (here: number, all: number) => `${number(here)} of ${messages(all)} are here.`,
    remaining: (time: string) => `About ${time} left.`,
    meanwhile: "You can read and write meanwhile: a message you open is fetched first.",
    checked: (at: string) => `Last compared with the old mail server ${at}.`,
    used: (size: string) => `Your mailbox holds ${size}.`,
    usedOf: (size: string, quota: string) => `Your mailbox holds ${size} of ${quota}.`,
  },
  programs: {
    title: "Settings for your mail program",
    table: "Servers and ports",
    thunderbird:
      "Thunderbird finds them by itself when your administrator has published the addresses for it.",
    outlook: "Outlook does, too: type in your address and password.",
    apple: "iPhone, iPad and Mac take them from a profile: open it, and confirm in the device's settings.",
    profile: "Profile for iPhone, iPad and Mac",
    byHand:
      "Every other program takes them by hand. One service to receive is enough; IMAP is the better one.",
    service: "Service",
    services: { imap: "Receive (IMAP)", pop3: "Receive (POP3)", smtp: "Send (SMTP)" },
    server: "Server",
    port: "Port",
    security: "Security",
    securities: { tls: "SSL/TLS", starttls: "STARTTLS", none: "none (on this machine only)" },
    userName: "User name",
    all: "all services",
    password: "The password is the one you signed in with; SMTP needs it too.",
    copy: "Copy",
    copied: "Copied",
    copyOne: (what: string, of: string, text: string) => `Copy: ${what}, ${of}: ${text}`,
  },
  password: {
    title: "Change the password",
    explain:
      "The new password counts here, for all your programs. All other sessions end, and each program asks for it.",
    old: "Password until now",
    new: "New password",
    hint: "At least 10 characters.",
    button: "Change the password",
    done: "Your password is changed. Put it into each of your mail programs.",
    doneWhileFollowed:
      "Your password is changed. Put it into each of your mail programs. Leave the password on the old mail server as it is until your move is finished: the rest of your mail is fetched with it.",
  },
  signIns: {
    title: "Recent sign-ins",
    table: "Sign-ins by protocol and place",
    explain: "Is one of them not yours? Change the password, and tell your administrator.",
    none: "None yet.",
    last: "Last",
    with: "With",
    protocols: { pop3: "POP3", imap: "IMAP", submission: "sending mail", web: "this page" },
    from: "From",
    count: "How often",
    times: (count: number) => plural(count, "time", "times"),
  },
} as const;
