/** What a person sees and does with their own mailbox on the web: nothing of anybody else's can be named. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { DirectoryStore, Mailbox } from "#directory/directory-store";
import type { SignInStore } from "#login/sign-ins";
import type { MailboxId } from "#mailbox/ids";
import type { Transfer } from "#migration/migration";
import type { AuditTrail } from "#observe/audit";
import { AccessRefused } from "../access/gate.ts";
import { secretHash } from "../access/secret.ts";
import { type MailServer, mailServers, type OpenListener } from "../autoconfig/mail-server.ts";
import { found, unwrap } from "../problem-details.ts";
import { answers, body, router } from "../routes.ts";
import type { MyVariables, SignedIn } from "./gate.ts";
import { moveView, showMove, withoutTransfer } from "./move.ts";
import { type MySessionParts, proved } from "./session.ts";

export interface MyAccountParts {
  readonly directory: Pick<DirectoryStore, "mailbox">;
  readonly transfer: (mailbox: MailboxId) => Promise<Transfer | null>;
  /** Octets a second of copying; null when nothing is being copied. */
  readonly rate: (mailbox: MailboxId) => number | null;
  readonly usage: (mailbox: MailboxId) => Promise<{ readonly octets: number; readonly limit: number | null }>;
  /** Whether the owner went back to the old server. */
  readonly isAway: (address: string) => Promise<boolean>;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  /** Ends what is open over the mail protocols. */
  readonly endSessions: (mailbox: MailboxId) => void;
  readonly signIns: Pick<SignInStore, "signIns">;
  readonly audit: Pick<AuditTrail, "record">;
  readonly hostname: string;
  readonly listeners: readonly OpenListener[];
  readonly hasTls: boolean;
}

const programsSchema = z.object({
  servers: z.array(
    z.object({
      protocol: z.enum(["imap", "pop3", "smtp"]),
      host: z.string(),
      port: z.number(),
      security: z.enum(["tls", "starttls", "none"]),
    }),
  ),
  /** The login name everywhere. */
  userName: z.string(),
  /** Where Apple's devices fetch a profile; null when there is no service for it. */
  profile: z.string().nullable(),
});
export type MyProgramsView = z.output<typeof programsSchema>;
const signInSchema = z.object({
  protocol: z.enum(["pop3", "imap", "submission", "web"]),
  from: z.string(),
  first: z.string(),
  last: z.string(),
  count: z.number(),
});
export type MySignInView = z.output<typeof signInSchema>;
const changedSchema = z.object({
  /** The old server is still asked for mail, with the password it knows. */
  isFollowed: z.boolean(),
});
export type PasswordChangedView = z.output<typeof changedSchema>;
const passwords = z.strictObject({
  old: z.string().min(1).max(1000),
  password: z.string().min(10, "at least 10 characters").max(1000),
});

const showPrograms = createRoute({
  method: "get",
  path: "/programs",
  ...answers("What to type into a mail program", programsSchema),
});
const showSignIns = createRoute({
  method: "get",
  path: "/sign-ins",
  ...answers("Where you signed in lately", z.array(signInSchema)),
});
const setPassword = createRoute({
  method: "put",
  path: "/password",
  request: { body: body(passwords) },
  ...answers("Change the password; every other session ends", changedSchema),
});

/** The routes behind the gate. */
export function myAccountRoutes(parts: MyAccountParts, session: MySessionParts) {
  return router()
    .openapi(showMove, async (context) => context.json(await move(parts, addressOf(context)), 200))
    .openapi(showPrograms, (context) => context.json(programs(parts, addressOf(context)), 200))
    .openapi(showSignIns, async (context) => {
      const signIns = await parts.signIns.signIns(addressOf(context));
      const told = signIns.map(({ protocol, peerAddress, first, last, count }) => ({
        protocol,
        from: peerAddress,
        first: new Date(first).toISOString(),
        last: new Date(last).toISOString(),
        count,
      }));
      return context.json(told, 200);
    })
    .openapi(setPassword, async (context) => {
      const { old, password } = context.req.valid("json");
      const { session: mine, secret } = meIn(context);
      const { address } = mine;
      const account = await proved(session, context, address, old);
      if (account.address !== address)
        throw new AccessRefused(403, "not-permitted", "This is not your mailbox.");
      const mailbox = await admitted(parts, address);
      const hash = await parts.hashPassword(Buffer.from(password));
      unwrap(await session.sessions.changePassword(mailbox.id, hash, secretHash(secret)));
      parts.endSessions(mailbox.id);
      await parts.audit.record({
        at: session.now(),
        kind: "mailbox-password",
        actor: "person",
        remote: session.peerAddress(context) || null,
        domain: mailbox.domain,
        object: address,
        outcome: "done",
        details: {},
      });
      const transfer = await parts.transfer(mailbox.id);
      const isFollowed = transfer !== null && transfer.state !== "settled" && transfer.state !== "returned";
      return context.json({ isFollowed }, 200);
    });
}

/** Who is there; the gate has set it. */
function meIn(context: Context): SignedIn {
  return (context as Context<MyVariables>).get("me");
}

function addressOf(context: Context): string {
  return meIn(context).session.address;
}

async function admitted({ directory }: MyAccountParts, address: string): Promise<Mailbox> {
  const mailbox = await directory.mailbox(address);
  return found(
    mailbox?.admitted ? mailbox : null,
    "mailbox yet: it is being prepared. Try again in a moment",
  );
}

async function move(parts: MyAccountParts, address: string) {
  const mailbox = await parts.directory.mailbox(address);
  if (mailbox === null || !mailbox.admitted)
    return withoutTransfer((await parts.isAway(address)) ? "returned" : "preparing");
  const { octets, limit } = await parts.usage(mailbox.id);
  const transfer = await parts.transfer(mailbox.id);
  return transfer === null
    ? withoutTransfer("at-home", octets, limit)
    : moveView(transfer, parts.rate(mailbox.id), octets, limit);
}

function programs({ hostname, listeners, hasTls }: MyAccountParts, address: string): MyProgramsView {
  const servers = mailServers(hostname, listeners, hasTls);
  const isThere = (wanted: (server: MailServer) => boolean) => servers.some(wanted);
  const hasBoth =
    isThere(({ protocol }) => protocol !== "smtp") && isThere(({ protocol }) => protocol === "smtp");
  return {
    servers: [...servers],
    userName: address,
    profile: hasBoth ? `/mail.mobileconfig?address=${encodeURIComponent(address)}` : null,
  };
}
