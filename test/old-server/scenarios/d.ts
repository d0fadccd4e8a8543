/** Group D of the failure catalogue: what the old server's login does. */
import type { OldMailbox } from "../maildrop.ts";
import { type Admission, owner } from "../pop3-behaviour.ts";
import { choice, counted, number, scenario, text, timesOption } from "./scenario.ts";

const wrong: Admission = { refusal: "-ERR [AUTH] wrong name or password" };
const minutes = 60_000;

const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, count * 1000).unref());

export const loginScenarios = [
  scenario({
    id: "D1",
    protocols: ["pop3"],
    title: "It says +OK to a wrong password.",
    does: "Every password of a known name is answered with +OK; where it was wrong, every command after it fails.",
    options: {},
    make: () => ({
      pop3: {
        login: (attempt) => {
          const mailbox = attempt.mailboxes.find(attempt.name);
          if (!mailbox || owner(attempt)) return null;
          return { mailbox, hollow: "-ERR User is authenticated but not connected" };
        },
      },
    }),
  }),
  scenario({
    id: "D2",
    protocols: ["pop3"],
    title: "It locks out after wrong passwords.",
    does: "After `wrong` wrong passwords in a row the account (form=account) or everybody (form=address, since all come from one address) is refused for `minutes` minutes, whatever the password.",
    options: {
      wrong: number(3, "passwords that are borne"),
      minutes: number(15, "how long"),
      form: choice(["account", "address"], "who is locked out"),
    },
    make: ({ wrong: most, minutes: length, form }, { now }) => {
      const strikes = new Map<string, { count: number; at: number }>();
      return {
        pop3: {
          login: (attempt) => {
            const key = form === "account" ? attempt.name.toLowerCase() : "";
            const before = strikes.get(key) ?? { count: 0, at: 0 };
            if (before.count >= most && now() - before.at < length * minutes)
              return { refusal: "-ERR account temporarily locked, too many failed logins", busy: true };
            if (owner(attempt)) strikes.delete(key);
            else strikes.set(key, { count: before.count + 1, at: now() });
            return null;
          },
        },
      };
    },
  }),
  scenario({
    id: "D4",
    protocols: ["pop3"],
    title: "It tells who exists.",
    does: "USER with an unknown name is refused at once; with a known name only PASS is.",
    options: {},
    make: (_values, { mailboxes }) => ({
      pop3: {
        fault: ({ verb, argument }) =>
          verb === "USER" && !mailboxes.find(argument) ? { do: "reply", line: "-ERR no such user" } : null,
      },
    }),
  }),
  scenario({
    id: "D5",
    protocols: ["pop3", "smtp"],
    title: "It is down.",
    does: "Connections end before the greeting (form=drop), are never greeted (form=hang), or are turned away (form=full); `times` times in all.",
    options: { form: choice(["drop", "hang", "full"], "how it is down"), times: timesOption(0) },
    make: ({ form, times }) => {
      const [mayPop3, maySmtp] = [counted(times), counted(times)];
      const reaction = (line: string) =>
        form === "full"
          ? ({ do: "reply", line } as const)
          : ({ do: form === "drop" ? "drop" : "hang" } as const);
      return {
        pop3: {
          fault: ({ verb }) =>
            verb === "CONNECT" && mayPop3() ? reaction("-ERR too many connections, try again later") : null,
        },
        smtp: {
          fault: ({ verb }) =>
            verb === "CONNECT" && maySmtp() ? reaction("421 4.3.2 too busy, try again later") : null,
        },
      };
    },
  }),
  scenario({
    id: "D6",
    protocols: ["pop3"],
    title: "It fails for one person only.",
    does: "Whatever `user` gives as a password is answered with an error of the server; everybody else gets in.",
    options: { user: text("anna", "login name") },
    make: ({ user }) => ({
      pop3: {
        login: ({ name }) =>
          name.toLowerCase().replace(/@.*$/, "") === user.toLowerCase()
            ? { refusal: "-ERR [SYS/TEMP] internal server error", busy: true }
            : null,
      },
    }),
  }),
  scenario({
    id: "D11",
    protocols: ["pop3"],
    title: "Passwords are octets of another encoding, or are cut.",
    does: "A password must come in Latin-1 (form=latin1); or spaces at its end are taken off both what comes and what is kept (form=trimmed).",
    options: { form: choice(["latin1", "trimmed"], "what is done to it") },
    make: ({ form }) => ({
      pop3: {
        login: ({ mechanism, name, password, mailboxes }) => {
          const mailbox = mechanism === "APOP" ? undefined : mailboxes.find(name);
          const wanted = form === "latin1" ? mailbox?.password : utf8(mailbox?.password).trimEnd();
          const given = form === "latin1" ? password : password.trimEnd();
          return mailbox && wanted === given ? { mailbox } : wrong;
        },
      },
    }),
  }),
  scenario({
    id: "D12",
    protocols: ["pop3"],
    title: "Somebody changes the password on the old server.",
    does: "After `after` good logins of a person the password is `password`.",
    options: { after: number(1, "good logins before"), password: text("changed", "the new one") },
    make: ({ after, password }) => ({
      pop3: {
        ended: (_how, { mailbox, login }) => {
          if (login === after) mailbox.password = password;
        },
      },
    }),
  }),
  scenario({
    id: "D13",
    protocols: ["pop3"],
    title: "Right passwords are refused for a while.",
    does: "After `after` good logins of a person the next `times` right passwords are answered as wrong ones are.",
    options: { after: number(1, "good logins before"), times: number(1, "how many are refused; 0: all") },
    make: ({ after, times }) => {
      const seen = new Map<OldMailbox, number>();
      return {
        pop3: {
          login: (attempt) => {
            const mailbox = owner(attempt);
            if (!mailbox) return null;
            const before = seen.get(mailbox) ?? 0;
            seen.set(mailbox, before + 1);
            return before >= after && (times === 0 || before < after + times) ? wrong : null;
          },
        },
      };
    },
  }),
  scenario({
    id: "D15",
    protocols: ["pop3"],
    title: "Passwords are not taken at all any more.",
    does: "Every login is refused in the words of a service that wants an application-specific password (form=app) or another way in (form=basic).",
    options: { form: choice(["app", "basic"], "the words") },
    make: ({ form }) => ({
      pop3: {
        login: () => ({
          refusal:
            form === "app"
              ? "-ERR [AUTH] Application-specific password required: https://support.example.net/185833"
              : "-ERR [AUTH] Logon failure: basic authentication is disabled",
        }),
      },
    }),
  }),
  scenario({
    id: "D16",
    protocols: ["pop3"],
    title: "A mechanism is offered and does not work.",
    does: "CAPA offers SASL PLAIN and no USER; AUTH is an unknown command, USER and PASS work.",
    options: {},
    make: () => ({
      pop3: {
        capabilities: (lines) => [...lines.filter((line) => line !== "USER"), "SASL PLAIN LOGIN"],
        fault: ({ verb }) => (verb === "AUTH" ? { do: "reply", line: "-ERR unknown command" } : null),
      },
    }),
  }),
  scenario({
    id: "D18",
    protocols: ["pop3"],
    title: "An administrator may log in as anybody.",
    does: "The name NAME*`master` (form=star) or DOMAIN\\`master`\\NAME (form=path) with the password `password` opens NAME's maildrop.",
    options: {
      form: choice(["star", "path"], "the form of the name"),
      master: text("master", "the administrator's name"),
      password: text("master secret", "the administrator's password"),
    },
    make: ({ form, master, password }) => ({
      pop3: {
        login: (attempt) => {
          const parts =
            form === "star" ? attempt.name.split("*") : attempt.name.split("\\").slice(1).reverse();
          const [name = "", administrator] = parts;
          if (administrator !== master) return null;
          const mailbox = attempt.mailboxes.find(name);
          return mailbox && attempt.password === password ? { mailbox } : wrong;
        },
      },
    }),
  }),
  scenario({
    id: "D19",
    protocols: ["pop3"],
    title: "A false server answers, and lets everybody in.",
    does: "Every name with every password is let in, to an empty maildrop.",
    options: {},
    make: () => ({
      pop3: {
        login: ({ name }) => ({ mailbox: { name, password: "", messages: [] } }),
      },
    }),
  }),
  scenario({
    id: "D20",
    protocols: ["pop3"],
    title: "A login takes long.",
    does: "PASS is answered after `seconds` seconds.",
    options: { seconds: number(25, "until the answer") },
    make: ({ seconds: length }) => ({
      pop3: {
        fault: ({ verb }) => (verb === "PASS" ? { do: "wait", until: seconds(length) } : null),
      },
    }),
  }),
];

/** A text's octets in UTF-8, one character each. */
function utf8(text = ""): string {
  return Buffer.from(text).toString("latin1");
}
