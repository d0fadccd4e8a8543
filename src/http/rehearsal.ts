/** The rehearsal of a migration over the API. Passwords come in the body; they are neither kept nor logged. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import { commandsOf, levels, verdicts } from "#migration/rehearsal/finding";
import type { RehearsalReport } from "#migration/rehearsal/findings";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const amount = { messages: z.number(), octets: z.number(), seconds: z.number().nullable() };

const rehearsalSchema = z.object({
  domain: z.string(),
  oldServer: z.string(),
  /** go, go with these options, or stop. */
  verdict: z.enum(verdicts),
  /** The gravest first. */
  findings: z.array(
    z.object({
      /** A name that stays. */
      id: z.string(),
      /** stop: do not begin. option: begin once this is set or done. note: to know. good: as it should be. */
      level: z.enum(levels),
      /** The test logins it is about; empty: the server as a whole. */
      people: z.array(z.string()),
      /** What was seen; what others said is printable ASCII. */
      seen: z.string(),
      means: z.string(),
      do: z.string(),
      /** How the command line does it: whole commands, or options for the next one. */
      commands: z.array(z.string()),
      /** Options of `migration on` that it asks for. */
      settings: z
        .object({ from: z.string().optional(), tls: z.string().optional(), loginAs: z.string().optional() })
        .optional(),
    }),
  ),
  people: z.array(
    z.object({
      address: z.string(),
      loginName: z.string().nullable(),
      messages: z.number().nullable(),
      octets: z.number().nullable(),
    }),
  ),
  /** Of the test logins; an estimate of time from a few messages. */
  totals: z.object({
    mailboxes: z.number(),
    ...amount,
    pace: z.object({ millisecondsPerMessage: z.number(), octetsPerSecond: z.number() }).nullable(),
    /** The same for everybody who is known, if each has as much. */
    domain: z.object({ people: z.number(), ...amount }).nullable(),
  }),
  /** Which mail programs download old mail again. */
  programs: z.array(
    z.object({
      programs: z.string(),
      again: z.enum(["nothing", "some", "everything", "unknown"]),
      why: z.string(),
    }),
  ),
  /** The command to go on with. */
  next: z.string(),
});
export type RehearsalView = z.output<typeof rehearsalSchema>;

/** What is to be rehearsed; null: as the running migration has it. */
export interface RehearsalRequest {
  readonly domain: string;
  readonly logins: readonly { readonly address: string; readonly password: string }[];
  readonly from: string | null;
  readonly tls: string | null;
  readonly loginAs: string | null;
  readonly retrieve: boolean;
  /** Null: the usual one beside the usual port of POP3. */
  readonly imapPort: number | null;
}

/** What the migration room does about rehearsals. */
export type Rehearse = (request: RehearsalRequest, signal: AbortSignal) => Promise<Outcome<RehearsalReport>>;

const rehearsal = createRoute({
  method: "post",
  path: "/migrations/{domain}/rehearsal",
  request: {
    params: z.object({ domain: z.string().max(255) }),
    body: body(
      z.strictObject({
        logins: z
          .array(z.strictObject({ address: z.string().max(512), password: z.string().max(1000) }))
          .max(20)
          .default([]),
        from: z.string().max(1000).nullable().default(null),
        tls: z.string().max(200).nullable().default(null),
        loginAs: z.string().max(200).nullable().default(null),
        /** Retrieve a few messages: some servers mark, and a few delete, what is retrieved. */
        retrieve: z.boolean().default(false),
        /** Where the old server's IMAP shows whether reading by POP3 marks messages as seen. */
        imapPort: z.int().min(1).max(65535).nullable().default(null),
      }),
    ),
  },
  ...answers("Look at an old server with test logins, changing nothing there", rehearsalSchema),
});

/** The route of rehearsals. */
export function rehearsalRoutes(rehearse: Rehearse) {
  return router().openapi(rehearsal, async (context) => {
    const { logins, ...options } = context.req.valid("json");
    const request = {
      ...options,
      domain: key(context.req.valid("param").domain),
      logins: logins.map((login) => ({ ...login, address: address(login.address) })),
    };
    const report = unwrap(await rehearse(request, context.req.raw.signal));
    return context.json(rehearsalView(report), 200);
  });
}

function rehearsalView({ findings, people, programs, ...report }: RehearsalReport): RehearsalView {
  return {
    ...report,
    findings: findings.map((finding) => ({
      ...finding,
      people: [...finding.people],
      commands: [...commandsOf(finding)],
    })),
    people: [...people],
    programs: [...programs],
  };
}
