/** `mailferry mailbox …` */
import type { MailboxView } from "#http/mailboxes";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { inOctets, readStandardInput, table } from "./terminal.ts";

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

const list = command(
  "list <domain>",
  "list the mailboxes of a domain",
  "mailbox list big-company.com",
).action(async (domain: string, options: CommonOptions) => {
  const path = `/domains/${encodeURIComponent(domain)}/mailboxes`;
  const mailboxes = await Array.fromAsync(
    serverOf(options).pages<MailboxView>(path, ({ address }) => address),
  );
  const rows = mailboxes.map((mailbox) => [
    mailbox.address,
    stateOf(mailbox),
    String(mailbox.messages),
    inOctets(mailbox.octets),
  ]);
  tell(
    options,
    mailboxes,
    rows.length === 0 ? "No mailboxes yet." : table(["ADDRESS", "STATE", "MESSAGES", "SIZE"], rows),
  );
});

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

export const mailboxCommands = noun("mailbox", "people's accounts", [add, list, show, password, remove]);
