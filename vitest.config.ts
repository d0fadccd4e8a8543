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
    testTimeout: 20_000,
  },
});
