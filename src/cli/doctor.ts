/** `mailferry doctor`: what an administrator should know about this installation. */
import type { DomainView } from "#http/domains";
import type { QueuedView } from "#http/queue";
import type { ServerView } from "#http/server-info";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { inOctets } from "./terminal.ts";

interface Finding {
  readonly level: "good" | "look" | "bad";
  readonly text: string;
}

const spareOctets = 1024 ** 3;
const loopback = /^(127\.|::1$|localhost$)/;

export const doctorCommand = command("doctor", "look for what is wrong or missing", "doctor").action(
  async (options: CommonOptions) => {
    const server = serverOf(options);
    const about = await server.get<ServerView>("/server");
    const domains = await server.get<readonly DomainView[]>("/domains");
    const queue = await server.get<readonly QueuedView[]>("/queue?limit=1000");
    const findings = [...aboutServer(about), ...aboutDomains(domains), ...aboutQueue(queue)];
    const words = findings.map(
      ({ level, text }) => `${{ good: "ok  ", look: "look", bad: "BAD " }[level]}  ${text}`,
    );
    tell(options, findings, words.join("\n"));
    if (findings.some(({ level }) => level === "bad"))
      throw new CommandFailed("something needs to be done, see above");
  },
);

function aboutServer(about: ServerView): readonly Finding[] {
  const refusals = about.refusals.map(
    ({ route, reply, at }): Finding => ({ level: "bad", text: `${route} refused us at ${at}: ${reply}` }),
  );
  const open = about.listeners.filter(({ host }) => !loopback.test(host));
  const findings: Finding[] = [
    { level: "good", text: `Mailferry ${about.version} runs as process ${about.pid} on ${about.data}` },
    about.hostname.includes(".")
      ? { level: "good", text: `its name is ${about.hostname}` }
      : {
          level: "look",
          text: `its name "${about.hostname}" is no full host name: set hostname, other servers check it`,
        },
    about.freeOctets > spareOctets
      ? { level: "good", text: `${inOctets(about.freeOctets)} are free where the data is` }
      : { level: "bad", text: `only ${inOctets(about.freeOctets)} are free where the data is` },
    ...refusals,
  ];
  if (open.length === 0)
    findings.push({ level: "look", text: "it listens on loopback only: nobody else can reach it" });
  else if (!about.hasTls) {
    findings.push({ level: "bad", text: "it listens beyond loopback without [tls]: no program can log in" });
  }
  return findings;
}

function aboutDomains(domains: readonly DomainView[]): readonly Finding[] {
  const local = domains.filter((domain) => domain.kind === "local");
  if (local.length === 0) return [{ level: "look", text: 'there is no local domain yet: "domain add NAME"' }];
  return local.map((domain) => ({
    level: "good",
    text: `${domain.name}, unknown users: ${domain.unknownUsers}`,
  }));
}

function aboutQueue(queue: readonly QueuedView[]): readonly Finding[] {
  const failing = queue.filter(({ attempts }) => attempts > 3);
  if (failing.length === 0) return [{ level: "good", text: `${queue.length} recipients wait in the queue` }];
  const last = failing[0]?.lastReply ?? "";
  return [
    {
      level: "look",
      text: `${failing.length} recipients wait after more than 3 attempts; one answer: ${last}`,
    },
  ];
}
