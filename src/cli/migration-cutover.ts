/** `mailferry migration cutover …` */
import { setTimeout as wait } from "node:timers/promises";
import type { CutoverPlanView, CutoverView } from "#http/cutover";
import { CommandFailed, type Connection } from "./connection.ts";
import { type CommonOptions, command, serverOf, tell } from "./noun.ts";
import { inOctets, progress, say } from "./terminal.ts";

interface CutoverOptions extends CommonOptions {
  readonly giveUp?: readonly string[];
  readonly undo?: boolean;
  readonly show?: boolean;
  readonly plan?: boolean;
  readonly wait: boolean;
}

const look = 500;

/** The guarded end of a migration, step by step before the administrator's eyes. */
export const cutover = command(
  "cutover <domain>",
  "end the migration in one guarded act: nothing is lost, every step is shown, and it can be undone",
  "migration cutover big-company.com",
)
  .option(
    "--give-up <address...>",
    "people who are given up: their remaining old mail, or that they never came",
  )
  .option("--undo", "bring back what the last cutover changed, while it runs or after it")
  .option("--show", "only show where the last cutover stands")
  .option("--plan", "only tell what it would do now, in numbers, and what is in the way; nothing is changed")
  .option("--no-wait", "return at once; --show tells how it goes on")
  .action(async (domain: string, options: CutoverOptions) => {
    const server = serverOf(options);
    const path = `/migrations/${encodeURIComponent(domain)}/cutover`;
    if (options.plan) {
      const plan = await server.get<CutoverPlanView>(`${path}/plan`);
      return tell(options, plan, planText(plan));
    }
    if (options.show) return showState(options, await server.get<CutoverView>(path));
    if (options.undo) {
      const undone = await server.post<CutoverView>(`${path}/undo`);
      return tell(options, undone, `The cutover of ${domain} is undone: the migration is on again.`);
    }
    const begun = await server.post<CutoverView>(path, { giveUp: options.giveUp ?? [] });
    const ended = options.wait ? await follow(server, path, options.json ? null : begun) : begun;
    if (options.json || !options.wait) showState(options, ended);
    if (ended.state === "refused") throw new CommandFailed(refusedText(ended));
  });

function planText(plan: CutoverPlanView): string {
  const { domain, on, moved, notMoved, queued, route, blockers, blockersInAll } = plan;
  if (!on) return `${domain} is not migrating.`;
  const more = blockersInAll - blockers.length;
  return [
    `${moved.mailboxes} mailboxes have moved, with ${moved.messages} messages of the old server (${inOctets(moved.octets)}).`,
    `${notMoved.people} people have not moved; ${notMoved.withRecentMail} of them received mail this week.`,
    `Mail for ${queued} recipients waits to go to the old server.`,
    `Unknown users would be refused (now: ${plan.unknownUsers}), and all old passwords destroyed.`,
    ...(route === null ? [] : [`Nothing would go out through ${route} any more.`]),
    ...blockers.map(({ text }) => `In the way: ${text}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join("\n");
}

function showState(options: CommonOptions, view: CutoverView): void {
  const waiting = view.waitingFor === null ? [] : [`It waits: ${view.waitingFor}.`];
  const blockers = view.blockers.map((blocker) => `In the way: ${blocker}`);
  const lines = view.steps.map(({ state, text }) => `${marks[state]}  ${text}`);
  const head = `Cutover of ${view.domain}, begun ${view.startedAt}: ${view.state}`;
  tell(options, view, [head, ...lines, ...waiting, ...blockers].join("\n"));
}

const marks = { done: "done", now: "now ", left: "    ", ended: "-   " } as const;

/** Says each step once it is done; @param first null: says nothing */
async function follow(server: Connection, path: string, first: CutoverView | null): Promise<CutoverView> {
  let said = 0;
  for (let view = first ?? (await server.get<CutoverView>(path)); ; view = await server.get(path)) {
    if (first) {
      const over = view.steps.filter(({ state }) => state === "done");
      if (over.length > said) progress("");
      for (const { text } of over.slice(said)) say(`done  ${text}`);
      said = Math.max(said, over.length);
      const now = view.steps.find(({ state }) => state === "now");
      if (now) progress(`now   ${now.text}${view.waitingFor === null ? "" : ` (${view.waitingFor})`}`);
    }
    if (view.state !== "running") {
      if (first) progress("");
      if (first && view.state === "done") say(overText(view));
      return view;
    }
    await wait(look);
  }
}

function overText({ domain, certificate }: CutoverView): string {
  const proof = certificate === null ? "" : ` Its certificate: "migration report ${domain}".`;
  return `${domain} has moved.${proof} "migration cutover ${domain} --undo" brings everything back.`;
}

function refusedText({ domain, blockers }: CutoverView): string {
  return `the cutover of ${domain} is refused, and nothing has changed: ${blockers.join("; ")}`;
}
