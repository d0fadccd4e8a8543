import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Real servers and programs: one file at a time, long limits, the peers installed before the first test. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/interop/**/*.test.ts"],
    globalSetup: ["test/interop/install.ts"],
    pool: "forks",
    // With memory protection keys V8 now and then loses count of its code pages when threads end, and ends the process.
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning", "--no-memory-protection-keys"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
