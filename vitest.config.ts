import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@nabla/source", "module", "node", "default"] },
  ssr: { resolve: { conditions: ["@nabla/source", "module", "node", "default"] } },
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default", "./tests/reporter.ts"],
    testTimeout: 60_000,
    pool: "threads",
  },
});
