import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Manner, play } from "./player.ts";
import { parseTranscript, type Transcript } from "./transcript.ts";
import type { OpenWorld } from "./world.ts";

/**
 * Makes a test of every transcript of a folder beside this file, in every manner that it is meant for.
 * @param isWanted which of them, all unless told
 * @param inManners no others than these
 */
export function replayFolder(
  folder: string,
  openWorld: OpenWorld,
  isWanted: (transcript: Transcript) => boolean = () => true,
  inManners: readonly Manner[] = ["whole", "octets", "pipelined"],
): void {
  const directory = fileURLToPath(new URL(`${folder}/`, import.meta.url));
  const transcripts = readdirSync(directory)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) => parseTranscript(`${folder}/${name}`, readFileSync(directory + name, "utf8")))
    .filter(isWanted);
  it(`has transcripts in ${folder}`, () => expect(transcripts.length).toBeGreaterThan(0));
  for (const transcript of transcripts) {
    const manners: Manner[] = ["whole"];
    if (!transcript.isWholeOnly) manners.push("octets");
    if (transcript.isPipelined) manners.push("pipelined");
    describe(`${transcript.name}: ${transcript.title}`, () => {
      it.each(manners.filter((manner) => inManners.includes(manner)))("%s", async (manner) => {
        await using world = await openWorld(transcript.given);
        await play(transcript, world, manner);
      });
    });
  }
}
