/** When all is well again and nothing is left to do: what must be true then. */
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import type { DomainView } from "#http/domains";
import type { CheckView, MigrationStatusView } from "#http/migrations";
import type { FindingLine } from "#http/proof-views";
import type { QueuedView } from "#http/queue";
import { domain, isWelcome, type Letter, messageIdOf, numberOf, timesHere, timesThere } from "./letters.ts";
import { type Person, TryLater } from "./person.ts";
import { route, type World } from "./world.ts";

const minutes = 60_000;
/** Leaps of the clock, 20 minutes each, that everything may take until it has come to rest. */
const patience = 120;

/** Lets everything go its way until nothing changes any more. */
export async function heal(world: World): Promise<void> {
  world.calm();
  await world.settled();
  let state = "";
  for (let quiet = 0, round = 0; quiet < 2; round++) {
    if (round > patience) throw new Error(`it never comes to rest: ${state}`);
    world.house.forward(20 * minutes);
    world.old.land();
    // The clock alone moves by leaps: what goes on needs turns, too, and on a busy machine more of them.
    await wait(10 + 5 * round);
    await world.refresh();
    const unsent = Map.groupBy(
      world.letters.filter(({ isAccepted, way }) => isAccepted === "no" && way === "outside"),
      ({ number }) => number,
    );
    const isOver = !world.isMigrating;
    if (!isOver)
      for (const letters of unsent.values()) await world.happen("again", true, () => world.send(letters));
    state = await leftToDo(world);
    quiet = state === "" ? quiet + 1 : 0;
  }
}

/** What is not at rest yet, for people; "" when all is. */
async function leftToDo(world: World): Promise<string> {
  if (world.cutover === "running" || world.cutover === "undoing") return `the cutover is ${world.cutover}`;
  const { command } = world.house;
  const queue = await command.get<readonly QueuedView[]>("/queue?limit=1000");
  if (queue.length > 0) return `${queue.length} wait in the queue: ${JSON.stringify(queue[0])}`;
  if (!world.isMigrating) return "";
  // Old passwords that were destroyed come back with the next login.
  for (const person of world.people)
    if (person.isHere === "yes") await eventually(world, person, "pop3", "none");
  const { mailboxes } = await command.post<CheckView>(`/migrations/${domain}/check`, { wait: true });
  const { transfers } = await command.get<MigrationStatusView>(`/migrations/${domain}`);
  if (transfers.some(({ state }) => state === "paused")) await world.resume();
  const left = [
    ...mailboxes.filter(
      ({ address, found, problem }) => isHere(world, address) && (found > 0 || problem !== null),
    ),
    ...(await waysBack(world)),
    ...transfers.filter(
      ({ state, messages, messagesHere }) =>
        state !== "returned" && (state !== "following" || messages !== messagesHere),
    ),
    ...world.letters.filter(({ isAccepted }) => isAccepted === "no"),
  ];
  return left.length === 0 ? "" : JSON.stringify(left.slice(0, 3));
}

function isHere(world: World, address: string): boolean {
  return world.people.some((person) => person.address === address && person.isHere === "yes");
}

/**
 * Ways back that are not proved yet; what was looked for in vain while there was trouble is looked for again. What
 * somebody has taken away there since cannot be found, and nothing can without the old password, which a cutover
 * destroys: where mail is then, the old server itself tells below.
 */
async function waysBack(world: World): Promise<readonly string[]> {
  const left: string[] = [];
  for (const person of world.people) {
    if (person.isHere !== "away") continue;
    const way = await world.wayBack(person);
    const isGone = (messageId: string | null): boolean =>
      world.letters.some(
        (one) => one.isGoneThere && messageId === messageIdOf(one) && one.to === person.name,
      );
    const isFound = way?.missing.every(({ messageId }) => isGone(messageId));
    const isBlind = way?.phase === "unproved" && /password is not known here/.test(way.reason ?? "");
    if (way?.phase === "proved" || (way?.queued === 0 && (isFound || isBlind))) continue;
    left.push(`${person.name} is on the way back: ${JSON.stringify(way)}`);
    if (way?.phase === "unproved") await world.giveBack(person);
  }
  return left;
}

/** Looks until nothing is in the way any more. */
async function eventually(
  world: World,
  person: Person,
  by: "pop3" | "imap",
  which: "all" | "none",
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await person.look(by, which, world.surroundings());
      return;
    } catch (error) {
      if (!(error instanceof TryLater) || tries > 20) throw error;
      await world.pass(minutes);
    }
  }
}

/** Nothing is lost, nothing is doubled. */
export async function expectAll(world: World): Promise<void> {
  for (const person of world.people) {
    const letters = world.letters.filter(({ to }) => to === person.name);
    if (person.isHere === "yes") {
      await eventually(world, person, "pop3", "all");
      await eventually(world, person, "imap", "all");
      expectHere(world, person, letters);
    } else expectThere(world, person, letters);
  }
}

function expectHere(world: World, person: Person, letters: readonly Letter[]): void {
  const texts = person.imap.texts;
  const inbox = person.pop3.texts;
  const unread = [...texts, ...inbox].filter((text) => text === null).length;
  expect(unread, `${person.name} cannot read ${unread}`).toBe(0);
  const count = (all: readonly (string | null)[], number: number): number =>
    all.filter((text) => text !== null && numberOf(text) === number).length;
  const wrong = letters.flatMap((letter) => {
    const times = count(texts, letter.number);
    const once = timesHere(letter, world.hadLostAnswers);
    const right = person.mayHaveTwo ? [...once, 1, 2] : once;
    if (right.includes(times) && count(inbox, letter.number) <= times) return [];
    return [`letter ${letter.number} of ${letter.to} is here ${times} times, not ${right.join(" or ")}`];
  });
  expect(wrong).toEqual([]);
  const strangers = texts.filter((text) => text !== null && numberOf(text) === null && !isWelcome(text));
  expect(strangers).toEqual([]);
}

function expectThere(world: World, { isHere }: Person, letters: readonly Letter[]): void {
  const wrong = letters.flatMap((letter) => {
    const times = world.old.times(letter);
    const right = timesThere(letter, isHere === "away", world.hadLostAnswers);
    if (right.includes(times)) return [];
    return [`letter ${letter.number} of ${letter.to} is there ${times} times, not ${right.join(" or ")}`];
  });
  expect(wrong).toEqual([]);
}

/** Everybody comes, and the migration ends with a certificate that closes and that the disk bears out. */
export async function cutOver(world: World): Promise<void> {
  if (world.isMigrating) {
    for (const person of world.people) {
      if (person.isHere === "away") await world.permit(person);
      await eventually(world, person, "pop3", "none");
    }
    await heal(world);
    const obstacle = await world.beginCutover();
    expect(obstacle).toBeNull();
    for (let round = 0; world.cutover === "running"; round++) {
      if (round > 200) throw new Error("the cutover does not end");
      await world.pass(2 * minutes);
      await wait(5);
      await world.refresh();
    }
  }
  expect(world.cutover).toBe("done");
  const findings: FindingLine[] = [];
  for await (const line of world.house.command.lines<FindingLine>(`/migrations/${domain}/verify`, {}))
    findings.push(line);
  expect(findings.find(({ kind }) => kind === "begun")).toMatchObject({ certificate: { closes: true } });
  expect(findings.filter(({ kind }) => kind === "damaged")).toEqual([]);
  expect(findings.at(-1)).toMatchObject({ kind: "end", wrongRoots: 0 });
  const { unknownUsers } = await world.house.command.get<DomainView & { kind: "local" }>(
    `/domains/${domain}`,
  );
  expect(unknownUsers).toBe("reject");
}

/** The way back: mail for those who are not here is piped as before. */
export async function expectPiped(world: World): Promise<void> {
  const view = await world.house.command.get<DomainView & { kind: "local" }>(`/domains/${domain}`);
  expect(view.unknownUsers).toBe(`*@${domain}|${route}`);
}
