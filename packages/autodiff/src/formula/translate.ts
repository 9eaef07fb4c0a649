import {
  type AccessorNode,
  type ArrayNode,
  type AssignmentNode,
  type BlockNode,
  type ConstantNode,
  type FunctionNode,
  type MathNode,
  type OperatorNode,
  type ParenthesisNode,
  type SymbolNode,
} from "mathjs";
import { concat, stack } from "../ops/layout.ts";
import { like } from "../ops/like.ts";
import { type Tensor } from "../tensor.ts";
import { indexed } from "./indexing.ts";
import { constants, functions, nearest, operators } from "./vocabulary.ts";

/** A formula that cannot be read: what is wrong, where, and what to write instead. */
export class FormulaError extends Error {
  override readonly name: string = "FormulaError";
}

/** The values of the names that a formula may use; assignments add to it. */
export type Names = Map<string, Tensor>;

/** One node of mathjs's tree as a tensor, by the kind of the node. */
export function translate(node: MathNode, names: Names): Tensor {
  switch (node.type) {
    case "ConstantNode":
      return constant(node as ConstantNode);
    case "SymbolNode":
      return symbol((node as SymbolNode).name, names);
    case "ParenthesisNode":
      return translate((node as ParenthesisNode).content, names);
    case "OperatorNode":
      return operation(node as OperatorNode, names);
    case "FunctionNode":
      return application(node as FunctionNode, names);
    case "ArrayNode":
      return array(node as ArrayNode, names);
    case "AccessorNode": {
      const { object, index } = node as AccessorNode;
      return indexed(translate(object, names), index, (each) => translate(each, names), String(node));
    }
    case "AssignmentNode": {
      const { object, index, value } = node as AssignmentNode;
      if (index !== null || object.type !== "SymbolNode")
        throw new FormulaError(`formula: "${String(node)}" assigns to a part; assign whole names, such as x = 2*y`);
      const made = translate(value, names);
      names.set(object.name, made);
      return made;
    }
    case "BlockNode": {
      const made = (node as BlockNode).blocks.map((block) => translate(block.node, names));
      const last = made.at(-1);
      if (last === undefined) throw new FormulaError("formula: there is no statement to evaluate");
      return last;
    }
    default:
      throw new FormulaError(
        `formula: "${String(node)}" (${node.type.replace("Node", "").toLowerCase()}) is not part of the language; write it with operators and functions, where(c, a, b) for a choice`,
      );
  }
}

function constant({ value }: ConstantNode): Tensor {
  if (typeof value === "boolean") return like(value ? 1 : 0);
  if (typeof value !== "number") throw new FormulaError(`formula: ${JSON.stringify(value)} is not a number; formulas hold numbers, names and functions`);
  return like(value);
}

function symbol(label: string, names: Names): Tensor {
  const given = names.get(label);
  if (given !== undefined) return given;
  const known = constants[label];
  if (known !== undefined) return like(known);
  const close = nearest(label, [...names.keys(), ...Object.keys(constants)]);
  throw new FormulaError(
    `formula: the name ${label} has no value${close === undefined ? "" : `; did you mean ${close}?`} Give it in the scope, such as { ${label}: 2 }`,
  );
}

function operation(node: OperatorNode, names: Names): Tensor {
  if (node.implicit) throw new FormulaError(`formula: "${String(node)}" multiplies without a sign; write ${node.args.map((each) => String(each)).join(" * ")}`);
  const operator = operators[node.fn as string];
  if (operator === undefined)
    throw new FormulaError(
      `formula: the operator ${String(node.op)} in "${String(node)}" is not part of the language; it knows + - * / ^ .* ./ .^ ' and comparisons`,
    );
  return operator(...node.args.map((each) => translate(each, names)));
}

function application(node: FunctionNode, names: Names): Tensor {
  const label = node.fn.name;
  const entry = Object.hasOwn(functions, label) ? functions[label] : undefined;
  if (entry === undefined) {
    const close = nearest(label ?? String(node.fn), Object.keys(functions));
    throw new FormulaError(`formula: there is no function ${label}${close === undefined ? "" : `; did you mean ${close}?`} (in "${String(node)}")`);
  }
  const [least, most] = entry.arity;
  const count = node.args.length;
  if (count < least || count > most)
    throw new FormulaError(`formula: ${label} takes ${least === most ? least : `${least} to ${most}`} arguments, got ${count} (in "${String(node)}")`);
  return entry.apply(...node.args.map((each) => translate(each, names)));
}

/** `[a, b]` a vector, `[a, b; c, d]` a matrix; rows and blocks of vectors and matrices are joined. */
function array(node: ArrayNode, names: Names): Tensor {
  const items = node.items.map((each) => translate(each, names));
  const [first] = items;
  if (first === undefined) throw new FormulaError("formula: an empty array has no shape; give it at least one entry");
  if (items.some((each) => each.shape.length !== first.shape.length))
    throw new FormulaError(`formula: the entries of "${String(node)}" differ in rank; join numbers with numbers and vectors with vectors`);
  return node.items[0]?.type === "ArrayNode" || first.shape.length === 0 ? stack(items, { axis: 0 }) : concat(items, { axis: 0 });
}
