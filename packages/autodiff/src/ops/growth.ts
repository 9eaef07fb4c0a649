import { type Unary, unary } from "./define.ts";
import { call } from "./notation.ts";

/** exp(x) in which no identity looks for anything: what the expansions below the identities are written with. */
export const growth: Unary = unary({
  name: "exp",
  notation: call("exp", "\\exp"),
  scalar: (k, x) => k.exp(x),
  derivative: (_x, y) => y,
});
