/** `mailferry alias …` */
import type { AliasView } from "#http/domains";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { table } from "./terminal.ts";

const add = command(
  "add <address> <target>",
  "deliver mail for an address to another one; several targets by several commands",
  "alias add sales@big-company.com anna@big-company.com",
).action(async (address: string, target: string, options: CommonOptions) => {
  await serverOf(options).post("/aliases", { address, target });
  tell(options, { done: true }, `Mail for ${address} goes to ${target}.`);
});

const list = command("list <domain>", "list the aliases of a domain", "alias list big-company.com").action(
  async (domain: string, options: CommonOptions) => {
    const path = `/domains/${encodeURIComponent(domain)}/aliases`;
    const aliases = await serverOf(options).get<readonly AliasView[]>(path);
    const rows = aliases.map(({ address, target }) => [address, target]);
    tell(options, aliases, rows.length === 0 ? "No aliases." : table(["ADDRESS", "TARGET"], rows));
  },
);

const remove = command("remove <address>", "remove an alias", "alias remove sales@big-company.com").action(
  async (address: string, options: CommonOptions) => {
    await serverOf(options).delete(`/aliases/${encodeURIComponent(address)}`);
    tell(options, { done: true }, `Alias ${address} removed.`);
  },
);

export const aliasCommands = noun("alias", "other addresses for mailboxes", [add, list, remove]);
