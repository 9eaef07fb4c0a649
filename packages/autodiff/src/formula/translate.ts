import {
  type AccessorNode,
  type ArrayNode,
  type AssignmentNode,
  type BlockNode,
  type ConstantNode,
  type FunctionNode,
  type IndexNode,
  type MathNode,
  type OperatorNode,
  type ParenthesisNode,
  type RangeNode,
  type RelationalNode,
  type SymbolNode,
} from "mathjs";
import { logicalAnd } from "../ops/comparison.ts";
import { zeros } from "../ops/creation.ts";
import { stack } from "../ops/join.ts";
import { like } from "../ops/like.ts";
import { nearest } from "../nearest.ts";
import { ShapeError, ValueError, sameShape, showShape } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { FormulaError } from "./error.ts";
import { type Selector, indexed, progression } from "./indexing.ts";
import { type Names } from "./names.ts";
import { type Places } from "./places.ts";
import { type Entry, constants, functions, operators } from "./vocabulary.ts";

/** What a node computes, given the values of its names. */
export type Meaning = (names: Names) => Tensor;

/**
 * The meaning of a tree, by the kind of each node. What does not depend on values is refused here: unknown functions, wrong numbers of
 * arguments, nodes that are not part of the language.
 */
export function translate(tree: MathNode, places: Places): Meaning {
  const refuse = (node: MathNode, message: string, cause?: Error): never => {
    throw new FormulaError(`formula: ${message} (${places(node)})`, cause && { cause });
  };

  /** An error of an op says which part of the formula it comes from. */
  const placed =
    (node: MathNode, meaning: Meaning): Meaning =>
    (names) => {
      try {
        return meaning(names);
      } catch (error) {
        if (error instanceof ShapeError || error instanceof ValueError) return refuse(node, error.message, error);
        throw error;
      }
    };

  function meaningOf(node: MathNode): Meaning {
    switch (node.type) {
      case "ConstantNode":
        return constant(node as ConstantNode);
      case "SymbolNode":
        return symbol(node as SymbolNode);
      case "ParenthesisNode":
        return meaningOf((node as ParenthesisNode).content);
      case "OperatorNode":
        return operation(node as OperatorNode);
      case "RelationalNode":
        return relation(node as RelationalNode);
      case "FunctionNode":
        return application(node as FunctionNode);
      case "ArrayNode":
        return array(node as ArrayNode);
      case "RangeNode": {
        const range = between(node as RangeNode);
        return placed(node, (names) => progression(range, names));
      }
      case "AccessorNode":
        return access(node as AccessorNode);
      case "AssignmentNode":
        return assignment(node as AssignmentNode);
      case "BlockNode":
        return block(node as BlockNode);
      case "ConditionalNode":
        return refuse(node, "a choice with ? : is not part of the language; write where(condition, a, b)");
      case "FunctionAssignmentNode":
        return refuse(node, "functions cannot be defined; write the expression where it is used, or call another formula from JavaScript");
      default:
        return refuse(node, `${node.type.replace(/Node$/, "").toLowerCase()}s are not part of the language, which has numbers, names, arrays and functions`);
    }
  }

  function constant(node: ConstantNode): Meaning {
    const value: unknown = node.value;
    if (typeof value === "number" || typeof value === "boolean") {
      const made = like(Number(value));
      return () => made;
    }
    if (value === undefined) return refuse(node, "there is nothing to compute; write an expression, such as mean((y - t).^2)");
    return refuse(node, `${JSON.stringify(value)} is not a number; formulas hold numbers, names and functions`);
  }

  function symbol(node: SymbolNode): Meaning {
    const { name: label } = node;
    const known = constants.get(label);
    return (names) => {
      const given = names.get(label);
      if (given !== undefined) return given;
      if (known !== undefined) return like(known);
      if (label === "end") return refuse(node, "end is the last position of a dimension and has a meaning only between [ and ]");
      if (label === "i") return refuse(node, "i has no value, and complex numbers are not part of the language; give i a value in the scope");
      if (functions.has(label))
        return refuse(node, `${label} is a function; write ${label}(${functions.get(label)?.parameters}), or give it a value in the scope`);
      const close = nearest(label, [...names.labels(), ...constants.keys()]);
      return refuse(node, `${label} has no value; ${close === undefined ? `give it one in the scope, such as { ${label}: 2 }` : `did you mean ${close}?`}`);
    };
  }

  function operation(node: OperatorNode): Meaning {
    const [a, b] = node.args;
    if (node.implicit) return refuse(node, `a sign is missing between ${String(a)} and ${String(b)}; write ${String(a)} * ${String(b)}`);
    const percentage = (node as { readonly isPercentage?: boolean }).isPercentage === true;
    const operator = percentage ? undefined : operators.get(node.fn);
    if (operator === undefined)
      return refuse(
        node,
        `the operator ${percentage ? "%" : node.op} is not part of the language, which has + - * / ^ .* ./ .^ ' < <= > >= == != and or xor not`,
      );
    const operands = node.args.map(meaningOf);
    return placed(node, (names) => operator(...operands.map((each) => each(names))));
  }

  /** a < b < c holds where both comparisons do. */
  function relation(node: RelationalNode): Meaning {
    const comparisons = (node as unknown as { readonly conditionals: readonly string[] }).conditionals.map((each) => operators.get(each));
    const params = node.params.map(meaningOf);
    return placed(node, (names) => {
      const operands = params.map((each) => each(names));
      const held = comparisons.map((compare, position) => compare?.(operands[position] as Tensor, operands[position + 1] as Tensor) as Tensor);
      return held.reduce((all, each) => logicalAnd(all, each));
    });
  }

  function application(node: FunctionNode): Meaning {
    const callee: MathNode = node.fn;
    if (callee.type !== "SymbolNode") return refuse(node, "what stands before the parenthesis is no function; to multiply, write *");
    const label = (callee as SymbolNode).name;
    const entry = functions.get(label);
    if (entry === undefined) {
      const close = nearest(label, functions.keys());
      const advice = close === undefined ? `to multiply write ${label} * (...), to read an entry ${label}[...]` : `did you mean ${close}?`;
      return refuse(node, `there is no function ${label}; ${advice}`);
    }
    const { args } = node;
    if (!fits(entry, args.length))
      return refuse(node, `${label}(${entry.parameters}) was given ${args.length === 1 ? "1 argument" : `${args.length} arguments`}`);
    const given = args.map(meaningOf);
    return placed(node, (names) => entry.of(...given.map((each) => each(names))));
  }

  /** Arrays in arrays: `[a, b]` of numbers is a vector, of vectors a matrix with these rows; `[a, b; c, d]` is `[[a, b], [c, d]]`. */
  function array(node: ArrayNode): Meaning {
    const items = node.items.map(meaningOf);
    return placed(node, (names) => {
      const parts = items.map((each) => each(names));
      const [first] = parts;
      if (first === undefined) return zeros([0]);
      const odd = parts.findIndex(({ shape }) => !sameShape(shape, first.shape));
      if (odd >= 0)
        throw new ShapeError(
          `the entries of an array must have one shape, but entry 1 is ${showShape(first.shape)} and entry ${odd + 1} is ${showShape(parts[odd]?.shape ?? [])}; concat(a, b) joins vectors`,
        );
      return stack(parts, { axis: 0 });
    });
  }

  function access(node: AccessorNode): Meaning {
    const { dimensions, dotNotation } = node.index as IndexNode & { readonly dotNotation: boolean };
    if (dotNotation) return refuse(node, "values have no properties; give what is meant its own name in the scope");
    const object = meaningOf(node.object);
    const selectors = dimensions.map((each): Selector => (each.type === "RangeNode" ? between(each as RangeNode) : { at: meaningOf(each) }));
    return placed(node, (names) => indexed(object(names), selectors, names));
  }

  function between(node: RangeNode): Extract<Selector, { from: Meaning }> {
    const { start, end, step } = node as { readonly start: MathNode; readonly end: MathNode; readonly step: MathNode | null };
    return { from: meaningOf(start), to: meaningOf(end), step: step === null ? undefined : meaningOf(step) };
  }

  function assignment(node: AssignmentNode): Meaning {
    const { object, index, value } = node;
    if (index !== null || object.type !== "SymbolNode") return refuse(node, "a part of a value cannot be assigned; build the whole, such as x = [a, b]");
    const made = meaningOf(value);
    const label = object.name;
    return (names) => {
      const result = made(names);
      names.set(label, result);
      return result;
    };
  }

  /** One statement after the other; the last is the value. */
  function block(node: BlockNode): Meaning {
    const statements = node.blocks.map((each) => meaningOf(each.node));
    return (names) => statements.map((each) => each(names)).at(-1) ?? refuse(node, "there is no statement to evaluate");
  }

  return meaningOf(tree);
}

/** Whether a function takes that many arguments: "A, d?" one or two, "A, ..." one or more. */
function fits({ parameters }: Entry, count: number): boolean {
  const listed = parameters.split(", ");
  const open = listed.includes("...");
  const needed = listed.filter((each) => each !== "..." && !each.endsWith("?")).length;
  return count >= needed && (open || count <= listed.length);
}
