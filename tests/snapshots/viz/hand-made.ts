import { type Tape, type TapeEdge, type TapeNode } from "@nabla/autodiff";

/** What a test says of a node; the rest is filled in. */
export interface Sketch extends Partial<Omit<TapeNode, "inputs">> {
  /** Positions of operands with their local derivatives. */
  readonly uses?: readonly (readonly [from: number, local: string])[];
}

/** A tape written by hand, so that a test of a picture needs no derivative. The last node is the output. */
export function handMade(sketches: readonly Sketch[]): Tape {
  const output = sketches.length - 1;
  const nodes = sketches.map(({ uses = [], ...said }, index): TapeNode => {
    const inputs = uses.map(([from, local], slot): TapeEdge => ({ from, slot, local, partial: undefined, jacobian: undefined, share: undefined }));
    return {
      index,
      op: "op",
      kind: inputs.length === 0 ? "leaf" : "elementwise",
      role: index === output ? "output" : inputs.length === 0 ? "input" : "operation",
      implicit: false,
      name: undefined,
      scope: undefined,
      line: undefined,
      formula: said.name ?? `f${index}`,
      shape: [],
      value: [index],
      adjoint: [1],
      inputs,
      ...said,
    };
  });
  return { nodes, output };
}
