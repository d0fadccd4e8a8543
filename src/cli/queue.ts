/** `mailferry queue …` */
import type { ListedView, QueuedView, QueueFiguresView } from "#http/queue";
import type { QueueActView } from "#http/queue-acts";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { inOctets, table } from "./terminal.ts";

interface FilterOptions extends CommonOptions {
  readonly domain?: string;
  readonly via?: string;
  readonly state?: string;
}

const filtered = (made: ReturnType<typeof command>) =>
  made
    .option("--domain <domain>", "of recipients in this domain")
    .option("--via <domain>", "that leave through this remote domain")
    .option("--state <state>", "deferred, due, under-way or held");

function filterOf({ domain, via, state }: FilterOptions) {
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(via === undefined ? {} : { via }),
    ...(state === undefined ? {} : { state }),
  };
}

const list = filtered(command("list", "list the recipients that wait", "queue list --state held")).action(
  async (options: FilterOptions) => {
    const path = `/queue?${new URLSearchParams(filterOf(options))}`;
    const queued = await Array.fromAsync(serverOf(options).pages<ListedView>(path, ({ id }) => id));
    const rows = queued.map((recipient) => [
      recipient.id,
      recipient.from || "<>",
      recipient.to,
      recipient.via,
      recipient.state === "deferred" ? recipient.nextTry : recipient.state,
      recipient.lastReply ?? "",
    ]);
    tell(
      options,
      queued,
      rows.length === 0
        ? "The queue is empty."
        : table(["ID", "FROM", "TO", "VIA", "NEXT TRY", "LAST ANSWER"], rows),
    );
  },
);

const show = command("show <id>", "show one recipient that waits", "queue show 7f3a").action(
  async (id: string, options: CommonOptions) => {
    const recipient = await serverOf(options).get<QueuedView>(`/queue/${encodeURIComponent(id)}`);
    const words = [
      `${recipient.id}: message ${recipient.message}, ${inOctets(recipient.octets)}, received ${recipient.receivedAt}`,
      `from ${recipient.from || "<>"} to ${recipient.to} by ${recipient.via}`,
      `${recipient.attempts} attempts, ${recipient.held ? "held" : `next ${recipient.nextTry}`}, given up ${recipient.expires}`,
      `last answer: ${recipient.lastReply ?? "none yet"}`,
    ];
    tell(options, recipient, words.join("\n"));
  },
);

interface ActOptions extends FilterOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** One, or all that the filter finds: how many that are is said first, and nothing is done without --yes. */
const act = (verb: string, description: string, past: string) =>
  filtered(command(`${verb} [id]`, description, `queue ${verb} 7f3a`))
    .option("--all", "all that the filter finds, instead of one; says how many that are")
    .option("--yes", "and do it")
    .action(async (id: string | undefined, options: ActOptions) => {
      if (id === undefined) return await actOnAll(verb, options);
      if (options.all) throw new CommandFailed("name one recipient, or --all: not both");
      const path = `/queue/${encodeURIComponent(id)}`;
      await (verb === "drop" ? serverOf(options).delete(path) : serverOf(options).post(`${path}/${verb}`));
      tell(options, { done: true }, `${id} ${past}.`);
    });

async function actOnAll(verb: string, options: ActOptions): Promise<void> {
  if (!options.all) throw new CommandFailed("name a recipient as queue list shows it, or say --all");
  const server = serverOf(options);
  const filter = filterOf(options);
  const { found } = await server.get<QueueFiguresView>(`/queue/figures?${new URLSearchParams(filter)}`);
  const { recipients, messages, last } = found;
  const count = `${recipients} recipients of ${messages} messages`;
  if (last === null)
    return tell(options, { done: true, recipients: 0 }, "Nothing in the queue is like that.");
  if (!options.yes)
    throw new CommandFailed(`${verb} would be done to ${count}: say --yes as well, and it is done`);
  const asked = { act: verb, filter, upTo: last, expected: recipients };
  const done = await server.post<QueueActView>("/queue", asked);
  tell(options, done, `${verb}: done to ${done.recipients} of ${count}.`);
}

export const queueCommands = noun("queue", "accepted mail that waits to leave", [
  list,
  show,
  act("retry", "try a recipient again now", "is tried again now"),
  act("hold", "keep a recipient until it is released", "is held"),
  act("release", "let a held recipient go", "is released"),
  act("drop", "drop a recipient; its sender is told nothing", "is dropped"),
]);
