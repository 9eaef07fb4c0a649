import { type Like, type Nested, type Tensor, ValueError, nested, valueAndGrad, values, zeros } from "@nabla/autodiff";
import { checkOptions } from "@nabla/autodiff/argument";
import { type Cost, type CostName, costOf } from "./cost.ts";
import { bp1, bp2, bp3, bp4 } from "./delta/equations.ts";
import { type Matrix, rowsOf } from "./delta/matrix.ts";
import { type PreciseEntry, preciseBp1, preciseBp2, preciseBp3, preciseBp4 } from "./delta/precise.ts";
import { equationRules } from "./equation-rule.ts";
import { examplesFor } from "./examples.ts";
import { exerciseFor } from "./exercise.ts";
import { objective } from "./objective.ts";
import { type Network, type Parameters } from "./layer.ts";
import { withoutDropout } from "./network.ts";
import { layerName } from "./notation.ts";
import { forward } from "./pass.ts";
import { type Penalty, checkPenalty, penaltyRule, signedFor } from "./penalty.ts";
import { type Residual, residual, tolerance } from "./residual.ts";

/** One quantity of one layer, by autodiff and by its equation. */
export interface ComparisonRow extends Residual {
  /** 1 for the first layer after the inputs. */
  readonly layer: number;
  readonly equation: "BP1" | "BP2" | "BP3" | "BP4";
  readonly quantity: "δ" | "∂C/∂b" | "∂C/∂W";
  readonly shape: readonly number[];
  /** The equation's right side: "(W²)ᵀδ² ⊙ σ′(z¹)". */
  readonly rule: string;
  /** Both computations as nested arrays of that shape; no closed form where nobody derived the cost or the activation, and the differences are NaN then. */
  readonly tape: Nested;
  readonly closed: Nested | undefined;
}

/** Autodiff against the four equations, layer by layer. */
export interface Comparison {
  readonly cost: string;
  readonly value: number;
  readonly rows: readonly ComparisonRow[];
  /** Without the rows that are right by a closed form of more digits, where that in doubles lost its own, and those that have none. */
  readonly largestScaledError: number;
  /** Every row that has a closed form agrees. */
  readonly agrees: boolean;
}

/** What a comparison may take into account: terms whose derivatives BP4 then holds. */
export type CompareOptions = Penalty;

/**
 * Compares the tape's deltas and gradients with the four equations of backpropagation, each taken with the tape's own δ of the layer
 * above, so that a wrong row names the guilty equation. The closed forms are plain loops over numbers. Where an entry differs, a closed form
 * in double-double judges, and says which of the two lost digits: at saturation the textbook's a - y does.
 *
 * Throws ShapeError when data and network do not fit; ValueError for an unknown cost or option, a step activation, NaN or Infinity in the
 * data, labels that the cost is not made for, a λ below 0, or a cost that is not finite there.
 *
 * @example
 * compare(network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"] }), "binaryCrossEntropy", [[0.5, -1]], [[1]]).agrees // => true
 */
export function compare(net: Network, cost: CostName | Cost, x: Like, y: Like, options: CompareOptions = {}): Comparison {
  const given = checkOptions("compare", options, ["lambda", "lasso"]);
  checkPenalty("compare", given);
  const { cost: chosen, x: data, y: targets } = exerciseFor("compare", net, cost, x, y);
  const { value, deltas, gradients } = tapeDeltas(net, chosen, data, targets, given);
  const penalty = signedFor(chosen, given);
  if (!Number.isFinite(value))
    throw new ValueError(
      `compare: the cost ${chosen.name} is ${value} here, so there is no derivative to compare; are the outputs inside its domain (an activation that gives 0 to 1 for a cross-entropy)?`,
    );
  const pass = forward(net, data);
  const [z, a] = [pass.z.map(rowsOf), pass.a.map(rowsOf)];
  const [wanted, ds, Ws] = [rowsOf(targets), deltas.map(rowsOf), net.parameters.layers.map(({ W }) => rowsOf(W))];
  const rows = net.layers.toReversed().flatMap(({ activation }, back): ComparisonRow[] => {
    const position = net.layers.length - 1 - back;
    const [zs, delta, W] = [z[position], ds[position], Ws[position]] as [Matrix, Matrix, Matrix];
    const [before, after] = [a[position], a[position + 1]] as [Matrix, Matrix];
    const [nextW, nextDelta] = [Ws[position + 1], ds[position + 1]];
    const found = gradients.layers[position] as Parameters["layers"][number];
    const layer = position + 1;
    const last = nextW === undefined || nextDelta === undefined;
    const closed = last ? bp1(chosen, activation, zs, after, wanted) : bp2(activation, zs, after, nextW, nextDelta);
    const precise = last ? preciseBp1(chosen, activation, zs, wanted) : preciseBp2(activation, zs, nextW, nextDelta);
    const rules = equationRules(net, chosen, layer);
    const bias = { layer, equation: "BP3", quantity: "∂C/∂b", rule: rules.b } as const;
    const weight = { layer, equation: "BP4", quantity: "∂C/∂W", rule: rules.W + penaltyRule(penalty, layerName("W", layer)) } as const;
    return [
      row({ layer, equation: last ? "BP1" : "BP2", quantity: "δ", rule: rules.delta }, deltas[position] as Tensor, closed, precise),
      row(bias, found.b, [bp3(delta)], preciseBp3(delta)),
      row(weight, found.W, bp4(delta, before, W, penalty), preciseBp4(delta, before, W, penalty)),
    ];
  });
  const counted = rows.filter((each) => !lostByClosedForm(each) && (each.agrees !== undefined || (lostToRounding(each) && Number.isFinite(each.scaledError))));
  return {
    cost: chosen.name,
    value,
    rows,
    largestScaledError: Math.max(0, ...counted.map(({ scaledError }) => scaledError)),
    agrees: rows.every(({ agrees }) => agrees !== false),
  };
}

/** Whether the closed form in doubles is what is off: the tape is right all the same, by more digits. */
export function lostByClosedForm({ agrees, lost, scaledError }: ComparisonRow): boolean {
  return agrees === true && (lost === "closed form" || lost === "both") && !(scaledError <= tolerance);
}

/** Whether terms cancel there, so that what the tape is off may be their rounding: it is neither right nor wrong. */
export function lostToRounding({ agrees, lost }: ComparisonRow): boolean {
  return agrees === undefined && (lost === "tape" || lost === "both");
}

/** The tape's value, its δ of every layer, and its gradients. */
export interface TapeDeltas {
  readonly value: number;
  readonly deltas: readonly Tensor[];
  readonly gradients: Parameters;
}

/**
 * The value of a cost, δ of every layer and the gradients, by the tape: δˡ is the gradient by an offset of zeros added to zˡ. Penalties are added to the
 * cost, or taken away from one to maximise, as training does.
 *
 * @example
 * const net = network({ sizes: [1, 1], activations: ["identity"] });
 * tapeDeltas(net, quadratic, tensor([[0]]), tensor([[2]])).deltas[0]?.data // => [-2]
 */
export function tapeDeltas(net: Network, cost: Cost, x: Tensor, y: Tensor, penalty: number | Penalty = 0): TapeDeltas {
  const given = examplesFor("tapeDeltas", net, x, y);
  const { lambda = 0, lasso = 0 } = checkOptions("tapeDeltas", typeof penalty === "number" ? { lambda: penalty } : penalty, ["lambda", "lasso"]);
  checkPenalty("tapeDeltas", { lambda, lasso });
  const offsets = net.layers.map(({ outputs }) => zeros([given.x.shape[0] as number, outputs]));
  const chosen = costOf("tapeDeltas", cost);
  const total = objective(withoutDropout(net), chosen, { lambda, lasso });
  const run = valueAndGrad((at: { readonly parameters: Parameters; readonly offsets: readonly Tensor[] }) =>
    total(at.parameters, given.x, given.y, at.offsets),
  );
  const { value, gradient } = run({ parameters: net.parameters, offsets });
  return { value: values(value)[0] ?? Number.NaN, deltas: gradient.offsets, gradients: gradient.parameters };
}

function row(
  place: Pick<ComparisonRow, "layer" | "equation" | "quantity" | "rule">,
  tape: Tensor,
  closed: Matrix | undefined,
  precise: PreciseEntry,
): ComparisonRow {
  const { shape } = tape;
  const base = { ...place, shape, tape: nested(tape) };
  if (closed === undefined)
    return { ...base, closed, largestDifference: Number.NaN, scaledError: Number.NaN, worst: undefined, lost: undefined, agrees: undefined };
  const numbers = closed.flat();
  const width = shape.at(-1) ?? 1;
  return {
    ...base,
    closed: shape.length === 1 ? numbers : closed,
    ...residual(values(tape), numbers, shape, (at) => precise(Math.floor(at / width), at % width)),
  };
}
