import { type Nested, type Tape, type Tensor, ValueError, input, name, record, sum, tensor, valueAndGrad } from "@nabla/autodiff";
import { type GraphPicture, fromGraph } from "@nabla/viz";
import { readShape, readValue } from "./draw-options.ts";
import { type DrawOptions, graphPicture, recorded } from "./draw-request.ts";
import { formulaOf, shortened } from "./given-formula.ts";
import { type Drawn } from "./rendered.ts";

/** A formula: its graph, or with --backward both passes, in numbers where all are given. */
export function ofFormula(source: string, options: DrawOptions): Drawn {
  const shapes = named("--input", options.input ?? []).map(({ label, text }) => ({ label, shape: readShape(label, text) }));
  const given = named("--value", options.value ?? []).map(({ label, text }) => ({ label, value: readValue(label, text) }));
  const both = shapes.find(({ label }) => given.some((each) => each.label === label));
  if (both !== undefined) throw new ValueError(`${both.label} has an --input and a --value; give one of them`);
  const scope: Readonly<Record<string, Tensor>> = Object.fromEntries([
    ...shapes.map(({ label, shape }) => [label, input(label, shape)] as const),
    ...given.map(({ label, value }) => [label, name(tensorOf(label, value), label)] as const),
  ]);
  const apply = formulaOf(source, Object.keys(scope));
  const picture: GraphPicture = { title: shortened(source), fold: "none", ...graphPicture(options) };
  if (options.backward !== true) return shapes.length === 0 ? recorded(forwardTape(apply, scope), picture) : { picture: fromGraph(apply(scope), picture) };
  const wrt = options.wrt?.split(",").map((each) => each.trim()) ?? Object.keys(scope);
  const stray = wrt.find((each) => !Object.hasOwn(scope, each));
  if (stray !== undefined)
    throw new ValueError(
      `--wrt ${stray}: the formula has no such name; there ${Object.keys(scope).length === 0 ? "is none" : `is ${Object.keys(scope).join(", ")}`}`,
    );
  if (wrt.length === 0) throw new ValueError("--backward needs something to differentiate by: give names with --input or --value");
  const chosen = Object.fromEntries(wrt.map((each) => [each, scope[each] as Tensor]));
  const cost = (parts: typeof chosen): Tensor => {
    const result = apply({ ...scope, ...parts });
    if (result.shape.length > 0)
      throw new ValueError(`--backward: the formula gives ${result.shape.join("×")} numbers, and a gradient is of one; write sum(...) or mean(...) around it`);
    return result;
  };
  return shapes.length === 0 ? recorded(record(cost, chosen), picture) : { picture: fromGraph(valueAndGrad(cost)(chosen), picture) };
}

/** Throws ValueError, naming the option, for rows of different lengths. */
function tensorOf(label: string, value: Nested): Tensor {
  try {
    return tensor(value);
  } catch (error) {
    throw new ValueError(`--value ${label}: ${error instanceof Error ? error.message.replace(/^tensor: /, "") : String(error)}`, { cause: error });
  }
}

/** The forward pass alone, with its numbers; the result need not be a scalar. */
function forwardTape(apply: (scope: Readonly<Record<string, Tensor>>) => Tensor, scope: Readonly<Record<string, Tensor>>): Tape {
  let scalar = true;
  const { nodes, output } = record((parts: typeof scope) => {
    const result = apply(parts);
    scalar = result.shape.length === 0;
    return scalar ? result : sum(result);
  }, scope);
  const last = scalar ? output : (nodes[output]?.inputs[0]?.from ?? output);
  return { nodes: nodes.slice(0, last + 1).map((node) => ({ ...node, adjoint: undefined })), output: last };
}

interface Given {
  readonly label: string;
  readonly text: string;
}

function named(option: string, list: readonly string[]): Given[] {
  const given = list.map((each) => {
    const at = each.indexOf("=");
    if (at < 1) throw new ValueError(`${option} ${each}: write a name, =, and what it is, such as ${option === "--input" ? "W=3x2" : "x=[1,2]"}`);
    return { label: each.slice(0, at).trim(), text: each.slice(at + 1).trim() };
  });
  const twice = given.find(({ label }, at) => given.findIndex((each) => each.label === label) < at);
  if (twice !== undefined) throw new ValueError(`${option} ${twice.label} is given twice; give it once`);
  return given;
}
