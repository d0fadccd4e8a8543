/** Who of a migrating domain has no home here yet, over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import type { Homeless, OldMaildrop } from "#migration/people/people";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const personSchema = z.object({
  address: z.string(),
  /** What it probably is, judged by its name and by whether anybody logs in. */
  likely: z.enum(["person", "role", "machine", "unknown"]),
  accepted: z.object({ messages: z.number(), last: z.string() }).nullable(),
  tried: z.object({ times: z.number(), last: z.string() }).nullable(),
  /** Messages here that name it; null where headers were not looked at. */
  named: z.number().nullable(),
  isExpected: z.boolean(),
  /** Octets in the old mailbox, as an administrator told. */
  oldOctets: z.number().nullable(),
  /** When mail came to the old mailbox last, as an administrator told or as it was piped there. */
  lastMail: z.string().nullable(),
});
const peopleSchema = z.object({ domain: z.string(), people: z.array(personSchema) });
export type PeopleView = z.output<typeof peopleSchema>;

const expectedSchema = z.object({ domain: z.string(), expected: z.number() });
export type ExpectedView = z.output<typeof expectedSchema>;

/** What the migration room knows of people without a home here. */
export interface PeopleAdministration {
  /** @param inHeaders reads the headers of all mail of the domain, which takes its time */
  people(domain: string, inHeaders: boolean, signal: AbortSignal): Promise<Outcome<readonly Homeless[]>>;
  /** Notes who will come, with what is known of the old mailbox, or will not, after all; says how many are expected now. */
  expect(
    domain: string,
    expected: readonly OldMaildrop[],
    unexpected: readonly string[],
  ): Promise<Outcome<number>>;
}

const byDomain = { params: z.object({ domain: z.string().max(255) }) };
const name = z.string().max(512);
const addresses = z.array(name).max(100_000).default([]);
/** An address, or an address with what is known of its old mailbox. */
const expectation = z.union([
  name,
  z.strictObject({
    address: name,
    octets: z.int().min(0).nullable().default(null),
    lastMail: z.iso.datetime().nullable().default(null),
  }),
]);

const list = createRoute({
  method: "get",
  path: "/migrations/{domain}/people",
  request: { ...byDomain, query: z.strictObject({ headers: z.enum(["true", "false"]).default("false") }) },
  ...answers("Who has no home here yet, and how we know", peopleSchema),
});
const expected = createRoute({
  method: "post",
  path: "/migrations/{domain}/people",
  request: {
    ...byDomain,
    body: body(z.strictObject({ add: z.array(expectation).max(100_000).default([]), remove: addresses })),
  },
  ...answers("Say who will come, or will not after all", expectedSchema),
});

/** The routes of people who may still come. */
export function peopleRoutes(administration: PeopleAdministration) {
  return router()
    .openapi(list, async (context) => {
      const domain = key(context.req.valid("param").domain);
      const inHeaders = context.req.valid("query").headers === "true";
      const people = unwrap(await administration.people(domain, inHeaders, context.req.raw.signal));
      return context.json({ domain, people: people.map(personView) }, 200);
    })
    .openapi(expected, async (context) => {
      const domain = key(context.req.valid("param").domain);
      const { add, remove } = context.req.valid("json");
      const noted = await administration.expect(domain, add.map(maildropOf), remove.map(address));
      return context.json({ domain, expected: unwrap(noted) }, 200);
    });
}

function maildropOf(told: z.output<typeof expectation>): OldMaildrop {
  if (typeof told === "string") return { address: address(told), octets: null, lastMail: null };
  const { octets, lastMail } = told;
  return {
    address: address(told.address),
    octets,
    lastMail: lastMail === null ? null : Date.parse(lastMail),
  };
}

function personView({ accepted, tried, lastMail, ...person }: Homeless): PeopleView["people"][number] {
  return {
    ...person,
    lastMail: lastMail === null ? null : new Date(lastMail).toISOString(),
    accepted: accepted && { ...accepted, last: new Date(accepted.last).toISOString() },
    tried: tried && { ...tried, last: new Date(tried.last).toISOString() },
  };
}
