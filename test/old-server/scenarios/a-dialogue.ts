/** Group A of the failure catalogue: connections, logins and answers that go otherwise than they should. */
import { createHash } from "node:crypto";
import { quitHangs } from "../faults.ts";
import type { OldMailbox } from "../maildrop.ts";
import { owner } from "../pop3-behaviour.ts";
import { certificates } from "./certificates.ts";
import { choice, counted, number, scenario, timesOption } from "./scenario.ts";

/** What servers say while somebody else has the maildrop. */
const locks: Readonly<Record<string, string>> = {
  code: "-ERR [IN-USE] Do you have another POP session running?",
  busy: "-ERR lock busy! Is another session active?",
  locked: "-ERR maildrop is already locked by another user",
  intermail: "-ERR Unable to open your mailbox. Please wait a few minutes and try again.",
  plain: "-ERR Re-Authentication Failure",
};

const timestamp = "<1896.697170952@old.big-company.com>";

const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, count * 1000).unref());

/** Greetings and answers as odd servers write them. */
const oddLines: Readonly<Record<string, (line: string, verb: string) => string>> = {
  "multi-line": (line, verb) =>
    verb === "CONNECT" ? `${line}Welcome to the old server\r\nhave a nice day\r\n` : line,
  "bare-lf": (line) => line.replaceAll("\r\n", "\n"),
  plus: (line) => line.replace(/^\+OK/, "+").replace(/^-ERR/, "-"),
  lower: (line) => line.replace(/^\+OK/, "+ok").replace(/^-ERR/, "-err"),
  "no-text": (line) => (/^\+OK (?!\d)[^\r]*\r\n$/.test(line) ? "+OK\r\n" : line),
  octets: (line, verb) => (verb === "CONNECT" ? `+OK \xe4\xf6\xfc\x00\x07 ${"x".repeat(2000)}\r\n` : line),
  http: (line, verb) => (verb === "CONNECT" ? "HTTP/1.1 400 Bad Request\r\n\r\n" : line),
};

export const dialogueScenarios = [
  scenario({
    id: "A8",
    protocols: ["pop3"],
    title: "CAPA hangs or ends the connection.",
    does: "CAPA is answered by the end of the connection (form=drop) or never (form=hang).",
    options: { form: choice(["drop", "hang"], "what happens") },
    make: ({ form }) => ({
      pop3: { fault: ({ verb }) => (verb === "CAPA" ? { do: form === "drop" ? "drop" : "hang" } : null) },
    }),
  }),
  scenario({
    id: "A9",
    protocols: ["pop3"],
    title: "PIPELINING is offered and does not work.",
    does: "Whatever was sent ahead of an answer is thrown away when the answer goes out.",
    options: {},
    make: () => ({ pop3: { losesPipelined: true } }),
  }),
  scenario({
    id: "A10",
    protocols: ["pop3"],
    title: "The maildrop is locked by somebody else.",
    does: "A right password is answered with a lock, `times` times in all, in the words of one of five servers; and a maildrop that has a session refuses a second one.",
    options: { form: choice(Object.keys(locks), "the words"), times: timesOption(3) },
    make: ({ form, times }) => {
      const may = counted(times);
      return {
        pop3: {
          exclusive: true,
          login: (attempt) => (owner(attempt) && may() ? { refusal: locks[form] ?? "", busy: true } : null),
        },
      };
    },
  }),
  scenario({
    id: "A12",
    protocols: ["pop3"],
    title: "Logins must be so far apart.",
    does: "CAPA states LOGIN-DELAY (unless form=text), and a right password less than `seconds` after the last good login is refused, with [LOGIN-DELAY] or in words.",
    options: { seconds: number(720, "between two logins"), form: choice(["code", "text"], "how it is told") },
    make: ({ seconds: delay, form }, { now }) => {
      const last = new Map<OldMailbox, number>();
      const refusal =
        form === "code"
          ? "-ERR [LOGIN-DELAY] minimum time between mail checks violation"
          : "-ERR Exceeded the login limit for a 15 minute period. Reduce the frequency of requests.";
      return {
        pop3: {
          capabilities: (lines) => (form === "code" ? [...lines, `LOGIN-DELAY ${delay}`] : lines),
          login: (attempt) => {
            const mailbox = owner(attempt);
            if (!mailbox) return null;
            if (now() - (last.get(mailbox) ?? Number.NEGATIVE_INFINITY) < delay * 1000)
              return { refusal, busy: true };
            last.set(mailbox, now());
            return null;
          },
        },
      };
    },
  }),
  scenario({
    id: "A13",
    protocols: ["pop3"],
    title: "Only APOP is taken, or APOP is announced and does not work.",
    does: "The greeting holds a timestamp. form=only: USER and PASS are unknown commands and APOP works; form=broken: APOP never works and PASS does; form=odd: so too, and the greeting holds other angle brackets as well.",
    options: { form: choice(["only", "broken", "odd"], "what works") },
    make: ({ form }) => ({
      pop3: {
        greeting: (text) =>
          form === "odd" ? `<<${text}>> ready ${timestamp} <here>` : `${text} ${timestamp}`,
        capabilities: (lines) => (form === "only" ? lines.filter((line) => line !== "USER") : lines),
        fault: ({ verb }) =>
          form === "only" && (verb === "USER" || verb === "PASS")
            ? { do: "reply", line: "-ERR unknown command, use APOP" }
            : null,
        login: ({ mechanism, name, password, mailboxes }) => {
          const mailbox = mailboxes.find(name);
          if (mechanism !== "APOP" || form !== "only" || !mailbox) return null;
          const digest = createHash("md5")
            .update(timestamp)
            .update(Buffer.from(mailbox.password))
            .digest("hex");
          return digest === password ? { mailbox } : null;
        },
      },
    }),
  }),
  scenario({
    id: "A22",
    protocols: ["pop3"],
    title: "QUIT hangs or fails.",
    does: "QUIT is never answered (form=hang), answered with -ERR (form=error), or by the end of the connection (form=drop); what was deleted stays.",
    options: { form: choice(["hang", "error", "drop"], "the answer") },
    make: ({ form }) => ({
      pop3: {
        fault: (moment) => {
          if (form === "hang") return quitHangs()(moment);
          if (moment.verb !== "QUIT") return null;
          return form === "drop"
            ? { do: "drop" }
            : { do: "reply", line: "-ERR some deleted messages not removed", andDrop: true };
        },
      },
    }),
  }),
  scenario({
    id: "A26",
    protocols: ["pop3"],
    title: "Login or listing takes very long.",
    does: "PASS is answered after `login` seconds, LIST and UIDL after `list` seconds each.",
    options: { login: number(30, "seconds for the login"), list: number(0, "seconds for a listing") },
    make: ({ login, list }) => ({
      pop3: {
        fault: ({ verb }) => {
          const delay = verb === "PASS" ? login : verb === "LIST" || verb === "UIDL" ? list : 0;
          return delay > 0 ? { do: "wait", until: seconds(delay) } : null;
        },
      },
    }),
  }),
  scenario({
    id: "A27",
    protocols: ["pop3"],
    title: "Login names have one form only.",
    does: "Only `anna` (form=local), `anna@big-company.com` (form=address) or `big-company.com\\anna` (form=domain) is a name, and with case=exact only in lower case; every other name is a wrong login.",
    options: {
      form: choice(["local", "address", "domain"], "the form"),
      case: choice(["any", "exact"], "whether capitals matter"),
    },
    make: ({ form, case: letters }, { domain }) => {
      const patterns = {
        local: /^([^@\\]+)$/,
        address: /^([^@\\]+)@([^@\\]+)$/,
        domain: /^([^@\\]+)\\([^@\\]+)$/,
      };
      return {
        pop3: {
          login: (attempt) => {
            const found = patterns[form as keyof typeof patterns].exec(attempt.name);
            const [local = "", home = domain] =
              form === "domain" ? [found?.[2], found?.[1]] : [found?.[1], found?.[2]];
            const isRight =
              found !== null &&
              home.toLowerCase() === domain &&
              (letters === "any" || attempt.name === attempt.name.toLowerCase());
            const mailbox = isRight ? owner({ ...attempt, name: local }) : null;
            return mailbox ? { mailbox } : { refusal: "-ERR [AUTH] wrong name or password" };
          },
        },
      };
    },
  }),
  scenario({
    id: "A28",
    protocols: ["pop3"],
    title: "TLS is old, expired, self-signed, broken or not there.",
    does: "STLS leads to TLS 1.0 at most (form=tls10), an expired certificate (form=expired), one that nobody has signed (form=self-signed), nowhere (form=broken), or is unknown (form=missing); port=implicit begins with TLS.",
    options: {
      form: choice(["tls10", "expired", "self-signed", "broken", "missing"], "what is wrong"),
      port: choice(["stls", "implicit"], "when TLS begins"),
    },
    make: ({ form, port }) => {
      const stls = form === "broken" ? "broken" : certificates[form]?.();
      return { pop3: { ...(stls ? { stls } : {}), implicitTls: port === "implicit" } };
    },
  }),
  scenario({
    id: "A29",
    protocols: ["pop3"],
    title: "Greetings and status lines are written oddly.",
    does: "The greeting has three lines (form=multi-line), lines end with LF alone (form=bare-lf), begin with + and - (form=plus) or in lower case (form=lower), have no text (form=no-text), the greeting is 2 kB of odd octets (form=octets), or that of a web server (form=http).",
    options: { form: choice(Object.keys(oddLines), "what is odd") },
    make: ({ form }) => ({ pop3: { line: (line, verb) => oddLines[form]?.(line, verb) ?? line } }),
  }),
];
