/** `mailferry queue …` */
import type { QueuedView } from "#http/queue";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { inOctets, table } from "./terminal.ts";

const list = command("list", "list the recipients that wait", "queue list").action(
  async (options: CommonOptions) => {
    const queued = await Array.fromAsync(serverOf(options).pages<QueuedView>("/queue", ({ id }) => id));
    const rows = queued.map((recipient) => [
      recipient.id,
      recipient.from || "<>",
      recipient.to,
      recipient.via,
      recipient.held ? "held" : recipient.nextTry,
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

const act = (verb: string, description: string, past: string) =>
  command(`${verb} <id>`, description, `queue ${verb} 7f3a`).action(
    async (id: string, options: CommonOptions) => {
      const path = `/queue/${encodeURIComponent(id)}`;
      await (verb === "drop" ? serverOf(options).delete(path) : serverOf(options).post(`${path}/${verb}`));
      tell(options, { done: true }, `${id} ${past}.`);
    },
  );

export const queueCommands = noun("queue", "accepted mail that waits to leave", [
  list,
  show,
  act("retry", "try a recipient again now", "is tried again now"),
  act("hold", "keep a recipient until it is released", "is held"),
  act("release", "let a held recipient go", "is released"),
  act("drop", "drop a recipient; its sender is told nothing", "is dropped"),
]);
