/** `mailferry alias …` */
import type { AliasView, LeadingAliasesView, WholeAliasView } from "#http/aliases";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { table } from "./terminal.ts";

const add = command(
  "add <address> <target>",
  "deliver mail for an address to another one; several targets by several commands",
  "alias add sales@big-company.com anna@big-company.com",
)
  .option(
    "--dry-run",
    "say where the address leads now and whether the target would be taken, change nothing",
  )
  .action(async (address: string, target: string, options: CommonOptions & { dryRun?: boolean }) => {
    const server = serverOf(options);
    if (options.dryRun) {
      const path = `/aliases/${encodeURIComponent(address)}?target=${encodeURIComponent(target)}`;
      const checked = await server.get<WholeAliasView>(path);
      if (checked.problem !== null) throw new CommandFailed(checked.problem);
      const now = checked.targets.length === 0 ? "nowhere" : `to ${checked.targets.join(", ")}`;
      tell(options, checked, `${checked.address} leads ${now} now; ${target} can be added.`);
      return;
    }
    await server.post("/aliases", { address, target });
    tell(options, { done: true }, `Mail for ${address} goes to ${target}.`);
  });

const list = command(
  "list <domain>",
  "list the aliases of a domain, or, of an address, those that lead to its mailbox",
  "alias list big-company.com",
).action(async (named: string, options: CommonOptions) => {
  if (named.includes("@")) return await listLeading(named, options);
  const path = `/domains/${encodeURIComponent(named)}/aliases`;
  const aliases = await serverOf(options).get<readonly AliasView[]>(path);
  const rows = aliases.map(({ address, target }) => [address, target]);
  tell(options, aliases, rows.length === 0 ? "No aliases." : table(["ADDRESS", "TARGET"], rows));
});

async function listLeading(mailbox: string, options: CommonOptions): Promise<void> {
  const path = `/mailboxes/${encodeURIComponent(mailbox)}/aliases?limit=1000`;
  const all: LeadingAliasesView = { aliases: [], inAliasDomains: [] };
  for (let after = ""; ; ) {
    const some = await serverOf(options).get<LeadingAliasesView>(
      `${path}&after=${encodeURIComponent(after)}`,
    );
    all.aliases.push(...some.aliases);
    all.inAliasDomains = some.inAliasDomains;
    after = some.aliases.at(-1)?.address ?? "";
    if (some.aliases.length < 1000) break;
  }
  const rows = [
    ...all.aliases.map(({ address, targets }) => [address, targets === 1 ? "" : `one of ${targets} targets`]),
    ...all.inAliasDomains.map((address) => [address, "alias domain"]),
  ];
  tell(options, all, rows.length === 0 ? "No aliases." : table(["ADDRESS", "NOTE"], rows));
}

const remove = command("remove <address>", "remove an alias", "alias remove sales@big-company.com")
  .option("--target <target>", "only this target: mail still goes to the others")
  .action(async (address: string, options: CommonOptions & { target?: string }) => {
    const { target } = options;
    const which = target === undefined ? "" : `?target=${encodeURIComponent(target)}`;
    await serverOf(options).delete(`/aliases/${encodeURIComponent(address)}${which}`);
    const said =
      target === undefined ? `Alias ${address} removed.` : `${address} no longer goes to ${target}.`;
    tell(options, { done: true }, said);
  });

export const aliasCommands = noun("alias", "other addresses for mailboxes", [add, list, remove]);
