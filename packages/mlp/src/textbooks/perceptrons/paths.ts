import { type Tensor, item, sum, tensor } from "@nabla/autodiff";
import { sumOfSquares } from "../../cost.ts";
import { forward } from "../../pass.ts";
import { pathCounts, pathSum } from "../../paths.ts";
import { type Vector, at, of } from "../numbers.ts";
import { functionAt, single } from "../places.ts";
import { type Comparison, type Curve, type Row, equation, exponent, instance, measured, over } from "../row.ts";
import { type Sample, everyActivation, everyHidden, sample } from "../sample.ts";
import { halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

const source = "E" as const;

/** (79) for every weight whose own layer is elementwise, first sample: the tape's derivative, and the library's paths one by one. */
function everyWeight(given: Sample): Comparison[] {
  const [x, y] = [[[...(given.X[0] ?? [])]], [[...(given.Y[0] ?? [])]]];
  const { z, a, dW } = run(given, halfSquares, [0]);
  const local = given.W.map((_, l) => {
    const f = functionAt(given, l);
    return f.name === "softmax" ? text.softmaxLocal(single(a[l + 1])) : text.diagonal(single(z[l]).map(f.prime));
  });
  const byA = single(a.at(-1)).map((each, t) => text.bySquares(each, of(given.Y, 0, t)));
  return given.W.flatMap((w, l) =>
    functionAt(given, l).name === "softmax"
      ? []
      : w.flatMap((row, j) =>
          row.map((_, k) => {
            const { paths } = pathSum(given.net, sumOfSquares, x, y, { layer: l + 1, to: j, from: k });
            const left = [of(dW[l], j, k), ...paths.map(({ product }) => product)];
            return instance(`w^${l + 2}_${j + 1}${k + 1}`, left, { w: given.W, local, byA, x: single(a[l]), l, j, k }, text.equation79);
          }),
        ),
  );
}

interface Reach {
  readonly a: number;
  readonly next: number;
  readonly cost: number;
}

/** What a weight of the first layer reaches: its own activation, the first one of the next layer, and the cost, when it moves by h. */
function reached(given: Sample, target: number, source: number, h: number): Reach {
  const layers = given.W.map((w, l) => ({
    W: tensor(w.map((row, j) => row.map((each, k) => (l === 0 && j === target && k === source ? each + h : each)))),
    b: tensor([...(given.b[l] ?? [])]),
  }));
  const row = (rows: readonly Vector[]): Tensor => tensor([[...(rows[0] ?? [])]]);
  const { a } = forward(given.net, row(given.X), { layers });
  return {
    a: at(Array.from(a[1]?.data ?? []), target),
    next: at(Array.from(a[2]?.data ?? []), 0),
    cost: item(sum(halfSquares(a.at(-1) as Tensor, row(given.Y)))),
  };
}

/** The derivatives of what it reaches, as products of local derivatives along paths. */
function alongPaths(given: Sample, target: number, source: number): Reach {
  const all = pathSum(given.net, sumOfSquares, [[...(given.X[0] ?? [])]], [[...(given.Y[0] ?? [])]], { layer: 1, to: target, from: source });
  const [own = Number.NaN, step = Number.NaN] = all.paths.find(({ neurons }) => neurons[1] === 0)?.factors.toReversed() ?? [];
  return { a: own, next: own * step, cost: all.sum };
}

/** So small that no relu of a sample, whose |z| are above 1e-3, meets its kink. */
const steps = [4e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5];

/**
 * The remainder of one of (74) to (76), the largest over the weights of the first layer. Where the change is linear in the weight, as for a
 * of relu or identity, there is none: such networks have no curve for (74) and (75), and are compared in (79).
 */
function remainders(which: keyof Reach): Curve[] {
  const curved = everyActivation().filter(({ hidden: { name } }) => which === "cost" || (name !== "relu" && name !== "identity"));
  return over(curved, (given) => {
    const weights = (given.W[0] ?? []).flatMap((row, j) => row.map((_, k) => [j, k] as const));
    const linear = weights.map(([j, k]) => alongPaths(given, j, k)[which]);
    const still = weights.map(([j, k]) => reached(given, j, k, 0)[which]);
    const remainder = (h: number): number =>
      Math.max(...weights.map(([j, k], i) => Math.abs(reached(given, j, k, h)[which] - at(still, i) - at(linear, i) * h)));
    return [{ label: "largest over the weights of layer 2", points: steps.map((h) => [h, remainder(h)] as const) }];
  });
}

export const pathRows: readonly Row[] = [
  equation({
    id: "E.19",
    source,
    place: "(79)",
    latex:
      "\\frac{\\partial C}{\\partial w_{jk}^l} = \\sum_{tsr\\cdots qp}\\frac{\\partial C}{\\partial a_t^L}\\frac{\\partial a_t^L}{\\partial a_s^{L-1}}\\cdots\\frac{\\partial a_p^{l+1}}{\\partial a_j^l}\\frac{\\partial a_j^l}{\\partial w_{jk}^l}",
    comparisons: () => over([...everyActivation(), ...everyActivation({ sizes: [3, 5, 5, 3] }), ...everyHidden({ output: "softmax" })], everyWeight),
  }),
  ...(["a", "next", "cost"] as const).map((which, i) =>
    exponent({
      id: `E.19 (${74 + i})`,
      source,
      place: `(${74 + i})`,
      latex:
        [
          "\\Delta a_j^l \\approx \\frac{\\partial a_j^l}{\\partial w_{jk}^l}\\Delta w_{jk}^l",
          "\\Delta a_p^{l+1} \\approx \\frac{\\partial a_p^{l+1}}{\\partial a_j^l}\\Delta a_j^l",
          "\\Delta C \\approx \\frac{\\partial C}{\\partial w_{jk}^l}\\Delta w_{jk}^l",
        ][i] ?? "",
      wanted: 2,
      curves: () => remainders(which),
    }),
  ),
  measured({
    id: "E.19 count",
    source,
    place: "(78), the paths of the 3-5-5-3 network",
    kind: "count",
    latex: "\\text{paths of a weight} = \\prod_{i > l} N_i:\\ 15, 3, 1;\\ 315 \\text{ in all}",
    check: () => {
      const given = sample({ sizes: [3, 5, 5, 3] });
      const { perWeight, total } = pathCounts(given.net);
      const [x, y] = [[[...(given.X[0] ?? [])]], [[...(given.Y[0] ?? [])]]];
      const listed = given.W.flatMap((w, l) =>
        w.flatMap((row, j) => row.map((_, k) => pathSum(given.net, sumOfSquares, x, y, { layer: l + 1, to: j, from: k }).paths.length)),
      );
      const enumerated = listed.reduce((so, far) => so + far, 0);
      return {
        passes: perWeight.join() === "15,3,1" && total === 315 && enumerated === 315,
        number: total,
        bound: 315,
        detail: `counted ${total}, ${perWeight.join(", ")} per weight; enumerated ${enumerated}`,
      };
    },
  }),
];
