import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Manner, play } from "./player.ts";
import { parseTranscript } from "./transcript.ts";
import type { OpenWorld } from "./world.ts";

/** Makes a test of every transcript of a folder beside this file, in every manner that it is meant for. */
export function replayFolder(folder: string, openWorld: OpenWorld): void {
  const directory = fileURLToPath(new URL(`${folder}/`, import.meta.url));
  const names = readdirSync(directory).filter((name) => name.endsWith(".txt"));
  it(`has transcripts in ${folder}`, () => expect(names.length).toBeGreaterThan(0));
  for (const name of names.sort()) {
    const transcript = parseTranscript(`${folder}/${name}`, readFileSync(directory + name, "utf8"));
    const manners: Manner[] = ["whole"];
    if (!transcript.isWholeOnly) manners.push("octets");
    if (transcript.isPipelined) manners.push("pipelined");
    describe(`${name}: ${transcript.title}`, () => {
      it.each(manners)("%s", async (manner) => {
        await using world = await openWorld(transcript.given);
        await play(transcript, world, manner);
      });
    });
  }
}
