import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    exclude: ["test/interop/**", "test/browser/**", "node_modules/**"],
    pool: "forks",
    // With memory protection keys V8 now and then loses count of its code pages when threads end, and ends the process.
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning", "--no-memory-protection-keys"],
    // A test often waits for a timer, a disk or a child process: two at once where there are two processors.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
  },
});
