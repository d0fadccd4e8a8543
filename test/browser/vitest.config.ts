import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The pages in a real browser: one file at a time. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/browser/**/*.test.ts"],
    pool: "forks",
    // With memory protection keys V8 now and then loses count of its code pages when threads end, and ends the process.
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning", "--no-memory-protection-keys"],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
