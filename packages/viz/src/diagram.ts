import { clean } from "./escape.ts";
import { DiagramError } from "./diagram-error.ts";

/** What a box is in the computation. */
export type Role = "input" | "parameter" | "operation" | "prediction" | "cost" | "constant" | "gradient";

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

/** The adjoint of a value under a symbol such as δ² or ∂C/∂W. */
export interface GradientRow {
  readonly symbol: string;
  /** undefined: not computed, which is not the same as 0. */
  readonly value: Cells | undefined;
  /** In how many places the value is used, so that its gradient is a sum; 1 when absent. */
  readonly summands?: number;
  /** There is a value, but the picture does not show it. */
  readonly hidden?: boolean;
  /** How it is computed, where a graph has no numbers. */
  readonly formula?: string;
}

/** A line of a box: what is said of something. */
export interface Line {
  readonly label: string;
  readonly text: string;
}

/** The size of a gradient as a bar: the root of the sum of squares. */
export interface Bar {
  readonly symbol: string;
  readonly size: number;
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
  /** Absent: no gradient belongs here, as for a constant. */
  readonly gradient?: GradientRow;
  readonly equation?: Equation;
  /** A word in place of an equation, such as `seed`. */
  readonly note?: string;
  /** The steps that this box stands for beside its own, for the tooltip. */
  readonly folded?: readonly string[];
  /** Ids of all steps that this box stands for, its own among them; the id alone when absent. */
  readonly members?: readonly string[];
  /** The group that the box can be folded into, such as `layer 1`. */
  readonly group?: string;
  /** In a folded box, what it holds; then it has neither value nor gradient. */
  readonly lines?: readonly Line[];
  /** In a folded box, the sizes of the gradients that it holds. */
  readonly bars?: readonly Bar[];
  /** The id of the box that this small one stands for, beside a use of it. */
  readonly reference?: string;
  /** Where it stands: on the main line, or above or below the box that uses it. */
  readonly place: Place;
}

/** Where a box stands. */
export type Place = { readonly side: "line" } | { readonly side: "above" | "below"; readonly of: string };

/** An arrow: forward from operand to use, or backward from use to operand. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly direction: "forward" | "backward";
  /** The shape that flows forward, or the local derivative that is met on the way back. */
  readonly label: string;
  /** Part of the longest chain, which is drawn as one straight line. */
  readonly spine?: boolean;
  /** Size of what is sent back along a forward edge: its tint and width where boxes are many. */
  readonly message?: number;
  /** Part of a path that stands out. */
  readonly marked?: boolean;
  /** Takes an adjoint from one box of the backward pass to the next: it is drawn as arrows back are, and its label is the local derivative. */
  readonly adjoint?: boolean;
}

/** A picture of a computation as plain data. */
export interface Diagram {
  readonly title: string;
  readonly subtitle: string;
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** Groups that are drawn as frames around their boxes. */
  readonly frames?: readonly string[];
  /** Lines under the title. */
  readonly notes?: readonly string[];
  /** The picture before it was folded, so that folds can be opened. */
  readonly whole?: Diagram;
}

/** Throws DiagramError when two boxes share an id, an id has characters that DOT cannot hold, or an edge or a place names a box that is not there. */
export function checkEnds(caller: string, diagram: Diagram): Diagram {
  const ids = new Set<string>();
  for (const { id } of diagram.nodes) {
    if (ids.has(id)) throw new DiagramError(`${caller}: two boxes share the id ${id}; ids must differ`);
    if (id === "" || clean(id) !== id)
      throw new DiagramError(`${caller}: ${JSON.stringify(id)} cannot be an id; write a short text without control characters`);
    ids.add(id);
  }
  const known = (id: string, where: () => string): void => {
    if (!ids.has(id)) throw new DiagramError(`${caller}: ${where()} names ${id}, which is no box of the diagram`);
  };
  for (const { from, to } of diagram.edges) for (const end of [from, to]) known(end, () => `the edge from ${from} to ${to}`);
  for (const { id, place } of diagram.nodes) if (place.side !== "line") known(place.of, () => `the place of ${id}`);
  return diagram;
}
