import { type Tape, type TapeEdge, type TapeNode } from "@nabla/autodiff";
import { type Cells } from "../diagram.ts";
import { readable } from "../numerals.ts";

/** How an adjoint becomes what an operand receives, as numbers that multiply to it. */
export interface Factor {
  /** Where the number stands: before the adjoint, after it, or entry by entry. */
  readonly side: "left" | "right" | "entry" | "unknown";
  readonly label: string;
  /** undefined where the tape has no numbers that multiply to it. */
  readonly cells: Cells | undefined;
}

/** What a local derivative is called. */
export interface Called {
  /** `∂C/∂a²`, where nothing says more. */
  readonly name: string;
  /** What the picture says of it; what the tape says when absent. */
  readonly said?: string | undefined;
}

/** Numbers of a shape in rows: a vector as a column. */
export function rowsOf(numbers: readonly number[], shape: readonly number[]): Cells {
  if (shape.length < 2) return numbers.map((each) => [each]);
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: width === 0 ? 0 : numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

/** Whether an edge hands on the adjoint as it is, perhaps in another shape. */
export function passes({ local, share }: TapeEdge, { adjoint }: TapeNode): boolean {
  return local === "1" && share !== undefined && adjoint !== undefined && share.length === adjoint.length && share.every((each, at) => each === adjoint[at]);
}

/**
 * The numbers by which an edge multiplies. Among the ways to write them, the first whose product is what the operand received: entry by
 * entry, a transposed operand before or after the adjoint as the local derivative says, or the local Jacobian.
 */
export function factorOf(tape: Tape, user: TapeNode, edge: TapeEdge, { name, said = edge.local }: Called): Factor {
  const { local, partial, jacobian, share } = edge;
  const written = withoutAdjoint(said);
  const label = written === undefined ? name : readable(written);
  const unknown: Factor = { side: "unknown", label, cells: undefined };
  const { adjoint } = user;
  if (share === undefined || adjoint === undefined) return unknown;
  const delta = rowsOf(adjoint, user.shape);
  const fits = (product: Cells): boolean => same(product.flat(), share);
  if (partial !== undefined) {
    const product = partial.map((each, at) => each * (adjoint[at] ?? Number.NaN));
    if (fits([product])) return { side: "entry", label, cells: rowsOf(partial, user.shape) };
  }
  if (local.includes("·"))
    for (const { from, slot } of user.inputs) {
      const other = tape.nodes[from];
      if (other === undefined || slot === edge.slot) continue;
      const turned = transposed(rowsOf(other.value, other.shape));
      const left = local.trim().endsWith("·");
      if (fits(left ? times(turned, delta) : times(delta, turned))) return { side: left ? "left" : "right", label, cells: turned };
    }
  if (jacobian !== undefined && jacobian.length > 0) {
    const width = jacobian.length / adjoint.length;
    const turned = transposed(rowsOf(jacobian, [adjoint.length, width]));
    const operand = tape.nodes[edge.from]?.shape ?? [];
    const product = times(turned, rowsOf(adjoint, [adjoint.length]));
    if (adjoint.length === 1 && fits(product)) return { side: "entry", label, cells: rowsOf(jacobian, operand) };
    // A matrix that would have to be strung out to a vector first is not shown: what stands on the page would not multiply.
    if (user.shape.length < 2 && operand.length < 2 && fits(product))
      return { side: "left", label: written !== undefined && said.includes("·") ? label : `(${label})ᵀ`, cells: turned };
  }
  return unknown;
}

/** A local derivative without the adjoint that it multiplies; undefined where that stands inside, as in `-(· ⊙ a)`, or nothing but a name is said. */
function withoutAdjoint(said: string): string | undefined {
  const factor = said.replaceAll(/^(?:[⊙×] |· (?:[⊙×] )?)|(?: [⊙×])? ·$/g, "").trim();
  return factor === "" || factor.includes("·") || /^∂[^\s/]*\/∂[^\s/]*$/.test(factor) ? undefined : factor;
}

function transposed(cells: Cells): Cells {
  return Array.from({ length: cells[0]?.length ?? 0 }, (_, column) => cells.map((row) => row[column] ?? 0));
}

function times(a: Cells, b: Cells): Cells {
  if ((a[0]?.length ?? 0) !== b.length) return [];
  return a.map((row) => Array.from({ length: b[0]?.length ?? 0 }, (_, column) => row.reduce((sum, each, at) => sum + each * (b[at]?.[column] ?? 0), 0)));
}

/** Equal but for rounding in the order of a sum. */
export function same(product: readonly number[], share: readonly number[]): boolean {
  const scale = share.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return product.length === share.length && product.every((each, at) => Math.abs(each - (share[at] ?? 0)) <= 1e-9 * scale);
}
