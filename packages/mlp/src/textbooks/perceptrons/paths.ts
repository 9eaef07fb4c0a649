import { type Tensor, item, sum, tensor } from "@nabla/autodiff";
import { type Cost, sumOfSquares } from "../../cost.ts";
import { forward } from "../../network.ts";
import { pathCounts, pathSum } from "../../paths.ts";
import { type Vector, at } from "../numbers.ts";
import { type Comparison, type Row, equation, exponent, instance, measured } from "../row.ts";
import { type Sample, sample } from "../sample.ts";
import { halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

const source = "E" as const;

/** (79) for every weight whose own layer is elementwise, first sample. */
function everyWeight(given: Sample, cost: Cost = sumOfSquares): Comparison[] {
  const [x, y] = [[[...(given.X[0] ?? [])]], [[...(given.Y[0] ?? [])]]];
  const { dW } = run(given, halfSquares, [0]);
  return given.W.flatMap((w, l) =>
    l === given.W.length - 1 && given.output === "softmax"
      ? []
      : w.flatMap((row, j) =>
          row.map((_, k) => {
            const { paths } = pathSum(given.net, cost, x, y, { layer: l + 1, target: j, source: k });
            const label = `${given.label}, w^${l + 2}_${j + 1}${k + 1}, ${paths.length} paths`;
            return instance(label, [at(dW[l]?.[j], k)], { paths: paths.map(({ factors }) => factors) }, text.equation79);
          }),
        ),
  );
}

/** What changes when w of the first layer moves by h: its own activation, one in the next layer, and the cost. */
function moved(given: Sample, h: number): { readonly a: number; readonly next: number; readonly cost: number } {
  const layers = given.W.map((w, l) => ({
    W: tensor(w.map((row, j) => row.map((each, k) => (l === 0 && j === 1 && k === 2 ? each + h : each)))),
    b: tensor([...(given.b[l] ?? [])]),
  }));
  const row = (rows: readonly Vector[]): Tensor => tensor([[...(rows[0] ?? [])]]);
  const { a } = forward(given.net, row(given.X), { layers });
  return { a: at(Array.from(a[1]?.data ?? []), 1), next: at(Array.from(a[2]?.data ?? []), 0), cost: item(sum(halfSquares(a.at(-1) as Tensor, row(given.Y)))) };
}

const steps = [0.4, 0.2, 0.1, 0.05, 0.02, 0.01].map((each) => each / 4);

/** The remainder of one of (74) to (76), whose linear part is a product of local derivatives. */
function remainder(which: "a" | "next" | "cost"): [number, number][] {
  const given = sample();
  const all = pathSum(given.net, sumOfSquares, [[...(given.X[0] ?? [])]], [[...(given.Y[0] ?? [])]], { layer: 1, target: 1, source: 2 });
  const through = all.paths.find(({ neurons }) => neurons[1] === 0)?.factors ?? [];
  const linear = { a: at(through, through.length - 1), next: at(through, through.length - 1) * at(through, through.length - 2), cost: all.sum };
  const still = moved(given, 0);
  return steps.map((h) => [h, Math.abs(moved(given, h)[which] - still[which] - linear[which] * h)]);
}

export const pathRows: readonly Row[] = [
  equation({
    id: "E.19",
    source,
    place: "(79)",
    latex:
      "\\frac{\\partial C}{\\partial w_{jk}^l} = \\sum_{tsr\\cdots qp}\\frac{\\partial C}{\\partial a_t^L}\\frac{\\partial a_t^L}{\\partial a_s^{L-1}}\\cdots\\frac{\\partial a_p^{l+1}}{\\partial a_j^l}\\frac{\\partial a_j^l}{\\partial w_{jk}^l}",
    comparisons: () => [
      ...everyWeight(sample({ sizes: [3, 5, 5, 3] })),
      ...everyWeight(sample({ hidden: "tanh", output: "softmax" })),
      ...everyWeight(sample({ hidden: "relu", output: "identity" })),
    ],
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
      points: () => remainder(which),
    }),
  ),
  measured({
    id: "E.19 count",
    source,
    place: "(78), the paths of the 3-5-5-3 network",
    kind: "count",
    latex: "\\text{paths of a weight} = \\textstyle\\prod_{i > l} N_i:\\ 15, 3, 1;\\ 315 \\text{ in all}",
    check: () => {
      const given = sample({ sizes: [3, 5, 5, 3] });
      const { perWeight, total } = pathCounts(given.net);
      const [x, y] = [[[...(given.X[0] ?? [])]], [[...(given.Y[0] ?? [])]]];
      const listed = given.W.flatMap((w, l) =>
        w.flatMap((row, j) => row.map((_, k) => pathSum(given.net, sumOfSquares, x, y, { layer: l + 1, target: j, source: k }).paths.length)),
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
