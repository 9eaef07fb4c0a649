import { type Like, ValueError } from "@nabla/autodiff";
import { checkChoice, checkOptions, describe } from "@nabla/autodiff/argument";
import { type Cost, type CostName, divisor } from "../cost.ts";
import { exerciseFor } from "../exercise.ts";
import { type Network } from "../layer.ts";
import { forward } from "../pass.ts";
import { pairingOf } from "../pairing.ts";
import { type Penalty, checkPenalty, penaltySlope, signedFor } from "../penalty.ts";
import { type FormName, type Vector, checkWritten, forms } from "./forms.ts";
import { type Matrix, entry, rowsOf } from "./matrix.ts";

/** How the closed form is computed. */
export interface BackpropagateOptions extends Penalty {
  /** "matrix" when absent; "vector" refuses softmax. */
  readonly form?: FormName;
  /** The output delta by the short formula that the cost and the output activation own together, where there is one: a - y. */
  readonly short?: boolean;
}

/** Backpropagation by hand: δ of every layer, a row per example, and the gradients. */
export interface ClosedForm {
  readonly deltas: readonly Matrix[];
  readonly dW: readonly Matrix[];
  readonly db: readonly (readonly number[])[];
}

/**
 * The gradients by the four equations alone, with their own deltas all the way down: example by example in plain loops over numbers, added
 * up. δ is the derivative of the cost itself, so a mean over m examples is already in it, and BP3 and BP4 sum. The formulas stand as texts
 * print them: where a saturated output rounds to 0 or 1 they lose digits or give NaN, unless `short` spares the division; the tape does not.
 *
 * Throws ValueError for a cost or an activation that nobody derived, an unknown form or option, a step activation, NaN or Infinity in the data,
 * labels that the cost is not made for, a λ below 0, or softmax in the vector form, with the reason; ShapeError when data and network do not fit.
 *
 * @example
 * backpropagate(network({ sizes: [1, 1], activations: ["identity"] }), "quadratic", [[0], [0]], [[2], [4]]).db // => [[-3]]
 */
export function backpropagate(net: Network, cost: CostName | Cost, x: Like, y: Like, options: BackpropagateOptions = {}): ClosedForm {
  const { form = "matrix", short = false, ...penalty } = checkOptions("backpropagate", options, ["form", "short", "lambda", "lasso"]);
  if (typeof short !== "boolean") throw new ValueError(`backpropagate: short must be true or false, got ${describe(short)}`);
  const { bp1, bp2, bp3, bp4 } = forms[checkChoice("backpropagate", "form", form, ["element", "vector", "matrix"])];
  checkPenalty("backpropagate", penalty);
  const { cost: chosen, x: data, y: targets } = exerciseFor("backpropagate", net, cost, x, y);
  const pass = forward(net, data);
  const [z, a, wanted] = [pass.z.map(rowsOf), pass.a.map(rowsOf), rowsOf(targets)];
  const W = net.parameters.layers.map((layer) => rowsOf(layer.W));
  const count = divisor(chosen.normalisation, targets.shape);
  const depth = net.layers.length;
  const m = wanted.length;
  const signed = signedFor(chosen, penalty);
  const pairing = short ? pairingOf(chosen, (net.layers.at(-1) as Network["layers"][number]).activation) : undefined;
  checkWritten(
    "backpropagate",
    form,
    net.layers.slice(0, pairing === undefined ? depth : depth - 1).map(({ activation }) => activation),
  );
  const deltas = net.layers.map((): Vector[] => []);
  const db = net.layers.map(({ outputs }) => Array.from({ length: outputs }, () => 0));
  const dW = W.map((weights) => weights.map((row) => row.map((each) => penaltySlope(signed, m, each))));
  for (let p = 0; p < m; p++) {
    let above: Vector = [];
    for (let l = depth - 1; l >= 0; l--) {
      const { activation } = net.layers[l] as Network["layers"][number];
      const [zp, ap, before] = [row(z[l], p), row(a[l + 1], p), row(a[l], p)];
      const delta =
        pairing !== undefined && l === depth - 1
          ? pairing.delta(ap, row(wanted, p)).map((each) => each / count)
          : l === depth - 1
            ? bp1(activation, zp, ap, costGradient(chosen, ap, row(wanted, p), count))
            : bp2(activation, zp, ap, W[l + 1] as Matrix, above);
      deltas[l]?.push(delta);
      bp3(delta).forEach((each, j) => add(db[l], j, each));
      bp4(delta, before).forEach((products, j) => products.forEach((each, k) => add(dW[l]?.[j], k, each)));
      above = delta;
    }
  }
  return { deltas, dW, db };
}

/** ∂C/∂a of one example, with the cost's division. */
function costGradient({ name, derivative }: Cost, a: Vector, y: Vector, count: number): Vector {
  if (derivative === undefined)
    throw new ValueError(`backpropagate: nobody derived ∂C/∂a of the cost ${name}; give it derivative(a, y), or ask the tape: tapeDeltas and grad need none`);
  return a.map((each, j) => derivative(each, y[j] ?? Number.NaN) / count);
}

const row = (rows: Matrix | undefined, p: number): Vector => rows?.[p] ?? [];

function add(sums: number[] | undefined, at: number, each: number): void {
  if (sums !== undefined) sums[at] = entry([sums], 0, at) + each;
}
