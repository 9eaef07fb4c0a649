import { type Tape, type TapeNode } from "@nabla/autodiff";
import { type Diagram } from "./diagram.ts";
import { DiagramError } from "./diagram-error.ts";
import { checkTape } from "./given.ts";
import { numeral } from "./numerals.ts";
import { text } from "./schema.ts";
import { isSum, mostWritten, pathText, restOf, sumText, total } from "./path-sum.ts";

/** A way from a value to the cost: the names of the boxes that it passes, and the local derivative at each step as a number. */
export interface Path {
  readonly through: readonly string[];
  /** One for each step, so one fewer than the boxes. */
  readonly factors: readonly number[];
}

/** Nobody reads more paths, and their number grows with the product of the widths of the layers. */
const mostPaths = 10_000;

/**
 * Every path on a tape of scalars from the value of a name to the output, over the named values in between, with the local derivative of each
 * stretch as a number: the chain rule written out, for the option `paths` of `fromTape`.
 *
 * Throws DiagramError when no value has the name, when a value between is no scalar, and when there are more than 10,000 paths, with their
 * number.
 *
 * @example
 * const tape = record((x: Tensor) => name(add(name(exp(x), "p"), x), "C"), name(tensor(0), "x"));
 * pathsOf(tape, "x").map(({ through, factors }) => `${through.join(" → ")}: ${factors.join(" × ")}`) // => ["x → p → C: 1 × 1", "x → C: 1"]
 */
export function pathsOf(tape: Tape, from: string): Path[] {
  const { nodes, output } = checkTape("pathsOf", tape);
  text(from, { caller: "pathsOf", key: "the name" });
  const start = nodes.find(({ name }) => name === from);
  if (start === undefined) throw new DiagramError(`pathsOf: no value on the tape is called ${JSON.stringify(from)}; name it, or take one of ${namesOn(nodes)}`);
  const reached = new Set([start.index]);
  for (const { index, inputs } of nodes) if (inputs.some((use) => reached.has(use.from))) reached.add(index);
  const uses = new Map<number, { readonly to: TapeNode; readonly factor: number }[]>();
  // Latest first, so that each value knows how many paths lead on from its uses.
  const counts = new Map([[output, 1]]);
  for (const to of nodes.toReversed()) {
    const onward = counts.get(to.index);
    if (onward === undefined) continue;
    for (const { from: operand, jacobian } of to.inputs.filter((use) => reached.has(use.from))) {
      if (jacobian?.length !== 1)
        throw new DiagramError(
          `pathsOf: the step from ${titleOf(nodes[operand])} to ${titleOf(to)} has ${jacobian?.length ?? "no"} derivatives as numbers, want 1: paths lead through scalars`,
        );
      counts.set(operand, (counts.get(operand) ?? 0) + onward);
      uses.set(operand, [...(uses.get(operand) ?? []), { to, factor: jacobian[0] ?? Number.NaN }]);
    }
  }
  const total = counts.get(start.index) ?? 0;
  if (total > mostPaths) throw new DiagramError(`pathsOf: ${total} paths lead from ${from} to the output; more than ${mostPaths} are not written out`);
  const found: Path[] = [];
  const pending = [{ at: start, path: { through: [from], factors: [] } as Path, open: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { at, path, open } = next;
    if (at.index === output) found.push(path);
    for (const { to, factor } of uses.get(at.index) ?? []) {
      const station = to.index === output ? (to.name ?? "C") : to.name;
      const product = open * factor;
      // A name given to a step is the station, and the step before it is passed on the way.
      if (station === undefined) pending.push({ at: to, path, open: product });
      else pending.push({ at: to, path: { through: [...path.through, station], factors: [...path.factors, product] }, open: 1 });
    }
  }
  return found;
}

function titleOf(node: TapeNode | undefined): string {
  return node?.name ?? node?.formula ?? "nothing";
}

function namesOn(nodes: readonly TapeNode[]): string {
  return [...new Set(nodes.flatMap(({ name }) => name ?? []))].join(", ");
}

/**
 * The diagram with paths marked, the product along each written under the title, and their sum, which is the derivative of the cost by the
 * value where they begin (the chain rule over all paths). Where the picture holds that derivative, it says whether the two agree.
 *
 * Throws DiagramError when a path passes a box or an edge that is not there, the paths begin at different boxes, or the factors are too few.
 */
export function markPaths(caller: string, diagram: Diagram, paths: readonly Path[]): Diagram {
  const [first] = paths;
  const start = first?.through[0];
  if (start === undefined) return diagram;
  const ids = new Map(diagram.nodes.map(({ id, name }) => [name, id]));
  const edges = new Set(diagram.edges.flatMap(({ from, to, direction }) => (direction === "forward" ? [JSON.stringify([from, to])] : [])));
  const counts = new Map<string, number>();
  for (const { name } of diagram.nodes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const marked = new Set<string>();
  for (const { through, factors } of paths) {
    if (through[0] !== start) throw new DiagramError(`${caller}: the paths begin at ${start} and at ${through[0] ?? "nothing"}; give those of one value`);
    if (factors.length !== through.length - 1)
      throw new DiagramError(
        `${caller}: the path ${through.join(" → ")} has ${through.length} values and ${factors.length} factors, want one factor less than values`,
      );
    const unclear = through.find((name) => (counts.get(name) ?? 0) > 1);
    if (unclear !== undefined)
      throw new DiagramError(
        `${caller}: the path ${through.join(" → ")} passes ${unclear}, but ${counts.get(unclear) ?? 0} boxes are called ${unclear}; give each a name of its own`,
      );
    through.slice(1).forEach((name, step) => {
      const [from, to] = [ids.get(through[step] ?? ""), ids.get(name)];
      const key = JSON.stringify([from, to]);
      if (from === undefined || to === undefined || !edges.has(key))
        throw new DiagramError(`${caller}: no arrow leads from ${through[step] ?? ""} to ${name} in this picture; give paths that pathsOf found on its tape`);
      marked.add(key);
    });
  }
  const products = paths.map(({ factors }) => factors.reduce((product, factor) => product * factor, 1));
  const gradient = diagram.nodes.find(({ name }) => name === start)?.gradient;
  const onTape = gradient?.value?.length === 1 && gradient.value[0]?.length === 1 ? gradient.value[0][0] : undefined;
  const verdict = onTape === undefined ? "" : isSum(products, onTape) ? "  ✓ as on the tape" : `  ✗ on the tape ${numeral(onTape)}`;
  const written = paths.slice(0, mostWritten).map(({ through, factors }, at) => pathText({ through, factors, product: products[at] ?? Number.NaN }));
  const rest = restOf(paths.length - written.length, total(products.slice(mostWritten)));
  const sum = sumText(gradient?.symbol ?? "sum", paths.length, total(products)) + verdict;
  return {
    ...diagram,
    notes: [...(diagram.notes ?? []), ...written, ...rest, sum],
    edges: diagram.edges.map((edge) => {
      const key = JSON.stringify(edge.direction === "forward" ? [edge.from, edge.to] : [edge.to, edge.from]);
      return marked.has(key) ? { ...edge, marked: true } : edge;
    }),
  };
}
