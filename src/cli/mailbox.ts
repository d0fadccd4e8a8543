/** `mailferry mailbox …` */
import { parseSize } from "#config/units";
import type { LedgerView } from "#http/ledger";
import type { MailboxView } from "#http/mailboxes";
import type { RosterRowView, RosterView } from "#http/roster";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { inOctets, readStandardInput, table } from "./terminal.ts";

interface LedgerOptions extends CommonOptions {
  readonly outcome?: string;
  readonly search: string;
  readonly limit: number;
  readonly after?: string;
}

interface PasswordOptions extends CommonOptions {
  readonly passwordStdin?: boolean;
}

const add = command(
  "add <address>",
  "add a mailbox; in a domain that migrates it is prepared and admitted at its first login, or at once with --new",
  "mailbox add carol@big-company.com --new --password-stdin < password.txt",
)
  .option("--new", "it has no old mail: admit it at once")
  .option("--password-stdin", "read the password from standard input")
  .option("--quota <octets>", "most octets it may hold", Number)
  .action(async (address: string, options: PasswordOptions & { new?: boolean; quota?: number }) => {
    const password = options.passwordStdin ? await readStandardInput() : null;
    const added = await serverOf(options).post<{ address: string; admitted: boolean }>("/mailboxes", {
      address,
      password,
      isNew: options.new ?? false,
      quota: options.quota ?? null,
    });
    const words = added.admitted ? "added" : "prepared; it is admitted at its first login";
    tell(options, added, `Mailbox ${added.address} ${words}.`);
  });

interface ListOptions extends CommonOptions {
  readonly search?: string;
  readonly state?: string;
  readonly limit?: number;
  readonly after?: string;
}

const headings = ["ADDRESS", "STATE", "MESSAGES", "SIZE"];

const list = command(
  "list <domain>",
  "list the mailboxes of a domain: all, or a page of those that are looked for",
  "mailbox list big-company.com --state waiting --limit 20",
)
  .option("--search <text>", "part of an address")
  .option("--state <state>", "over, on-the-way, waiting, returned, prepared, local")
  .option("--limit <count>", "most mailboxes that are shown", Number)
  .option("--after <cursor>", "go on where an earlier answer ended")
  .action(async (domain: string, options: ListOptions) => {
    const { search, state, limit, after } = options;
    if ([search, state, limit, after].some((one) => one !== undefined))
      return await listPage(domain, options);
    const path = `/domains/${encodeURIComponent(domain)}/mailboxes`;
    const mailboxes = await Array.fromAsync(
      serverOf(options).pages<MailboxView>(path, ({ address }) => address),
    );
    const rows = mailboxes.map((mailbox) => rowOf(mailbox, stateOf(mailbox)));
    tell(options, mailboxes, rows.length === 0 ? "No mailboxes yet." : table(headings, rows));
  });

async function listPage(domain: string, options: ListOptions): Promise<void> {
  const { search, state, limit = 200, after } = options;
  const query = new URLSearchParams({ search: search ?? "", limit: String(limit) });
  if (state !== undefined) query.set("stage", state);
  if (after !== undefined) query.set("cursor", after);
  const path = `/domains/${encodeURIComponent(domain)}/roster?${query}`;
  const page = await serverOf(options).get<RosterView>(path);
  const rows = page.mailboxes.map((mailbox) => rowOf(mailbox, mailbox.stage));
  const rest = page.next === null ? "" : `\n\nOf ${page.total}; for more: --after ${page.next}`;
  tell(options, page, rows.length === 0 ? "No mailbox matches." : `${table(headings, rows)}${rest}`);
}

function rowOf({ address, messages, octets }: MailboxView | RosterRowView, state: string): string[] {
  return [address, state, String(messages), inOctets(octets)];
}

const show = command("show <address>", "show one mailbox", "mailbox show anna@big-company.com").action(
  async (address: string, options: CommonOptions) => {
    const mailbox = await serverOf(options).get<MailboxView>(`/mailboxes/${encodeURIComponent(address)}`);
    const rows = mailbox.folders.map((folder) => [
      folder.name,
      String(folder.messages),
      String(folder.uidValidity),
      String(folder.uidNext),
    ]);
    const quota = mailbox.quota === null ? ", no quota" : ` of ${inOctets(mailbox.quota)}`;
    const head = `${mailbox.address}: ${stateOf(mailbox)}, ${mailbox.messages} messages, ${inOctets(mailbox.octets)}${quota}`;
    tell(options, mailbox, `${head}\n\n${table(["FOLDER", "MESSAGES", "UIDVALIDITY", "UIDNEXT"], rows)}`);
  },
);

const password = command(
  "password <address>",
  "set the password of a mailbox",
  "mailbox password anna@big-company.com --password-stdin < password.txt",
)
  .requiredOption("--password-stdin", "read the password from standard input")
  .action(async (address: string, options: PasswordOptions) => {
    const body = { password: await readStandardInput() };
    await serverOf(options).put(`/mailboxes/${encodeURIComponent(address)}/password`, body);
    tell(options, { done: true }, `The password of ${address} is set; its sessions are ended.`);
  });

const quota = command(
  "quota <address> <size>",
  'set how much a mailbox may hold: octets, a size such as "5 GB", or "none"',
  'mailbox quota anna@big-company.com "5 GB"',
).action(async (address: string, size: string, options: CommonOptions) => {
  const octets = size === "none" ? null : /^\d{1,15}$/.test(size) ? Number(size) : parseSize(size);
  if (octets === null && size !== "none")
    throw new CommandFailed(`${size} is no size: such as "5 GB", or none`);
  await serverOf(options).put(`/mailboxes/${encodeURIComponent(address)}/quota`, { quota: octets });
  tell(options, { done: true }, `${address} may hold ${octets === null ? "what comes" : inOctets(octets)}.`);
});

const ledger = command(
  "ledger <address>",
  "what became of each message of the old server",
  "mailbox ledger anna@big-company.com --outcome skipped",
)
  .option("--outcome <outcome>", "copied, waiting, failing, skipped, already-here")
  .option("--search <text>", "part of a subject, a sender or a unique-id", "")
  .option("--limit <count>", "most messages that are shown", Number, 200)
  .option("--after <cursor>", "go on where an earlier answer ended")
  .action(async (address: string, options: LedgerOptions) => {
    const query = new URLSearchParams({ search: options.search, limit: String(options.limit) });
    if (options.outcome !== undefined) query.set("outcome", options.outcome);
    if (options.after !== undefined) query.set("cursor", options.after);
    const view = await serverOf(options).get<LedgerView>(
      `/mailboxes/${encodeURIComponent(address)}/ledger?${query}`,
    );
    const rows = view.messages.map(({ uniqueId, outcome, size, date, from, subject, reason }) => [
      ...[
        uniqueId,
        outcome,
        inOctets(size),
        date?.slice(0, 10) ?? "-",
        from ?? "-",
        subject ?? "-",
        reason ?? "",
      ],
    ]);
    const counts = Object.entries(view.counts).map(([outcome, count]) => `${count} ${outcome}`);
    const more = view.next === null ? "" : `\n\nThere are more: --after ${view.next}`;
    const head = ["UNIQUE-ID", "OUTCOME", "SIZE", "DATE", "FROM", "SUBJECT", "REASON"];
    tell(options, view, `${counts.join(", ")}\n\n${table(head, rows)}${more}`);
  });

const remove = command(
  "remove <address>",
  "remove a mailbox with its mail",
  "mailbox remove anna@big-company.com",
).action(async (address: string, options: CommonOptions) => {
  await serverOf(options).delete(`/mailboxes/${encodeURIComponent(address)}`);
  tell(options, { done: true }, `Mailbox ${address} removed.`);
});

function stateOf({ admitted, returned }: Pick<MailboxView, "admitted" | "returned">): string {
  if (admitted) return "here";
  return returned ? "went back" : "prepared";
}

export const mailboxCommands = noun("mailbox", "people's accounts", [
  add,
  list,
  show,
  password,
  quota,
  ledger,
  remove,
]);
