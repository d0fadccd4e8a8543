/** Mailboxes over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import type { DirectoryStore, Mailbox } from "#directory/directory-store";
import { localAddress } from "#directory/resolve";
import { parseAddress } from "#mail/address";
import type { MailStore } from "#mailbox/mail-store";
import { address, key } from "./domains.ts";
import { ApiProblem, found, unwrap } from "./problem-details.ts";
import { answers, body, nothing, page, router } from "./routes.ts";

/** What the routes of mailboxes need. */
export interface MailboxRoutes {
  readonly directory: DirectoryStore;
  readonly mail: MailStore;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  readonly isMigrating: (domain: string) => Promise<boolean>;
  /** Whether the owner of a mailbox that is not admitted went back to the old server. */
  readonly isAway: (address: string) => Promise<boolean>;
  /** Ends the sessions of a mailbox whose password changed or that is going. */
  readonly endSessions: (mailbox: Mailbox["id"]) => void;
}

const mailboxSchema = z.object({
  address: z.string(),
  admitted: z.boolean(),
  /** Its owner went back to the old server. */
  returned: z.boolean(),
  hasPassword: z.boolean(),
  quota: z.number().nullable(),
  octets: z.number(),
  messages: z.number(),
  createdAt: z.string(),
  folders: z.array(
    z.object({ name: z.string(), messages: z.number(), uidValidity: z.number(), uidNext: z.number() }),
  ),
});
export type MailboxView = z.output<typeof mailboxSchema>;

const password = z.string().min(1).max(1000);
const byAddress = { params: z.object({ address: z.string().max(512) }) };

const list = createRoute({
  method: "get",
  path: "/domains/{name}/mailboxes",
  request: { params: z.object({ name: z.string().max(255) }), query: page },
  ...answers("Mailboxes of a domain, in address order", z.array(mailboxSchema.omit({ folders: true }))),
});
const add = createRoute({
  method: "post",
  path: "/mailboxes",
  request: {
    body: body(
      z.strictObject({
        address: z.string().max(512),
        password: password.nullable().default(null),
        /** It has no old mail: admitted at once, also in a domain that migrates. */
        isNew: z.boolean().default(false),
        quota: z.number().int().min(1).nullable().default(null),
      }),
    ),
  },
  ...answers("Add a mailbox", z.object({ address: z.string(), admitted: z.boolean() })),
});
const show = createRoute({
  method: "get",
  path: "/mailboxes/{address}",
  request: byAddress,
  ...answers("One mailbox with its folders", mailboxSchema),
});
const setPassword = createRoute({
  method: "put",
  path: "/mailboxes/{address}/password",
  request: { ...byAddress, body: body(z.strictObject({ password })) },
  ...answers("Set the password", nothing),
});
const setQuota = createRoute({
  method: "put",
  path: "/mailboxes/{address}/quota",
  request: {
    ...byAddress,
    /** Octets; null is no limit. */
    body: body(z.strictObject({ quota: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable() })),
  },
  ...answers("Set how much a mailbox may hold", nothing),
});
const remove = createRoute({
  method: "delete",
  path: "/mailboxes/{address}",
  request: byAddress,
  ...answers("Remove a mailbox with its mail", nothing),
});

/** The routes of mailboxes. */
export function mailboxRoutes(deps: MailboxRoutes) {
  const named = async (text: string): Promise<Mailbox> =>
    found(await deps.directory.mailbox(address(text)), `mailbox ${text}`);
  return router()
    .openapi(list, async (context) => {
      const { after, limit } = context.req.valid("query");
      const mailboxes = await deps.directory.mailboxes(key(context.req.valid("param").name), after, limit);
      return context.json(await Promise.all(mailboxes.map((mailbox) => summary(deps, mailbox))), 200);
    })
    .openapi(add, async (context) => {
      const given = context.req.valid("json");
      const parsed = parseAddress(given.address);
      const local = parsed && (await localAddress(deps.directory, parsed));
      if (!local)
        throw new ApiProblem({ kind: "invalid", text: `${given.address} is in no local domain here.` });
      const admitted = given.isNew || !(await deps.isMigrating(local.domain.name));
      if (admitted && given.password === null) {
        throw new ApiProblem({ kind: "invalid", text: "A mailbox needs a password." });
      }
      const passwordHash =
        given.password === null ? null : await deps.hashPassword(Buffer.from(given.password));
      const created = await deps.directory.addMailbox({
        address: address(`${given.address.slice(0, given.address.lastIndexOf("@"))}@${local.domain.name}`),
        domain: local.domain.name,
        admitted,
        passwordHash,
        quota: given.quota,
      });
      return context.json({ address: unwrap(created).address, admitted }, 200);
    })
    .openapi(show, async (context) => {
      const mailbox = await named(context.req.valid("param").address);
      const folders = await deps.mail.folders(mailbox.id);
      const shown = folders.map(({ name, messages, uidValidity, uidNext }) => ({
        name,
        messages,
        uidValidity,
        uidNext,
      }));
      return context.json({ ...(await summary(deps, mailbox)), folders: shown }, 200);
    })
    .openapi(setPassword, async (context) => {
      const mailbox = await named(context.req.valid("param").address);
      const hash = await deps.hashPassword(Buffer.from(context.req.valid("json").password));
      unwrap(await deps.directory.setPasswordHash(mailbox.id, hash));
      deps.endSessions(mailbox.id);
      return context.json({ done: true as const }, 200);
    })
    .openapi(setQuota, async (context) => {
      const mailbox = await named(context.req.valid("param").address);
      unwrap(await deps.directory.setQuota(mailbox.id, context.req.valid("json").quota));
      return context.json({ done: true as const }, 200);
    })
    .openapi(remove, async (context) => {
      const mailbox = await named(context.req.valid("param").address);
      unwrap(await deps.directory.removeMailbox(mailbox.id));
      deps.endSessions(mailbox.id);
      return context.json({ done: true as const }, 200);
    });
}

async function summary({ mail, isAway }: MailboxRoutes, mailbox: Mailbox) {
  const usage = await mail.usage(mailbox.id);
  return {
    address: mailbox.address,
    admitted: mailbox.admitted,
    returned: !mailbox.admitted && (await isAway(mailbox.address)),
    hasPassword: mailbox.hasPassword,
    quota: mailbox.quota,
    octets: usage.octets,
    messages: usage.messages,
    createdAt: new Date(mailbox.createdAt).toISOString(),
  };
}
