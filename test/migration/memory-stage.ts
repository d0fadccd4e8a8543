import { createHash } from "node:crypto";
import type { MessageFacts } from "#mail/facts";
import type { ContentStage, ContentWriter } from "#mailbox/content";

/** Keeps everything in memory. */
export const memoryStage: ContentStage = {
  begin(): ContentWriter {
    const chunks: Buffer[] = [];
    return {
      get size() {
        return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      },
      async write(chunk) {
        chunks.push(Buffer.from(chunk));
      },
      async finish() {
        const octets = Buffer.concat(chunks);
        const sha256 = createHash("sha256").update(octets).digest("hex");
        return {
          facts: { size: octets.length, sha256 } as MessageFacts,
          body: { kind: "inline", octets },
          [Symbol.asyncDispose]: async () => undefined,
        };
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
