/** What a box is in the computation. */
export type Role = "input" | "parameter" | "operation" | "prediction" | "cost" | "constant";

/** Numbers in rows, as they are drawn. */
export type Cells = readonly (readonly number[])[];

/** The equation that gives a gradient by hand, and whether autodiff agrees with it. */
export interface Equation {
  /** Short name, such as BP2. */
  readonly tag: string;
  /** The rule over the names of the picture. */
  readonly rule: string;
  /** undefined: there was nothing to compare with. */
  readonly agrees: boolean | undefined;
}

/** One box: a value of the computation with what flows back to it. */
export interface DiagramNode {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  /** How it is computed, or what it is. */
  readonly operation: string;
  /** `2×3`, empty for a scalar. */
  readonly shape: string;
  readonly value: Cells | undefined;
  /** Its adjoint under a symbol such as δ² or ∂C/∂W; without `value` it was not computed. Absent: no adjoint belongs here. */
  readonly gradient?: { readonly symbol: string; readonly value: Cells | undefined };
  readonly equation?: Equation;
  /** Where it stands: on the main line, or above or below the box that uses it. */
  readonly place: { readonly side: "line" } | { readonly side: "above" | "below"; readonly of: string };
}

/** An arrow: forward from operand to use, or backward from use to operand. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly direction: "forward" | "backward";
  readonly label: string;
}

/** A picture of a computation as plain data. */
export interface Diagram {
  readonly title: string;
  readonly subtitle: string;
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
}

/** Something drawn that cannot be: an edge to nowhere, a font or a colour that is not one. */
export class DiagramError extends Error {
  override readonly name: string = "DiagramError";
}

/** The diagram itself. Throws DiagramError when two boxes share an id or an edge ends at none. */
export function checkDiagram(diagram: Diagram): Diagram {
  const ids = new Set<string>();
  for (const { id } of diagram.nodes) {
    if (ids.has(id)) throw new DiagramError(`two boxes share the id ${id}; ids must differ`);
    ids.add(id);
  }
  for (const { from, to } of diagram.edges)
    for (const end of [from, to]) if (!ids.has(end)) throw new DiagramError(`an edge from ${from} to ${to} ends at ${end}, which is no box of the diagram`);
  return diagram;
}
