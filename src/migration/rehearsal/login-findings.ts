/** What the test logins mean: names, passwords, locks, delays, and whether the server proves anybody at all. */
import { troubleOfRefusal } from "../old-server/pop3-trouble.ts";
import type { Facts, HouseFacts, PersonFacts, StrangerFacts } from "./facts.ts";
import { type Finding, good } from "./finding.ts";

const slow = 5_000;

/** Of every test login, and of the stranger. */
export function loginFindings(facts: Facts): readonly Finding[] {
  const { people, server, stranger, house } = facts;
  const findings = people.flatMap((person) => [
    ...entranceFindings(person, server.loginAs !== null),
    ...sharingFindings(person, house),
  ]);
  if (
    facts.logins.length === 0 &&
    (facts.reach.security.state === "secured" || facts.reach.security.state === "clear")
  ) {
    findings.push({
      id: "no-test-login",
      level: "option",
      people: [],
      seen: "no test login was given",
      means: "Nothing is known of login names, unique-ids, sizes and locks.",
      do: "Rehearse again with the address and password of a test login.",
      commands: [`mailferry migration rehearse ${facts.domain} --user anna`],
    });
  }
  if (stranger) findings.push(strangerFinding(stranger));
  return findings;
}

function entranceFindings({ address, login }: PersonFacts, hasTemplate: boolean): readonly Finding[] {
  const base = { people: [address] };
  const said = `"${login.said}"`;
  switch (login.outcome) {
    case "good":
      break;
    case "hollow":
      return [
        {
          ...base,
          id: "login-hollow",
          level: "stop",
          seen: `${login.name}: the password is accepted, and the next command is refused: ${said}`,
          means:
            "Such servers accept any password: Mailferry takes this for a wrong one, and nobody would get in.",
          do: "See on the old server why its POP3 refuses this maildrop, then rehearse again.",
        },
      ];
    case "cannot-tell":
      return [
        {
          ...base,
          id: "login-trouble",
          level: "stop",
          seen: `${login.name}: ${login.said}`,
          means:
            "It is not the password that is refused. First logins meet the same: people are asked to try later.",
          do: "Wait or mend it on the old server (limits for one address, locks), then rehearse again.",
        },
      ];
    case "bad":
      return [refusedFinding(address, login.said, [...login.refusedNames, login.name])];
  }
  const findings: Finding[] = [];
  if (login.refusedNames.length > 0 && !hasTemplate) {
    findings.push({
      ...base,
      id: "login-name",
      level: "option",
      seen: `logs in as ${login.name}; as ${login.refusedNames.join(", ")} it is refused`,
      means:
        "Without being told, Mailferry tries both forms until one has worked, and failed logins count on many servers.",
      do: `Begin with ${login.form} as the login name there.`,
      settings: { loginAs: login.form },
    });
  }
  if (login.heldUp !== null) {
    findings.push({
      ...base,
      id: "login-held-up",
      level: "note",
      seen: `the login worked at try ${login.retries + 1}; before: "${login.heldUp}"`,
      means:
        "First logins may meet the same: people are asked to try later, never told that the password is wrong.",
      do: "Nothing for Mailferry: it waits and tries again. Fewer programs at the old server help.",
    });
  }
  if (login.milliseconds >= slow) {
    findings.push({
      ...base,
      id: "login-slow",
      level: "note",
      seen: `a login takes ${Math.round(login.milliseconds / 1000)} s`,
      means: "A first login takes at least as long, and some mail programs give up after half a minute.",
      do: "Tell people that the first login takes a moment; whoever gives up gets in the next time.",
    });
  }
  return findings;
}

function refusedFinding(address: string, said: string, names: readonly string[]): Finding {
  const base = { people: [address], level: "stop" } as const;
  const seen = `${names.join(" and ")}: "${said}"`;
  if (troubleOfRefusal({ ok: false, code: null, text: said }) === "no-passwords") {
    return {
      ...base,
      id: "password-logins-off",
      seen,
      means: "The server takes no ordinary passwords over POP3: nobody can prove who they are.",
      do: "Turn password logins for POP3 on over there, or have people use app passwords, then rehearse again.",
    };
  }
  if (/\bAPOP\b|unknown command|not implemented|unrecogni[sz]ed/i.test(said)) {
    return {
      ...base,
      id: "no-plain-login",
      seen,
      means: "The server takes none of the ways in which Mailferry can give it a password.",
      do: "Turn USER and PASS on over there (over TLS they are no weaker than others), then rehearse again.",
    };
  }
  return {
    ...base,
    id: "login-refused",
    seen,
    means: "Either the password is wrong, or the server wants another form of name.",
    do: "Rehearse again with the right password, or with the login name in the form that people type there: {local}@old.example, {domain}\\{local} or another.",
    commands: ["--login-as '{local}@old.example'"],
  };
}

function sharingFindings({ address, maildrop }: PersonFacts, house: HouseFacts): readonly Finding[] {
  if (!maildrop) return [];
  const base = { people: [address], level: "note" } as const;
  const findings: Finding[] = [];
  const { secondLogin, later, capabilities } = maildrop;
  if (secondLogin.outcome === "locked") {
    const freed = later.seen ? `; it was free ${(later.waited / 1000).toFixed(1)} s after QUIT` : "";
    findings.push({
      ...base,
      id: "maildrop-lock",
      seen: `a second login at the same time is refused: "${secondLogin.said}"${freed}`,
      means:
        "One session at a time: while a program reads the old maildrop, copying waits, and the other way round.",
      do: "Nothing for Mailferry: it waits its turn and lets go often. Point programs here soon after the first login.",
    });
  } else if (secondLogin.outcome === "turned-away") {
    findings.push({
      ...base,
      id: "few-connections",
      seen: `a second connection is turned away: "${secondLogin.said}"`,
      means: "The server bears few connections from one address, and all of Mailferry's come from one.",
      do: `Raise its limit for this machine's address to ${house.connections}; until then Mailferry opens as few as it bears.`,
    });
  }
  const delay = capabilities.find((line) => /^LOGIN-DELAY /i.test(line));
  if (
    delay !== undefined ||
    (!later.seen && (later.trouble === "login-delay" || later.trouble === "throttled"))
  ) {
    const said = later.seen ? delay : [delay, later.said].filter((one) => one !== undefined)[0];
    findings.push({
      ...base,
      id: "login-delay",
      level: delay === undefined ? "option" : "note",
      seen: `logins must be apart: "${said}"`,
      means:
        "Old maildrops are looked at no more often than that; two sessions could not be compared if it is long.",
      do:
        delay === undefined
          ? 'Set migration.sweep-interval = "15 min" or longer in mailferry.toml, and have this address exempted over there if you can.'
          : "Nothing: Mailferry keeps to it. Have this machine's address exempted over there if you can.",
    });
  } else if (!later.seen) {
    findings.push({
      ...base,
      id: "second-session",
      level: "option",
      seen: `a second session could not be had: "${later.said}"`,
      means: "Whether unique-ids stay the same, and whether reading takes anything away, could not be seen.",
      do: "Rehearse again in a few minutes, before you begin.",
    });
  }
  if (maildrop.quit === "hung") {
    findings.push({
      ...base,
      id: "quit-hangs",
      seen: "QUIT is not answered within 3 s",
      means: "Every visit takes 3 s longer, and the maildrop may stay locked for a while after it.",
      do: "Nothing: Mailferry does not wait for it.",
    });
  }
  return findings;
}

function strangerFinding({ outcome, said }: StrangerFacts): Finding {
  const base = { people: [] } as const;
  switch (outcome) {
    case "refused":
      return good("stranger", "a random name with a random password is refused");
    case "let-in":
      return {
        ...base,
        id: "lets-everybody-in",
        level: "stop",
        seen: "a random name with a random password is let in",
        means:
          "It proves nobody: whoever comes first would get any mailbox. It may not be the old server at all.",
        do: "See where the name leads (DNS, NAT) and what the server checks; Mailferry refuses to begin with it.",
      };
    case "hollow":
      return {
        ...base,
        id: "accepts-any-password",
        level: "note",
        seen: `a random password is accepted, and the next command is refused: "${said}"`,
        means: "Only what comes after PASS proves a password there.",
        do: "Nothing: Mailferry waits for that before it believes a password.",
      };
    case "cannot-tell":
      return {
        ...base,
        id: "stranger-unclear",
        level: "option",
        seen: `whether it refuses strangers could not be seen: "${said}"`,
        means:
          "Mailferry does not begin before it has seen that; failed logins may be delayed or blocked over there.",
        do: "Rehearse again in a few minutes; exempt this machine's address from blocking over there.",
      };
  }
}
