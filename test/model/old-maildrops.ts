/** What becomes of old maildrops by themselves, or by other programs that read them. */
import { numberOf } from "./letters.ts";
import { latin1 } from "./old-house.ts";
import type { World } from "./world.ts";

/** Another program, which still reads the old maildrop, deletes there. */
export function removeThere(world: World, index: number, which: number): void {
  const person = world.person(index);
  const { messages } = world.old.mailbox(person.name);
  const [gone] = messages.splice(which % Math.max(messages.length, 1), 1);
  if (!gone) return;
  const number = numberOf(latin1(gone.octets));
  for (const letter of world.letters)
    if (letter.to === person.name && letter.number === number) letter.isGoneThere = true;
  person.mayVanish = true;
  world.story.push(`letter ${number} is taken out of the old maildrop of ${person.name}`);
}

/** All unique-ids of an old maildrop change. */
export function renameThere(world: World, index: number): void {
  const person = world.person(index);
  world.old.rename(person.name);
  for (const letter of world.letters) if (letter.to === person.name) letter.isRenamed = true;
  person.mayVanish = true;
  world.story.push(`the unique-ids of ${person.name} change`);
}

/** An old maildrop lists empty from now on. */
export function hideThere(world: World, index: number): void {
  const person = world.person(index);
  const hidden = world.old.hide(person.name).map(({ octets }) => numberOf(latin1(octets)));
  for (const letter of world.letters)
    if (letter.to === person.name && hidden.includes(letter.number)) letter.wasHidden = true;
  person.mayVanish = true;
  world.story.push(`the old maildrop of ${person.name} lists empty (${hidden.length})`);
}

/** And all again, with other unique-ids. */
export function showThere(world: World, index: number): void {
  const person = world.person(index);
  const shown = world.old.show(person.name);
  if (shown === 0) return;
  for (const letter of world.letters) {
    if (letter.to !== person.name) continue;
    letter.isRenamed = true;
    // Who had not copied it by the end does not come back for it.
    if (letter.wasHidden) letter.isLate = world.cutover === "running" || !world.isMigrating;
  }
  world.story.push(`the old maildrop of ${person.name} is back with other unique-ids (${shown})`);
}
