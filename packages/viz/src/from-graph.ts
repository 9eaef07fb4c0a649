import { type Naming, type Sweep, type Tensor, type Tree, type TreeLike } from "@nabla/autodiff";
import { type Diagram } from "./diagram.ts";
import { DiagramError } from "./diagram-error.ts";
import { type Written, formulaOf, write } from "./formula.ts";
import { boxing } from "./boxing.ts";
import { type GraphPicture, fromSteps } from "./from-steps.ts";
import { checkResults } from "./given.ts";
import { graphFields } from "./graph-options.ts";
import { maybe, oneOf, readOptions } from "./schema.ts";
import { type GraphNames, type Leaf, graphNames, leavesOf, outermostCost } from "./graph-names.ts";
import { carriers, graphBehind, laneOf, outermost, reachable, watched } from "./lane.ts";
import { type Step, type Steps, type Use } from "./steps.ts";

/** Longer formulas of unnamed operands are written by number, so that the text of a graph grows no faster than the graph. */
const longestOperand = 28;

/** How a graph becomes a picture. */
export interface TracedPicture extends GraphPicture {
  /**
   * "rows": what the last reverse sweep made stands below the values that it passed, with dashed arrows back; the default. "boxes": each of
   * its steps has a box of its own, and the arrows that adjoints take are dashed.
   */
  readonly adjoints?: "rows" | "boxes";
}

const forgotten = "Numbers forget how they were computed: draw fromTape(record(f, x)), or fromGraph(f(input(name, shape))).";

/**
 * The picture of a graph: of whatever `input(...)` was traced into, and of gradients of any order, since those are graphs too. `results` is
 * a tensor or a record of tensors. A gradient is drawn with what was differentiated, called `C` where it has no name: values above, adjoints
 * below, and the local derivative on each arrow back. Of a gradient of a gradient the last sweep is drawn so; the steps of those before it
 * are boxes in a look of their own, and `C` is what was differentiated last: `∂v7/∂w` is the derivative of another value. Numbers without a history are drawn with a note that says how to get one.
 *
 * Throws DiagramError when there is no result, fold or adjoints is no way to draw, or a group to open does not exist.
 *
 * @example
 * fromGraph(sum(square(input("x", [2]))), { fold: "none" }).nodes.map(({ name, operation }) => `${name}: ${operation}`) // => ["x: input", "v1: square(x)", "C: sum(v1)"]
 * const slope = grad((x: Tensor) => sum(square(x)))(input("x", [2]));
 * fromGraph(slope).edges.filter(({ direction }) => direction === "backward").map(({ label }) => label) // => ["⊙ 2 ⊙ x", "× 1"]
 */
export function fromGraph<R extends TreeLike<R>>(results: R, picture: TracedPicture = {}): Diagram {
  const { adjoints = "rows", ...rest } = readOptions("fromGraph", picture, { ...graphFields, adjoints: maybe(oneOf("rows", "boxes")) });
  const leaves = leavesOf(checkResults("fromGraph", results) as Tree);
  const [first] = leaves;
  if (first === undefined) throw new DiagramError("fromGraph: there is no tensor in what was given; give a tensor or a record of tensors");
  const diagram = fromSteps("fromGraph", stepsOf([first, ...leaves.slice(1)], adjoints === "rows", rest.fold), rest);
  const bare = leaves.every(({ tensor }) => !tensor.tracked && tensor.inputs.length === 0);
  return bare ? { ...diagram, notes: [forgotten, ...(diagram.notes ?? [])] } : diagram;
}

function stepsOf(leaves: readonly [Leaf, ...Leaf[]], inRows: boolean, fold: GraphPicture["fold"]): Steps {
  const value = leaves.find(({ path }) => path === "value")?.tensor;
  const differentiated = value !== undefined && leaves.some(({ path }) => path.startsWith("gradient"));
  const { order, sweeps } = graphBehind(leaves.map(({ tensor }) => tensor));
  const last = inRows ? outermost(sweeps, order) : undefined;
  const main = last?.outputs.at(-1) ?? value ?? (leaves[0].tensor.sweep && outermostCost(sweeps)) ?? leaves[0].tensor;
  const names = graphNames(leaves, value ?? main, differentiated, sweeps, order);
  const nodes = written(order, sweeps, last, leaves, names);
  const output = order.indexOf(main);
  const positions = new Map(order.map((t, index) => [t, index]));
  const placesOf = (tensors: readonly Tensor[]): number[] => tensors.map((t) => placeIn(positions, watched(t)));
  if (last === undefined) return { nodes, output, results: placesOf(leaves.map(({ tensor }) => tensor)) };
  const given = leaves.flatMap(({ path, tensor }) => (tensor.sweep === last || (differentiated && path !== "value") ? [] : [tensor]));
  const values = [...given, ...[...sweeps].flatMap(({ outputs }) => outputs)];
  const results = placesOf(values);
  let boxed: (index: number | undefined) => boolean = () => false;
  /** What the reader sees: values that have a box, by their names or numbers. */
  const seen = (t: Tensor): string | undefined => (boxed(positions.get(watched(t)) ?? positions.get(t)) ? names.naming(t) : undefined);
  const lane = laneOf(last, order, values, (made) => {
    const chosen = boxing({ nodes, output, results, lane: { made } }, fold).boxed;
    boxed = (index) => index !== undefined && nodes[index] !== undefined && chosen(nodes[index]);
    return seen;
  });
  const adjoints = new Map(lane.flow.flatMap(({ step, adjoint }) => (step === undefined ? [] : [[step, adjoint] as const])));
  const rows = rowNames(last, adjoints, boxed, (index) => names.symbol(last, order[index] as Tensor), names);
  const inRow = (t: Tensor): string | undefined => rows.get(t) ?? seen(t);
  const swept = nodes.map((node, index): Step => {
    const adjoint = adjoints.get(index);
    if (adjoint === undefined) return node;
    // Where several values share an adjoint, one has its formula and the others its name.
    const named = inRow(adjoint);
    const formula = named === undefined || named === names.symbol(last, order[index] as Tensor) ? formulaOf(adjoint, inRow) : named;
    return { ...node, adjoint: Array.from(adjoint.data ?? []), written: formula };
  });
  return { nodes: swept, output, results, lane };
}

/** What the adjoints that a sweep made are called in rows: only those that have a row are called at all, by one of the rows. */
function rowNames(
  sweep: Sweep,
  adjoints: ReadonlyMap<number, Tensor>,
  boxed: (index: number) => boolean,
  symbol: (index: number) => string | undefined,
  { of }: GraphNames,
): ReadonlyMap<Tensor, string> {
  const rows = new Map<Tensor, string>();
  for (const [index, adjoint] of adjoints) {
    const text = boxed(index) ? symbol(index) : undefined;
    if (text !== undefined && adjoint.sweep === sweep && (!rows.has(adjoint) || of(adjoint) === text)) rows.set(adjoint, text);
  }
  return rows;
}

/** The steps of a graph with their formulas. Where the steps of a sweep have boxes, adjoints take them from one to the next. */
function written(order: readonly Tensor[], sweeps: ReadonlySet<Sweep>, last: Sweep | undefined, leaves: readonly Leaf[], { of, naming }: GraphNames): Step[] {
  const positions = new Map(order.map((t, index) => [t, index]));
  const carry = carriers([...sweeps].filter((sweep) => sweep !== last), order); // prettier-ignore
  // What has numbers and is tracked is watched itself.
  const trained = new Set(order.filter((t) => t.op.kind === "leaf" && (t.inputs.length > 0 || (t.tracked && t.data !== undefined))).map(watched));
  const given = leaves.flatMap(({ path, tensor }) => (tensor.sweep !== undefined || path.startsWith("gradient") ? [] : [tensor]));
  const forward = sweeps.size === 0 ? undefined : reachable([...[...sweeps].flatMap(({ outputs }) => outputs), ...given]);
  const texts: Written[] = [];
  /** For each step, those that its formula calls by their numbers, and those that a formula over it does. */
  const within: (readonly number[])[] = [];
  const numbered: (readonly number[])[] = [];
  return order.map((t, index): Step => {
    const name = of(t);
    // What is given a name is written out, since the two share a box.
    const renamed = t.name !== undefined && t.inputs.length === 1 && write(t, [adjointPlace]).text === "·" ? t.inputs[0] : undefined;
    const operands = t.inputs.map((each): Written => {
      const operand = texts[placeIn(positions, each)] as Written;
      return renamed !== undefined && of(renamed) === undefined ? { ...operand, name: undefined } : operand;
    });
    const said = write(t, operands);
    texts.push({ ...said, name: name ?? (said.text.length > longestOperand ? `v${index}` : undefined) });
    const refers = renamed === undefined ? t.inputs.flatMap((each) => numbered[placeIn(positions, each)] ?? []) : (within[placeIn(positions, renamed)] ?? []);
    within.push(refers);
    numbered.push(name !== undefined ? [] : said.text.length > longestOperand ? [index] : refers);
    const inputs = t.inputs.map((each, slot): Use => {
      const use = { from: placeIn(positions, each), slot };
      if (t.sweep === each.sweep && carry.has(t) && carry.has(each)) return { ...use, local: passedOn(t, slot, operands, naming), adjoint: true };
      return { ...use, local: operands[slot]?.text === said.text ? "1" : "" };
    });
    return {
      index,
      op: t.op.name,
      role: inputs.length > 0 ? "operation" : t.tracked ? "input" : "constant",
      implicit: t.attrs["implicit"] === true,
      name,
      ...(t.name === undefined && { unasked: true }),
      scope: t.scope,
      formula: said.text,
      shape: t.shape,
      value: Array.from(t.data ?? []),
      adjoint: undefined,
      inputs,
      ...(refers.length > 0 && { refers: [...new Set(refers)] }),
      ...(inputs.length > 0 && (t.sweep !== undefined || forward?.has(t) === false) && { backward: true }),
      ...(inputs.length === 0 && trained.has(t) && { trained: true }),
    };
  });
}

/** The place of a step in the order in which steps were made: its operands stand before it. */
function placeIn(positions: ReadonlyMap<Tensor, number>, t: Tensor): number {
  const place = positions.get(t);
  if (place === undefined) throw new Error(`internal: a step of the graph uses ${t.op.name}, which is not among its steps`);
  return place;
}

/** Where the adjoint stands in a local derivative. */
const adjointPlace: Written = { text: "·", precedence: 6, name: "·" };

/** What a step of a sweep does to the adjoint that it takes on: a sweep is linear in it. */
function passedOn(t: Tensor, slot: number, operands: readonly Written[], naming: Naming): string {
  if (t.op.calculus.rule === "partials") return t.sweep?.localDerivative(t, slot, naming) ?? "";
  const { text } = write(t, operands.map((operand, at) => (at === slot ? adjointPlace : operand))); // prettier-ignore
  return text === "·" ? "1" : text;
}
