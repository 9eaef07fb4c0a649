import { type Cells, type Diagram } from "../diagram.ts";
import { clip } from "../escape.ts";
import { numerals } from "../numerals.ts";
import { light } from "../theme.ts";

/** Longer formulas and larger blocks would make most of a page. */
const longestFormula = 80;
const mostNumbers = 4;

/** What a page tells of a step: 0 where a box of its own tells more. */
type Told = 0 | readonly [name: string, operation: string, shape: string, operands: readonly number[], value: string, gradient: string];

/**
 * The steps that a folded picture hides, as data for the script, which draws them where the page has no drawing: some fifty characters
 * each, where a box takes two thousand. `shown` has the ids of steps with a box of their own.
 */
export function hiddenSteps({ nodes, edges }: Diagram, shown: ReadonlySet<string>, base: number): string {
  const places = new Map(nodes.map(({ id }, at) => [id, at]));
  const operands = new Map<string, number[]>();
  for (const { from, to, direction } of edges) {
    if (direction !== "forward") continue;
    const back = (places.get(to) ?? 0) - (places.get(from) ?? 0);
    const known = operands.get(to);
    if (known === undefined) operands.set(to, [back]);
    else known.push(back);
  }
  const told = nodes.map(({ id, role, name, operation, shape, value, gradient }): Told => {
    if (shown.has(id)) return 0;
    const { mark } = light.roles[role];
    const flows = gradient?.formula ?? (gradient?.value === undefined ? "" : numbers(gradient.value));
    const slope = gradient === undefined || flows === "" ? "" : `${gradient.symbol} = ${clip(flows, longestFormula)}`;
    return [
      `${mark === "" ? "" : `${mark} `}${name}`,
      clip(operation, longestFormula),
      shape,
      operands.get(id) ?? [],
      value === undefined ? "" : numbers(value),
      slope,
    ];
  });
  const json = JSON.stringify(told.map((each) => (each === 0 ? each : each.slice(0, each.findLastIndex((part) => part.length > 0) + 1))));
  return `<script type="application/json" id="hidden" data-base="${base}">${json.replaceAll("<", "\\u003c")}</script>`;
}

function numbers(cells: Cells): string {
  const columns = cells[0]?.length ?? 0;
  if (cells.length * columns > mostNumbers) return `${cells.length}×${columns} numbers`;
  return numerals(cells)
    .map((row) => row.join(", "))
    .join("; ");
}
