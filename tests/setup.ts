import { expect } from "vitest";

// Laws run on the same examples every time; NABLA_SEED=random (or a number) tries others. A failing law prints its seed and its smallest counterexample.
if (expect.getState().testPath?.includes("/properties/") === true) {
  const { configureGlobal } = await import("fast-check");
  const asked = process.env["NABLA_SEED"] ?? "20260101";
  const seed = asked === "random" ? Math.trunc(Math.random() * 2 ** 31) : Number(asked);
  if (!Number.isInteger(seed)) throw new Error(`NABLA_SEED must be an integer or "random", got ${asked}`);
  configureGlobal({ seed });
}
