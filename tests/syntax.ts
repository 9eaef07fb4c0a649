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

/** A module that another one needs. */
export interface Import {
  /** As it is written; `(computed)` where an expression names it. */
  readonly source: string;
  /** Whether anything but types is taken from it, so that it is loaded. */
  readonly values: boolean;
}

/** Every module that a module imports or exports from, also inside a function and for its types only. */
export function importsOf(text: string): readonly Import[] {
  return [...walk(parse(text))].flatMap((node): Import[] => {
    const { type } = node;
    if (!/^(?:Import|ExportNamed|ExportAll)Declaration$|^ImportExpression$|^TSImportType$/.test(type)) return [];
    const source = node["source"] as Syntax | null | undefined;
    return source === null || source === undefined ? [] : [{ source: named(source), values: type !== "TSImportType" && !ofTypes(node) }];
  });
}

function named(source: Syntax): string {
  if (typeof source["value"] === "string") return source["value"];
  const [only, ...rest] = children(source);
  if (source.type !== "TemplateLiteral" || only === undefined || rest.length > 0) return "(computed)";
  return (only["value"] as { readonly cooked: string }).cooked;
}

/** Whether a declaration speaks of types only: as a whole, or name by name. */
function ofTypes(node: Syntax): boolean {
  const kind = (each: Syntax): unknown => each["importKind"] ?? each["exportKind"];
  const specifiers = children(node).filter(({ type }) => type.endsWith("Specifier"));
  return kind(node) === "type" || (specifiers.length > 0 && specifiers.every((each) => kind(each) === "type"));
}
