import { type Tape, type TapeNode } from "@nabla/autodiff";
import { type Equation, type Role } from "./diagram.ts";
import { type Link } from "./fold.ts";

/** What a picture should say beyond what the tape knows. Keys are names on the tape; `v7` is the unnamed node 7. */
export interface Words {
  /** What is written in place of a name, such as `x = a¹`. */
  readonly names?: Readonly<Record<string, string>>;
  readonly roles?: Readonly<Record<string, Role>>;
  /** What stands at the right of a box's header; the formula when absent. */
  readonly operations?: Readonly<Record<string, string>>;
  /** Symbols of gradients, such as δ² for z². ∂C/∂name when absent. */
  readonly symbols?: Readonly<Record<string, string>>;
  readonly equations?: Readonly<Record<string, Equation>>;
  /** Labels of backward edges by `use→operand`, where the tape's own would be long. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What each part of a picture is called: what the caller says, or else what the tape says. */
export interface Wording {
  name(node: TapeNode): string;
  role(node: TapeNode): Role;
  operation(node: TapeNode): string;
  symbol(node: TapeNode): string;
  equation(node: TapeNode): Equation | undefined;
  local(link: Link): string;
}

/** The wording of a tape. In the step-by-step picture a box says its op and operands, since a formula would repeat the whole picture. */
export function wordingOf(tape: Tape, words: Words, stepwise: boolean): Wording {
  const cost = tape.nodes[tape.output]?.name ?? "C";
  const key = (node: TapeNode): string => node.name ?? (node.index === tape.output ? cost : `v${node.index}`);
  const name = (node: TapeNode): string => words.names?.[key(node)] ?? key(node);
  const only = ({ inputs: [first, ...others] }: TapeNode): TapeNode | undefined => (first && others.length === 0 ? tape.nodes[first.from] : undefined);
  /** What a broadcast or another implicit step was given. */
  const given = (node: TapeNode): TapeNode => {
    let at = node;
    for (let before = only(at); at.implicit && before !== undefined; before = only(at)) at = before;
    return at;
  };
  const call = (node: TapeNode): string => {
    const operand = only(node);
    // A name given to a step says no more than the step.
    const step = node.name !== undefined && operand?.name === undefined && operand?.formula === node.formula ? given(operand) : node;
    const operands = step.inputs.flatMap(({ from }) => tape.nodes[from] ?? []).map(given);
    return `${step.op}(${operands.map((each) => (each.role === "constant" ? each.formula : key(each))).join(", ")})`;
  };
  return {
    name,
    role: (node) => words.roles?.[key(node)] ?? roleOf(tape, node),
    operation: (node) => words.operations?.[key(node)] ?? (node.inputs.length === 0 ? roleOf(tape, node) : stepwise ? call(node) : node.formula),
    symbol: (node) => words.symbols?.[key(node)] ?? `∂${cost}/∂${key(node)}`,
    equation: (node) => words.equations?.[key(node)],
    local: ({ from, to, local }) => words.labels?.[`${key(to)}→${key(from)}`] ?? local,
  };
}

function roleOf(tape: Tape, node: TapeNode): Role {
  if (node.index === tape.output) return "cost";
  return node.role === "output" ? "operation" : node.role;
}
