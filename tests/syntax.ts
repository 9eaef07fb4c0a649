import { parseAst } from "vitest/node";

/** A node of a syntax tree, as ESTree names it; positions count characters of the source. */
export interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The syntax tree of a TypeScript module. Throws on text that is not TypeScript, with the place. */
export function parse(source: string): Syntax {
  return parseAst(source, { lang: "ts" }) as unknown as Syntax;
}

export function isSyntax(value: unknown): value is Syntax {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value && "end" in value;
}

/** The nodes directly below a node, in the order of its fields. */
export function children(node: Syntax): readonly Syntax[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isSyntax) : isSyntax(value) ? [value] : []));
}

/** A node and all below it, parents first. */
export function* walk(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of children(node)) yield* walk(child);
}

/** The line of a position, counted from 1. */
export function lineAt(source: string, position: number): number {
  return source.slice(0, position).split("\n").length;
}
