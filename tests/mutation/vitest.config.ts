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
      { find: "@nabla/autodiff/argument", replacement: source("autodiff/src/argument.ts") },
      { find: "@nabla/autodiff/formula", replacement: source("autodiff/src/formula/index.ts") },
      { find: "@nabla/autodiff", replacement: source("autodiff/src/index.ts") },
      { find: "@nabla/mlp", replacement: source("mlp/src/index.ts") },
    ],
  },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "tests/properties/{batched-costs,checker,contraction,corners,cross-entropy,diagnosis,formula,identities,laws,operation-counts,order}.test.ts",
      "tests/properties/{random,registry,rewritings,singular,special-functions,tape,transformation-corners,transformations}.test.ts",
      "tests/conformance/conformance.test.ts",
      "tests/faults/{messages,ops}.test.ts",
      "tests/snapshots/{formulas,notation}.test.ts",
      "tests/documents/kinks.test.ts",
      "tests/leaks/memory.test.ts",
    ],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 60_000,
  },
});
