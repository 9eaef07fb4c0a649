import {
  type AccessorNode,
  type ArrayNode,
  type AssignmentNode,
  type BlockNode,
  type ConditionalNode,
  type FunctionAssignmentNode,
  type FunctionNode,
  type IndexNode,
  type MathNode,
  type OperatorNode,
  type ParenthesisNode,
  type RangeNode,
  type RelationalNode,
} from "mathjs";

/** Where a node of the tree stands in the source, for messages: `column 5: "A*B"`. */
export type Places = (node: MathNode) => string;

interface Token {
  readonly text: string;
  readonly at: number;
}

interface Span {
  readonly from: number;
  to: number;
}

/** Numbers, names, strings in double quotes, operators of several signs, any other sign; comments and white space lie between. */
const pattern =
  /#[^\n]*|0[box][\da-zA-Z.]+|(?:\d+(?:\.(?![*/^])\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[\p{L}_$][\p{L}\d_$]*|"(?:[^"\\]|\\.)*"|>>>|\.[*/^]|\?[.?]|[=!<>]=|<<|>>|\^\||[^\s]/gu;

const closing = new Set([")", "]", "}"]);
const separators = new Set([...closing, ",", ";"]);
const comparisons = new Set(["<", ">", "<=", ">=", "==", "!="]);

/**
 * Finds the nodes of a tree in the source that it was parsed from: mathjs keeps no positions, but its tree has the source's tokens in
 * their order, so a walk over both gives every node its first token and its last.
 */
export function placesOf(tree: MathNode, source: string): Places {
  const spans = new Map<MathNode, Span>();
  const tokens: readonly Token[] = [...source.matchAll(pattern)]
    .filter(([text]) => !text.startsWith("#"))
    .map((match) => ({ text: match[0], at: match.index }));
  let next = 0;

  const text = (): string | undefined => tokens[next]?.text;
  const skip = (set: ReadonlySet<string>): void => {
    while (set.has(text() ?? "")) next++;
  };
  const past = (wanted: string): void => {
    const found = tokens.findIndex((token, position) => position >= next && token.text === wanted);
    if (found >= 0) next = found + 1;
  };
  const each = (nodes: readonly MathNode[]): void => nodes.forEach(walk);

  function walk(node: MathNode): void {
    skip(separators);
    const span = { from: tokens[next]?.at ?? source.length, to: source.length };
    spans.set(node, span);
    inside(node);
    const last = tokens[next - 1];
    span.to = last === undefined ? source.length : last.at + last.text.length;
  }

  function inside(node: MathNode): void {
    switch (node.type) {
      case "ParenthesisNode":
        next++;
        walk((node as ParenthesisNode).content);
        return past(")");
      case "OperatorNode":
        return operator(node as OperatorNode);
      case "RelationalNode":
        return (node as RelationalNode).params.forEach((param, position) => {
          if (position > 0) {
            skip(closing);
            skip(comparisons);
          }
          walk(param);
        });
      case "FunctionNode":
        walk((node as FunctionNode).fn);
        past("(");
        each((node as FunctionNode).args);
        return past(")");
      case "AccessorNode":
        walk((node as AccessorNode).object);
        return walk((node as AccessorNode).index);
      case "IndexNode":
        if ((node as unknown as { readonly dotNotation: boolean }).dotNotation) {
          next += 2;
          return;
        }
        past("[");
        each((node as IndexNode).dimensions);
        return past("]");
      case "RangeNode":
        return range(node as RangeNode);
      case "ArrayNode": {
        const bracketed = text() === "[";
        if (bracketed) next++;
        each((node as ArrayNode).items);
        return bracketed ? past("]") : undefined;
      }
      case "AssignmentNode":
        walk((node as AssignmentNode).object);
        if ((node as AssignmentNode).index !== null) walk((node as AssignmentNode).index as MathNode);
        past("=");
        return walk((node as AssignmentNode).value);
      case "BlockNode":
        return each((node as BlockNode).blocks.map((block) => block.node));
      case "ConditionalNode":
        walk((node as ConditionalNode).condition);
        past("?");
        walk((node as ConditionalNode).trueExpr);
        past(":");
        return walk((node as ConditionalNode).falseExpr);
      case "FunctionAssignmentNode":
        past("=");
        return walk((node as FunctionAssignmentNode).expr);
      case "ObjectNode":
        return past("}");
      default:
        next++;
    }
  }

  function operator({ op, args, implicit, isPercentage }: OperatorNode & { readonly isPercentage?: boolean }): void {
    const [first, second] = args as readonly MathNode[] as readonly [MathNode, MathNode?];
    const prefix = second === undefined && text() === op;
    if (prefix) next++;
    walk(first);
    if (prefix) return;
    if (!implicit) past(isPercentage === true ? "%" : op);
    if (second !== undefined && isPercentage !== true) walk(second);
  }

  /** `:` alone, or `2:`, `:3`, `1:2:9`: an end that is not written has no tokens. */
  function range({ start, step, end }: RangeNode): void {
    const parts = [start, step, end].filter((part) => part !== null && part !== undefined);
    parts.forEach((part, position) => {
      if (position > 0) past(":");
      if (text() === ":" || (position > 0 && separators.has(text() ?? ")"))) spans.set(part, { from: tokens[next]?.at ?? source.length, to: source.length });
      else walk(part);
    });
  }

  walk(tree);
  return (node) => {
    const span = spans.get(node) ?? { from: 0, to: source.length };
    const written = source.slice(span.from, span.to).trim();
    return written === "" ? placeOf(source, span.from) : `${placeOf(source, span.from)}: "${shortened(written)}"`;
  };
}

/** `column 5`, or `line 2, column 5` below the first line. */
export function placeOf(source: string, at: number): string {
  const before = source.slice(0, at).split("\n");
  const column = `column ${(before.at(-1) ?? "").length + 1}`;
  return before.length > 1 ? `line ${before.length}, ${column}` : column;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
