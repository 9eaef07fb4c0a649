import { defineConfig } from "vitest/config";

const conditions = ["@nabla/source", "module", "node", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/temporary.ts"],
    setupFiles: ["tests/setup.ts"],
    reporters: ["default", "./tests/reporter.ts"],
    testTimeout: 60_000,
    pool: "threads",
    coverage: { provider: "v8", include: ["packages/*/src/**/*.ts"], reporter: ["text", "lcov"] },
  },
});
