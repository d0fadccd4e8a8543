import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    exclude: ["test/interop/**", "test/browser/**", "node_modules/**"],
    pool: "forks",
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning"],
    testTimeout: 20_000,
  },
});
