import { type Diagram } from "./diagram.ts";
import { DiagramError } from "./diagram-error.ts";
import { numeral } from "./numerals.ts";

/** A way from a value to the cost: the names of the boxes that it passes, and the local derivative at each step as a number. */
export interface Path {
  readonly through: readonly string[];
  /** One for each step, so one fewer than the boxes. */
  readonly factors: readonly number[];
}

/** More paths are added up but not written. */
const mostWritten = 6;
/** Of the largest product: what rounding may make of a sum. */
const tolerance = 1e-12;

/**
 * The diagram with paths marked, the product along each written under the title, and their sum, which is the derivative of the cost by the
 * value where they begin (the chain rule over all paths). Where the picture holds that derivative, it says whether the two agree.
 *
 * Throws DiagramError when a path passes a box or an edge that is not there, the paths begin at different boxes, or the factors are too few.
 */
export function markPaths(diagram: Diagram, paths: readonly Path[]): Diagram {
  const [first] = paths;
  const start = first?.through[0];
  if (start === undefined) return diagram;
  const ids = new Map(diagram.nodes.map(({ id, name }) => [name, id]));
  const edges = new Set(diagram.edges.flatMap(({ from, to, direction }) => (direction === "forward" ? [JSON.stringify([from, to])] : [])));
  const marked = new Set<string>();
  for (const { through, factors } of paths) {
    if (through[0] !== start) throw new DiagramError(`the paths begin at ${start} and at ${through[0] ?? "nothing"}; give those of one value`);
    if (factors.length !== through.length - 1)
      throw new DiagramError(`the path ${through.join(" → ")} has ${through.length - 1} steps and ${factors.length} factors`);
    through.slice(1).forEach((name, step) => {
      const [from, to] = [ids.get(through[step] ?? ""), ids.get(name)];
      const key = JSON.stringify([from, to]);
      if (from === undefined || to === undefined || !edges.has(key))
        throw new DiagramError(`no arrow leads from ${through[step] ?? ""} to ${name} in this picture`);
      marked.add(key);
    });
  }
  const products = paths.map(({ factors }) => factors.reduce((product, factor) => product * factor, 1));
  const sum = products.reduce((total, product) => total + product, 0);
  const gradient = diagram.nodes.find(({ name }) => name === start)?.gradient;
  const onTape = gradient?.value?.length === 1 && gradient.value[0]?.length === 1 ? gradient.value[0][0] : undefined;
  const scale = products.reduce((most, product) => Math.max(most, Math.abs(product)), 0);
  const verdict = onTape === undefined ? "" : Math.abs(onTape - sum) <= tolerance * scale ? "  ✓ as on the tape" : `  ✗ on the tape ${numeral(onTape)}`;
  const written = paths
    .slice(0, mostWritten)
    .map(({ through, factors }, at) => `${through.join(" → ")}:  ${factors.map(numeral).join(" × ")} = ${numeral(products[at] ?? Number.NaN)}`);
  const rest = paths.length > mostWritten ? [`and ${paths.length - mostWritten} more paths`] : [];
  const total = `${gradient?.symbol ?? "sum"} = ${paths.length === 1 ? "the product" : `sum over ${paths.length} paths`} = ${numeral(sum)}${verdict}`;
  return {
    ...diagram,
    notes: [...written, ...rest, total],
    edges: diagram.edges.map((edge) => {
      const key = JSON.stringify(edge.direction === "forward" ? [edge.from, edge.to] : [edge.to, edge.from]);
      return marked.has(key) ? { ...edge, marked: true } : edge;
    }),
  };
}
