import { type Unary, unary } from "./define.ts";
import { call } from "./notation.ts";

/** The exponential: its name, notation, kernel and derivative. */
export const growing: Parameters<typeof unary>[0] = {
  name: "exp",
  notation: call("exp", "\\exp"),
  scalar: (k, x) => k.exp(x),
  derivative: (_x, y) => y,
};

/** exp(x) in which no identity looks for anything: what the expansions below the identities are written with. */
export const growth: Unary = unary(growing);
