import { type TapeEdge, type TapeNode } from "@nabla/autodiff";

/** One value of a computation, recorded or only traced: what a picture needs to know of it. */
export interface Step extends Pick<TapeNode, "index" | "op" | "role" | "implicit" | "name" | "scope" | "formula" | "shape" | "value" | "adjoint"> {
  readonly inputs: readonly Use[];
  /** Made by a reverse sweep. */
  readonly backward?: boolean;
  /** A leaf that was differentiated by, among others that were not. */
  readonly trained?: boolean;
}

/** An operand of a step, with what it receives of the step's adjoint where that was recorded. */
export type Use = Pick<TapeEdge, "from" | "slot" | "local"> & { readonly share?: readonly number[] | undefined };

/** Steps with operands before uses: a `Tape` is one. */
export interface Steps {
  readonly nodes: readonly Step[];
  /** Position of the result. */
  readonly output: number;
  /** Further results, such as gradients, which have boxes whether named or not. */
  readonly results?: readonly number[];
}

/** Where a step is found in pictures and in data made from them. */
export function idOf({ index }: Pick<Step, "index">): string {
  return `t${String(index).padStart(2, "0")}`;
}
