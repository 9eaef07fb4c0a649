import {
  type Tensor, abs, acos, atan2, cbrt, clip, elu, floor, grad, hypot, leakyRelu, log, maxPool2d, max, maximum, min, minimum, mod, norm, pow, prod, relu, round, sign, sort, sqrt, stack,
  sum, tensor, topK, values, where, greater, variance, xlogy,
} from "@nabla/autodiff"; // prettier-ignore
import { expect, test } from "vitest";

/** A point at which no single derivative exists, or where one side is infinite. */
interface Kink {
  readonly written: string;
  readonly f: (x: Tensor) => Tensor;
  readonly at: readonly number[];
  /** The derivative that the convention chooses there, worked out by hand from the rule. */
  readonly wanted: readonly number[];
  readonly rule: string;
}

const least = "the subgradient of least norm";
const even = "ties share evenly";

const kinks: readonly Kink[] = [
  { written: "relu(x)", f: (x) => relu(x), at: [0], wanted: [0], rule: least },
  { written: "abs(x)", f: (x) => abs(x), at: [0], wanted: [0], rule: least },
  { written: "sign(x)", f: (x) => sign(x), at: [0], wanted: [0], rule: "piecewise constant: 0 everywhere" },
  { written: "floor(x)", f: (x) => floor(x), at: [1], wanted: [0], rule: "piecewise constant: 0 everywhere" },
  { written: "round(x)", f: (x) => round(x), at: [0.5], wanted: [0], rule: "piecewise constant: 0 everywhere" },
  { written: "mod(x, 2)", f: (x) => mod(x, 2), at: [2], wanted: [1], rule: "the slope of the pieces" },
  { written: "leakyRelu(x), slope 0.1", f: (x) => leakyRelu(x, { negativeSlope: 0.1 }), at: [0], wanted: [0.1], rule: "the left branch, as PyTorch" },
  { written: "elu(x), alpha 0.5", f: (x) => elu(x, { alpha: 0.5 }), at: [0], wanted: [0.5], rule: "the left branch" },
  {
    written: "clip(x, -1 to 1)",
    f: (x) => clip(x, { min: -1, max: 1 }),
    at: [1],
    wanted: [1],
    rule: "1 on the closed interval, so that a value on the bound still learns",
  },
  {
    written: "where(x > 0, 2x, 3x)",
    f: (x) => where(greater(x, 0), sum(stack([x, x], { axis: 0 }), { axis: 0 }), sum(stack([x, x, x], { axis: 0 }), { axis: 0 })),
    at: [0],
    wanted: [3],
    rule: "the branch that is taken",
  },
  { written: "maximum(x₁, x₂)", f: (x) => maximum(...pair(x)), at: [1, 1], wanted: [0.5, 0.5], rule: even },
  { written: "minimum(x₁, x₂)", f: (x) => minimum(...pair(x)), at: [1, 1], wanted: [0.5, 0.5], rule: even },
  { written: "max(x)", f: (x) => max(x), at: [2, 2, 1], wanted: [0.5, 0.5, 0], rule: even },
  { written: "min(x)", f: (x) => min(x), at: [2, 1, 1], wanted: [0, 0.5, 0.5], rule: even },
  {
    written: "maxPool2d(x), 1×2",
    f: (x) => maxPool2d(reshape4(x), { kernel: [1, 2] }),
    at: [3, 3],
    wanted: [1, 0],
    rule: "the first of the window, as every framework",
  },
  { written: "sort(x)₁", f: (x) => sum(topK(sort(x), { k: 1, largest: false }).values), at: [1, 1], wanted: [1, 0], rule: "equal entries keep their order" },
  { written: "norm(x)", f: (x) => norm(x), at: [0, 0], wanted: [0, 0], rule: least },
  { written: "norm(x), order 1", f: (x) => norm(x, { ord: 1 }), at: [0, -2], wanted: [0, -1], rule: least },
  { written: "norm(x), order Infinity", f: (x) => norm(x, { ord: "Infinity" }), at: [2, -2], wanted: [0.5, -0.5], rule: even },
  { written: "hypot(x₁, x₂)", f: (x) => hypot(...pair(x)), at: [0, 0], wanted: [0, 0], rule: least },
  { written: "atan2(x₁, x₂)", f: (x) => atan2(...pair(x)), at: [0, 0], wanted: [0, 0], rule: "0: the angle of the origin is set, not a limit" },
  { written: "variance(x)", f: (x) => variance(x), at: [3, 3], wanted: [0, 0], rule: "smooth: a constant has derivative 0" },
  { written: "sqrt(x)", f: (x) => sqrt(x), at: [0], wanted: [Infinity], rule: "the limit, which is infinite" },
  { written: "cbrt(x)", f: (x) => cbrt(x), at: [0], wanted: [Infinity], rule: "the limit, which is infinite" },
  { written: "log(x)", f: (x) => log(x), at: [0], wanted: [Infinity], rule: "the limit, which is infinite" },
  { written: "acos(x)", f: (x) => acos(x), at: [1], wanted: [-Infinity], rule: "the limit, which is infinite" },
  { written: "xlogy(0, x)", f: (x) => xlogy(0, x), at: [0], wanted: [0], rule: "0 log x is the constant 0" },
  { written: "x^0", f: (x) => pow(x, { exponent: 0 }), at: [0], wanted: [0], rule: "x^0 is the constant 1" },
  { written: "0^x", f: (x) => pow(tensor(0), x), at: [0], wanted: [0], rule: "0 from the right, where 0^x is the constant 0" },
  { written: "x^0.5", f: (x) => pow(x, { exponent: 0.5 }), at: [0], wanted: [Infinity], rule: "the limit, which is infinite" },
  { written: "prod(x)", f: (x) => prod(x), at: [0, 2, 3], wanted: [6, 0, 0], rule: "smooth: the product of the others" },
];

function pair(x: Tensor): [Tensor, Tensor] {
  return [sum(topKAt(x, 0)), sum(topKAt(x, 1))];
}

/** Entry `at` of a vector, as a scalar. */
function topKAt(x: Tensor, at: number): Tensor {
  return where(
    [0, 1].map((each) => Number(each === at)),
    x,
    0,
  );
}

function reshape4(x: Tensor): Tensor {
  return stack([stack([stack([x], { axis: 0 })], { axis: 0 })], { axis: 0 });
}

const shown = (entries: Iterable<number>): string => Array.from(entries, (entry) => String(Number(entry.toPrecision(6)))).join(", ");

test("docs/kinks.md says what is computed", async () => {
  const rows = kinks.map(({ written, f, at, wanted, rule }) => {
    const slope = grad((x: Tensor) => sum(f(x)));
    const here = values(slope(tensor(at.length === 1 ? (at[0] as number) : at)));
    // 0 and -0 are one derivative.
    expect(
      Array.from(here, (entry) => entry + 0),
      written,
    ).toEqual(wanted);
    return `| \`${written}\` | ${shown(at)} | ${shown(here)} | ${rule} |`;
  });
  const page = [
    "# Kinks",
    "",
    "Where no single derivative exists, the library gives the one that this page says. The rule: the subgradient of least norm among the arguments that",
    "the op names; ties share evenly; a function that jumps has derivative 0; exceptions say why. The page is written by a test that computes it.",
    "",
    "| op | at | derivative | rule |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "A branch that is not taken, and an entry that does not win, contribute a zero that is meant: it stays 0 whatever the dead branch holds, Infinity and",
    "NaN included, to any order. `where(x > 0, log(x), 0)` has derivative 0 at 0.",
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/kinks.md");
});
