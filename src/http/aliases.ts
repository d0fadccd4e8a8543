/** Aliases over the API: of a domain, to a mailbox, and where one leads. */
import { createRoute, z } from "@hono/zod-openapi";
import { addAlias, problemOfAlias } from "#directory/administration";
import type { DirectoryStore } from "#directory/directory-store";
import { address, key } from "./domains.ts";
import { found, unwrap } from "./problem-details.ts";
import { answers, body, nothing, page, router } from "./routes.ts";

const text = z.string().max(512);
const aliasSchema = z.strictObject({ address: text, target: text });
export type AliasView = z.output<typeof aliasSchema>;

const leadingSchema = z.object({
  /** In address order; `targets`: how many each has, this mailbox included. */
  aliases: z.array(z.object({ address: z.string(), targets: z.number() })),
  /** The same name in alias domains of the mailbox's domain. */
  inAliasDomains: z.array(z.string()),
});
export type LeadingAliasesView = z.output<typeof leadingSchema>;

const wholeAliasSchema = z.object({
  address: z.string(),
  /** The first hundred; empty: there is no such alias. */
  targets: z.array(z.string()),
  /** Why the target that was asked about would be refused; null: it can be added, or none was asked about. */
  problem: z.string().nullable(),
});
export type WholeAliasView = z.output<typeof wholeAliasSchema>;

const byAddress = { params: z.object({ address: text }) };

const list = createRoute({
  method: "get",
  path: "/domains/{name}/aliases",
  request: { params: z.object({ name: z.string().max(255) }) },
  ...answers("Aliases of a domain", z.array(aliasSchema)),
});
const leading = createRoute({
  method: "get",
  path: "/mailboxes/{address}/aliases",
  request: { ...byAddress, query: page },
  ...answers("Other addresses whose mail comes to a mailbox", leadingSchema),
});
const show = createRoute({
  method: "get",
  path: "/aliases/{address}",
  request: { ...byAddress, query: z.strictObject({ target: text.optional() }) },
  ...answers("Where an alias leads, and whether a target could be added", wholeAliasSchema),
});
const add = createRoute({
  method: "post",
  path: "/aliases",
  request: { body: body(aliasSchema) },
  ...answers("Add an alias", nothing),
});
const remove = createRoute({
  method: "delete",
  path: "/aliases/{address}",
  request: { ...byAddress, query: z.strictObject({ target: text.optional() }) },
  ...answers("Remove an alias, or one target of it", nothing),
});

/** So many targets, and addresses in alias domains, are shown. */
const most = 100;

/** The routes of aliases. */
export function aliasRoutes({ directory }: { readonly directory: DirectoryStore }) {
  return router()
    .openapi(list, async (context) =>
      context.json([...(await directory.aliases(key(context.req.valid("param").name)))], 200),
    )
    .openapi(leading, async (context) => {
      const named = context.req.valid("param").address;
      const mailbox = found(await directory.mailbox(address(named)), `mailbox ${named}`);
      const { after, limit } = context.req.valid("query");
      const aliases = [...(await directory.aliasesTo(mailbox.address, after, limit))];
      const localPart = mailbox.address.slice(0, mailbox.address.lastIndexOf("@"));
      const inAliasDomains = (await directory.domains())
        .filter((one) => one.kind === "alias" && one.target === mailbox.domain)
        .slice(0, most)
        .map(({ name }) => `${localPart}@${name}`);
      return context.json({ aliases, inAliasDomains }, 200);
    })
    .openapi(show, async (context) => {
      const alias = address(context.req.valid("param").address);
      const { target } = context.req.valid("query");
      const targets = (await directory.aliasTargets(alias)).slice(0, most);
      const asked = target === undefined ? null : { address: alias, target: address(target) };
      const problem = asked && (await problemOfAlias(directory, asked));
      return context.json({ address: alias, targets, problem }, 200);
    })
    .openapi(add, async (context) => {
      const given = context.req.valid("json");
      unwrap(
        await addAlias({ directory }, { address: address(given.address), target: address(given.target) }),
      );
      return context.json({ done: true as const }, 200);
    })
    .openapi(remove, async (context) => {
      const { target } = context.req.valid("query");
      const alias = address(context.req.valid("param").address);
      unwrap(await directory.removeAlias(alias, target === undefined ? undefined : address(target)));
      return context.json({ done: true as const }, 200);
    });
}
