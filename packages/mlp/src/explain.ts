import { type Like, type Tape, type Tensor, ShapeError, name, record, reshape } from "@nabla/autodiff";
import { type Comparison, compare } from "./compare.ts";
import { type Cost, type CostName, costOf } from "./cost.ts";
import { equationRules } from "./equation-rule.ts";
import { asTensor, checkExample, checkFinite } from "./examples.ts";
import { type Network, type Parameters, checkNetwork } from "./layer.ts";
import { example, layerName, namedParameters } from "./notation.ts";

/** One example's forward and backward pass with the textbook's names: plain data for a picture or a lesson. */
export interface Explanation {
  readonly tape: Tape;
  readonly comparison: Comparison;
  /** What each named value is. */
  readonly roles: Readonly<Record<string, "input" | "parameter" | "operation" | "prediction" | "cost" | "constant">>;
  /** What each named value is called beside its name. */
  readonly operations: Readonly<Record<string, string>>;
  /** Symbols of gradients: δ² for z². */
  readonly symbols: Readonly<Record<string, string>>;
  /** The equation that gives each gradient by hand, and the comparison's verdict. */
  readonly equations: Readonly<Record<string, { readonly tag: string; readonly rule: string; readonly agrees: boolean | undefined }>>;
  /** Local derivatives as the textbooks write them, by `use→operand`. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Records one example in columns, z = W a + b, and compares every gradient with its equation.
 *
 * Throws ShapeError when the example or the target does not fit the network, ValueError for NaN or Infinity in them.
 *
 * @example
 * explain(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"] }), "binaryCrossEntropy", [0.6, -1], [1]).symbols["z¹"] // => "δ¹"
 */
export function explain(net: Network, cost: CostName | Cost, x: Like, y: Like): Explanation {
  checkNetwork("explain", net);
  const chosen = costOf("explain", cost);
  const input = asTensor("explain", x, "x");
  const target = asTensor("explain", y, "y");
  checkExample("explain", net, input);
  const depth = net.layers.length;
  const outputs = net.layers.at(-1)?.outputs ?? 0;
  if (target.shape.length !== 1 || target.shape[0] !== outputs)
    throw new ShapeError(`explain: y has shape [${target.shape.join(", ")}], want [${outputs}], one number per output`);
  checkFinite("explain", "x", input);
  checkFinite("explain", "y", target);
  const named = name(target, "y");
  const tape = record(
    (parameters: Parameters, sample: Tensor) => name(costOfOne(chosen, example(net, sample, parameters).a.at(-1) as Tensor, named), "C"),
    namedParameters(net),
    name(input, "x"),
  );
  const comparison = compare(net, chosen, reshape(input, { shape: [1, -1] }), reshape(target, { shape: [1, -1] }));
  const roles: Record<string, Explanation["roles"][string]> = { x: "input", y: "constant", C: "cost", [layerName("a", depth)]: "prediction" };
  const operations: Record<string, string> = { x: "input", y: "target" };
  const symbols: Record<string, string> = {};
  const labels: Record<string, string> = {};
  const equations: Record<string, Explanation["equations"][string]> = {};
  const verdict = (layer: number, quantity: string): boolean | undefined =>
    comparison.rows.find((row) => row.layer === layer && row.quantity === quantity)?.agrees;
  net.layers.forEach((_, position) => {
    const l = position + 1;
    const [W, b, z, a, delta] = ["W", "b", "z", "a", "δ"].map((letter) => layerName(letter, l)) as [string, string, string, string, string];
    const before = position === 0 ? "x" : layerName("a", position);
    roles[W] = "parameter";
    roles[b] = "parameter";
    operations[W] = "weights";
    operations[b] = "bias";
    symbols[z] = delta;
    const rules = equationRules(net, chosen, l);
    labels[`${a}→${z}`] = rules.slope;
    labels[`${z}→${W}`] = `· (${before})ᵀ`;
    labels[`${z}→${b}`] = "× 1";
    if (position > 0) labels[`${z}→${layerName("a", position)}`] = `(${W})ᵀ ·`;
    equations[z] = { tag: l === depth ? "BP1" : "BP2", rule: rules.delta, agrees: verdict(l, "δ") };
    equations[b] = { tag: "BP3", rule: rules.b, agrees: verdict(l, "∂C/∂b") };
    equations[W] = { tag: "BP4", rule: rules.W, agrees: verdict(l, "∂C/∂W") };
  });
  const last = layerName("a", depth);
  labels[`C→${last}`] = slopeOf(chosen, last, net.layers.at(-1)?.outputs ?? 1) ?? `∂C/∂${last}`;
  return { tape, comparison, roles, operations, symbols, equations, labels };
}

/** The cost of one example. One that is known as a sum of terms takes it as it stands; any other is written for a batch, here of one row. */
function costOfOne(cost: Cost, a: Tensor, y: Tensor): Tensor {
  const row = { shape: [1, ...a.shape] };
  return cost.term === undefined ? cost.of(reshape(a, row), name(reshape(y, row), "y")) : cost.of(a, y);
}

/** The derivative of a cost by the outputs of one example as a formula, with the division that the cost makes. */
function slopeOf({ slope, normalisation }: Cost, a: string, outputs: number): string | undefined {
  const written = slope?.(a);
  if (written === undefined || normalisation !== "mean over entries" || outputs === 1) return written;
  const isSum = /[-+]/.test(written.replaceAll(/\([^()]*\)/g, ""));
  return `${isSum ? `(${written})` : written} / ${outputs}`;
}
