/** Facts as a good old server gives them, to be changed where a test wants it. */
import type { Facts, Listing, LoginFacts, MaildropFacts, PersonFacts } from "#migration/rehearsal/facts";

export const listing: Listing = {
  stat: { messages: 3, octets: 3000, said: "3 3000" },
  entries: [1, 2, 3].map((number) => ({ number, size: 1000, uidl: `uidl-${number}` })),
  uidlRefused: null,
  strayUidls: 0,
};

export const retrieved = {
  octets: 1000,
  milliseconds: 2,
  undoubledDot: false,
  oddEnd: false,
  bareLf: false,
  nul: false,
  eightBitHeader: false,
  fromLine: false,
  storeFields: false,
} as const;

export const maildrop: MaildropFacts = {
  first: listing,
  later: { seen: true, listing, waited: 10 },
  secondLogin: { outcome: "allowed", said: "" },
  capabilities: ["UIDL", "TOP", "PIPELINING"],
  quit: "answered",
  samples: [{ number: 1, size: 1000, top: "sound", retrieved }],
  readMessage: "kept",
  rescuedTo: null,
  readsTheSame: true,
  settlesTheSame: true,
  seenMarks: null,
  pipelining: "sound",
  roundTrip: 1,
};

export const login: LoginFacts = {
  outcome: "good",
  name: "anna",
  form: "{local}",
  refusedNames: [],
  said: "",
  trouble: null,
  milliseconds: 30,
  retries: 0,
  heldUp: null,
};

export const person: PersonFacts = { address: "anna@big-company.com", login, maildrop, quota: null };

export const facts: Facts = {
  domain: "big-company.com",
  server: {
    protocol: "pop3",
    host: "10.0.0.5",
    port: 110,
    implicitTls: false,
    tls: { mode: "verify" },
    loginAs: null,
  },
  logins: [person.address],
  names: { mailExchangers: ["mx.big-company.com"], oldServer: ["10.0.0.5"], ownName: ["192.0.2.1"] },
  reach: {
    leadsToUs: false,
    trouble: null,
    greeting: "ready",
    capa: "told",
    capabilities: ["UIDL", "STLS"],
    security: { state: "secured", version: "TLSv1.3", certificate: null },
  },
  people: [person],
  stranger: { outcome: "refused", said: "no" },
  routing: {
    rule: "*@big-company.com|big-company.old",
    route: {
      name: "big-company.old",
      host: "10.0.0.5:25",
      leadsToUs: false,
      trouble: null,
      turnedAway: null,
      isSecure: true,
      person: { address: person.address, at: "rcpt", code: 250, enhanced: "2.1.5", said: "250 2.1.5 ok" },
      nobody: {
        address: "x@big-company.com",
        at: "rcpt",
        code: 550,
        enhanced: "5.1.1",
        said: "550 5.1.1 no",
      },
    },
  },
  house: {
    hostname: "mail.big-company.com",
    free: 1024 ** 4,
    connections: 10,
    sweepMilliseconds: 300_000,
    knownPeople: 0,
  },
  mayRetrieve: true,
};

/** The same with another maildrop. */
export const withMaildrop = (change: Partial<MaildropFacts>): Facts => ({
  ...facts,
  people: [{ ...person, maildrop: { ...maildrop, ...change } }],
});
export const withLogin = (change: Partial<LoginFacts>): Facts => ({
  ...facts,
  people: [{ ...person, login: { ...login, ...change }, maildrop: null }],
});
export const withReach = (change: Partial<Facts["reach"]>): Facts => ({
  ...facts,
  reach: { ...facts.reach, ...change },
});
/** The same with other unique-ids in the first listing, and in the second unless others are given. */
export const withUidls = (uidls: readonly (string | null)[], later = uidls): Facts => {
  const listed = (ids: readonly (string | null)[]): Listing => ({
    ...listing,
    entries: ids.map((uidl, at) => ({ number: at + 1, size: 1000, uidl })),
    stat: { messages: ids.length, octets: ids.length * 1000, said: "" },
  });
  return withMaildrop({ first: listed(uidls), later: { seen: true, listing: listed(later), waited: 0 } });
};
