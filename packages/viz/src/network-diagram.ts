import { type Role } from "./diagram.ts";
import { type WrittenPath } from "./weight-paths.ts";

/** A neuron that is drawn. */
export interface Neuron {
  readonly id: string;
  readonly label: string;
  /** What it holds, under its name. */
  readonly value?: string;
  /** Under the circle. */
  readonly bias?: string;
  /** What it holds, from -1 to 1 of the largest in its layer: its fill. */
  readonly share?: number;
  /** At the end of an arrow that leaves it. */
  readonly output?: string;
}

/** One layer: the neurons that are drawn, top first. */
export interface Column {
  readonly role: Role;
  readonly caption: string;
  /** Lines under the column. */
  readonly details: readonly string[];
  readonly neurons: readonly Neuron[];
  /** How many neurons the ellipsis stands for, after the third; 0 for none. */
  readonly hidden: number;
}

/** A line from a neuron to one of the next layer; a path through neurons that are not drawn leads through the ellipsis, `m` and the layer's number. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly weight?: number;
  readonly label?: string;
  /** Part of a path that stands out. */
  readonly marked?: boolean;
  /** The local derivative by which paths are multiplied on this line. */
  readonly factor?: number;
}

/** A picture of a network as plain data. */
export interface NetworkDiagram {
  readonly title: string;
  readonly subtitle: string;
  readonly columns: readonly Column[];
  readonly connections: readonly Connection[];
  /** The paths of a weight, in a table under the title. */
  readonly paths?: readonly WrittenPath[];
  /** Lines under it. */
  readonly notes?: readonly string[];
  /** Black on white instead of a colour for each role. */
  readonly ink?: boolean;
}

/** A neuron of this name is a gap: dots, and no lines. */
export const gap = "⋮";
