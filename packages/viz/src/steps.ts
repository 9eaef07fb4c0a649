import { type TapeEdge, type TapeNode, type Tensor } from "@nabla/autodiff";

/** One value of a computation, recorded or only traced: what a picture needs to know of it. */
export interface Step extends Pick<TapeNode, "index" | "op" | "role" | "implicit" | "name" | "scope" | "formula" | "shape" | "value" | "adjoint"> {
  readonly inputs: readonly Use[];
  /** How the adjoint of a graph without numbers is written; `adjoint` is then an empty list. */
  readonly written?: string;
  /** Made by a reverse sweep. */
  readonly backward?: boolean;
  /** Steps that its formula calls by their numbers, since they are long to write. */
  readonly refers?: readonly number[];
  /** Its name, if any, is not the user's. */
  readonly unasked?: boolean;
  /** A leaf that was differentiated by, among others that were not. */
  readonly trained?: boolean;
}

/** An operand of a step, with what it receives of the step's adjoint where that was recorded. */
export type Use = Pick<TapeEdge, "from" | "slot" | "local"> & {
  readonly share?: readonly number[] | undefined;
  /** It takes an adjoint on, within a reverse sweep whose steps have boxes. */
  readonly adjoint?: boolean;
};

/** Steps with operands before uses: a `Tape` is one. */
export interface Steps {
  readonly nodes: readonly Step[];
  /** Position of the result. */
  readonly output: number;
  /** Further results, such as gradients, which have boxes whether named or not. */
  readonly results?: readonly number[];
  /** A reverse sweep among the steps that is drawn in the boxes of the values which it passed; absent where adjoints are those of a tape. */
  readonly lane?: Lane;
}

/** A reverse sweep over a graph, whose adjoints are steps of the graph themselves. */
export interface Lane {
  /** The values that it passed, operands before uses: twins that stood in for what the user wrote are among them. */
  readonly flow: readonly Flow[];
  /** The steps that it made, and for each the step to whose adjoint it belongs. */
  readonly made: ReadonlyMap<number, number>;
  /** The steps that what was differentiated depends on. */
  readonly below: ReadonlySet<number>;
}

/** A value that a sweep passed; `inputs` are positions in the flow. */
export interface Flow extends Pick<Step, "index" | "inputs"> {
  /** Where the value stands among the steps; undefined for a twin, and for an alias of an alias. */
  readonly step: number | undefined;
  readonly adjoint: Tensor;
}

/** Where a step is found in pictures and in data made from them. */
export function idOf({ index }: Pick<Step, "index">): string {
  return `t${String(index).padStart(2, "0")}`;
}

/** What a step is called by those who say more of it: its name, `C` for the output where it has none, or else its number. */
export function keysOf({ nodes, output }: Pick<Steps, "nodes" | "output">): (step: Step) => string {
  const cost = nodes[output]?.name ?? "C";
  return (step) => step.name ?? (step.index === output ? cost : `v${step.index}`);
}
