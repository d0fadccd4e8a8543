/** `mailferry admin …` */
import type { AccessKeyView, AdministratorView, TokenView } from "#http/access/administrators";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { readStandardInput, table } from "./terminal.ts";

interface AddOptions extends CommonOptions {
  readonly domains?: readonly string[];
  readonly passwordStdin: boolean;
}

const add = command(
  "add <name>",
  "add somebody who administers this server over the web",
  "admin add carol --password-stdin < password.txt",
)
  .option("--domains <domain...>", "a domain administrator: looks after the people of these domains only")
  .requiredOption("--password-stdin", "read the password from standard input, at least 12 characters")
  .action(async (name: string, { domains = [], ...options }: AddOptions) => {
    const role = domains.length > 0 ? "domain-administrator" : "administrator";
    const password = await readStandardInput();
    const lower = domains.map((domain) => domain.toLowerCase());
    await serverOf(options).post("/administrators", { name, role, domains: lower, password });
    tell(options, { done: true }, `Administrator ${name} added.`);
  });

const list = command("list", "list the administrators", "admin list").action(
  async (options: CommonOptions) => {
    const all = await serverOf(options).get<readonly AdministratorView[]>("/administrators");
    const rows = all.map(({ name, role, domains }) => [name, role, domains.join(" ")]);
    tell(options, all, rows.length === 0 ? "Nobody yet." : table(["NAME", "ROLE", "DOMAINS"], rows));
  },
);

const password = command(
  "password <name>",
  "set an administrator's password; their sessions end",
  "admin password carol --password-stdin < password.txt",
)
  .requiredOption("--password-stdin", "read the password from standard input, at least 12 characters")
  .action(async (name: string, options: CommonOptions) => {
    const given = { password: await readStandardInput() };
    await serverOf(options).put(`/administrators/${encodeURIComponent(name)}/password`, given);
    tell(options, { done: true }, `Password of ${name} set; open sessions have ended.`);
  });

const remove = command(
  "remove <name>",
  "remove an administrator, with all sessions and tokens",
  "admin remove carol",
).action(async (name: string, options: CommonOptions) => {
  await serverOf(options).delete(`/administrators/${encodeURIComponent(name)}`);
  tell(options, { done: true }, `Administrator ${name} removed.`);
});

const totpOff = command(
  "totp-off <name>",
  "ask an administrator for no code any more who has lost the device that makes them",
  "admin totp-off carol",
).action(async (name: string, options: CommonOptions) => {
  await serverOf(options).delete(`/administrators/${encodeURIComponent(name)}/totp`);
  tell(options, { done: true }, `${name} signs in with the password alone.`);
});

const token = command(
  "token <name>",
  "make a token for a program that acts for this administrator; it is shown once",
  "admin token carol --label monitoring --read-only --days 365",
)
  .requiredOption("--label <text>", "what it is for")
  .option("--read-only", "it may look, and change nothing")
  .option("--days <number>", "how long it is good", Number, 365)
  .action(
    async (
      name: string,
      options: CommonOptions & { readonly label: string; readonly readOnly?: boolean; readonly days: number },
    ) => {
      const wanted = { label: options.label, mayWrite: !options.readOnly, days: options.days };
      const path = `/administrators/${encodeURIComponent(name)}/tokens`;
      const made = await serverOf(options).post<TokenView>(path, wanted);
      tell(options, made, made.token);
    },
  );

const keys = command("keys <name>", "list open sessions and tokens", "admin keys carol").action(
  async (name: string, options: CommonOptions) => {
    const path = `/administrators/${encodeURIComponent(name)}/keys`;
    const all = await serverOf(options).get<readonly AccessKeyView[]>(path);
    const rows = all.map((key) => [
      key.id,
      key.kind,
      key.label,
      key.mayWrite ? "" : "read-only",
      key.expires,
    ]);
    const head = ["ID", "KIND", "FOR OR FROM", "", "UNTIL"];
    tell(options, all, rows.length === 0 ? "None." : table(head, rows));
  },
);

const revoke = command(
  "revoke <name> <id>",
  "end a session, or take a token back",
  "admin revoke carol h2Xo1bTqkZ0a",
).action(async (name: string, id: string, options: CommonOptions) => {
  await serverOf(options).delete(
    `/administrators/${encodeURIComponent(name)}/keys/${encodeURIComponent(id)}`,
  );
  tell(options, { done: true }, `${id} is good no more.`);
});

export const adminCommands = noun("admin", "who administers this server over the web", [
  add,
  list,
  password,
  remove,
  totpOff,
  token,
  keys,
  revoke,
]);
