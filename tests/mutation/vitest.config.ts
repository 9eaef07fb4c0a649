import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@nabla/source", "module", "node", "default"];
const root = fileURLToPath(new URL("../..", import.meta.url));
const source = (path: string): string => `${root}packages/${path}`;

/** The tests that judge the core, read from the copy that holds the mutants: links in node_modules lead to the originals. */
export default defineConfig({
  root,
  resolve: {
    conditions,
    alias: [
      { find: "@nabla/autodiff/formula", replacement: source("autodiff/src/formula/index.ts") },
      { find: "@nabla/autodiff", replacement: source("autodiff/src/index.ts") },
      { find: "@nabla/mlp", replacement: source("mlp/src/index.ts") },
    ],
  },
  ssr: { resolve: { conditions } },
  test: {
    include: ["tests/{properties,conformance,leaks}/**/*.test.ts", "tests/faults/messages.test.ts", "tests/snapshots/formulas.test.ts"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 60_000,
  },
});
