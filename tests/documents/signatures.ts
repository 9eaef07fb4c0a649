import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Syntax, children, isSyntax, parse, walk } from "../syntax.ts";
import { root } from "./collect.ts";

/** The public signatures of one source file, as its reader would write them down. */
export interface Room {
  /** Relative to the package's `src`, without extension. */
  readonly file: string;
  readonly names: readonly string[];
  readonly signatures: readonly string[];
}

interface Module {
  readonly file: string;
  readonly source: string;
  /** Declarations by name, in order; a function with overloads has several. */
  readonly declared: ReadonlyMap<string, readonly Declared[]>;
  /** What an imported name is called where, in which file. */
  readonly imported: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

interface Declared {
  readonly node: Syntax;
  readonly comment: string;
}

const modules = new Map<string, Module>();
const nameOf = (node: unknown): string => (isSyntax(node) ? ((node["name"] ?? node["value"]) as string) : "");

/** What an entry of a package exports, by the file that declares it, in the entry's order. Types that a signature names come along. */
export function rooms(entry: string): readonly Room[] {
  const found = new Map<string, { file: string; name: string; called: string }[]>();
  for (const each of exportsOf(entry)) found.set(each.file, [...(found.get(each.file) ?? []), each]);
  const public_ = new Set([...found.values()].flat().map(({ file, name }) => `${file} ${name}`));
  const shown = new Set(public_);
  return [...found].map(([file, exported]) => {
    const signatures: string[] = [];
    const queue = exported.map((each) => ({ ...each, hidden: false }));
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) {
      const module = read(each.file);
      for (const { node, comment } of module.declared.get(each.name) ?? []) {
        const text = `${comment}${signature(module, node, each.called)}`;
        if (signatures.includes(text)) continue;
        signatures.push(text);
        if (each.hidden) continue;
        const { module: written, types } = typesNamed(module, node, each.name);
        for (const type of types) {
          const at = written.declared.has(type) ? { file: written.file, name: type } : written.imported.get(type);
          const place = at === undefined ? undefined : home(at.file, at.name);
          if (place === undefined || shown.has(`${place.file} ${place.name}`)) continue;
          shown.add(`${place.file} ${place.name}`);
          queue.push({ ...place, called: place.name, hidden: true });
        }
      }
    }
    return { file: file.replace(/^packages\/\w+\/src\//, "").replace(/\.ts$/, ""), names: exported.map(({ called }) => called), signatures };
  });
}

/**
 * The types of this package that public signatures, types and classes name and its entry does not export. What a kernel
 * is made of is known as `Kernel` alone, and the numbers of a textbook's example as what its row shows.
 */
export function typesBehind(entry: string): readonly string[] {
  const exported = exportsOf(entry);
  const main = entry.replace(/\/src\/.*$/, "/src/index.ts");
  const found = new Set([...exported, ...exportsOf(main)].map(({ file, name }) => `${file} ${name}`));
  const hidden = exported.flatMap(({ file, name }) => {
    const module = read(file);
    return (module.declared.get(name) ?? []).flatMap(({ node }) => {
      const { module: written, types } = isTypeDeclaration(node) ? { module, types: referred([node]) } : typesNamed(module, node, name);
      return types.flatMap((type) => {
        const at = written.declared.has(type) ? { file: written.file, name: type } : written.imported.get(type);
        const place = at === undefined ? undefined : home(at.file, at.name);
        return place === undefined || found.has(`${place.file} ${place.name}`) || /\/kernel(?:\/|\.ts$)|\/textbooks\/sample/.test(place.file)
          ? []
          : [`${place.name} in ${place.file}`];
      });
    });
  });
  return [...new Set(hidden)].toSorted();
}

function isTypeDeclaration({ type }: Syntax): boolean {
  return type === "TSTypeAliasDeclaration" || type === "TSInterfaceDeclaration";
}

/** Names that an entry exports, with the file that declares each. */
function exportsOf(file: string, prefix = ""): readonly { file: string; name: string; called: string }[] {
  return children(parse(text(file))).flatMap((statement) => {
    const from = statement["source"];
    const target = isSyntax(from) ? join(dirname(file), nameOf(from)) : file;
    if (statement.type === "ExportAllDeclaration") {
      const as = statement["exported"];
      return exportsOf(target, isSyntax(as) ? `${nameOf(as)}.` : prefix);
    }
    if (statement.type !== "ExportNamedDeclaration") return [];
    if (isSyntax(statement["declaration"])) return [...new Set(namesOf(statement["declaration"]))].map((name) => ({ file, name, called: `${prefix}${name}` }));
    return (statement["specifiers"] as readonly Syntax[]).map((each) => ({
      ...home(target, nameOf(each["local"])),
      called: `${prefix}${nameOf(each["exported"])}`,
    }));
  });
}

/** The file that declares what `file` exports as `name`. */
function home(file: string, name: string): { file: string; name: string } {
  const found = read(file).declared.has(name) ? undefined : exportsOf(file).find((each) => each.called === name);
  return found === undefined ? { file, name } : { file: found.file, name: found.name };
}

function text(file: string): string {
  return readFileSync(`${root}${file}`, "utf8");
}

function read(file: string): Module {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const source = text(file);
  const declared = new Map<string, Declared[]>();
  const imported = new Map<string, { file: string; name: string }>();
  for (const statement of children(parse(source))) {
    const from = statement["source"];
    if (statement.type === "ImportDeclaration" && isSyntax(from) && nameOf(from).startsWith("."))
      for (const each of statement["specifiers"] as readonly Syntax[])
        imported.set(nameOf(each["local"]), { file: join(dirname(file), nameOf(from)), name: nameOf(each["imported"]) });
    const declaration = statement.type === "ExportNamedDeclaration" && isSyntax(statement["declaration"]) ? statement["declaration"] : statement;
    for (const name of namesOf(declaration)) {
      const before = declared.get(name) ?? [];
      // The body of an overloaded function is not part of its signature.
      if (declaration.type === "FunctionDeclaration" && before.length > 0) continue;
      declared.set(name, [...before, { node: declaration, comment: summary(source, statement.start) }]);
    }
  }
  const module = { file, source, declared, imported };
  modules.set(file, module);
  return module;
}

function namesOf(declaration: Syntax): readonly string[] {
  if (declaration.type === "VariableDeclaration") return (declaration["declarations"] as readonly Syntax[]).map((each) => nameOf(each["id"]));
  return isSyntax(declaration["id"]) ? [nameOf(declaration["id"])] : [];
}

/** The first sentence of the doc comment; a type keeps its fields' comments in its own text. */
function summary(source: string, start: number): string {
  const [, comment] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(source.slice(0, start)) ?? [];
  if (comment === undefined) return "";
  const words = comment
    .replaceAll(/^\s*\*? ?/gm, "")
    .split(/\n\s*\n|\n@|^@/)[0]
    ?.replaceAll(/\s+/g, " ")
    .trim();
  const [sentence = ""] = /^.*?\.(?=\s+[A-Z]|$)/.exec(words ?? "") ?? [words];
  return sentence === "" ? "" : `// ${sentence.replace(/\.$/, "")}\n`;
}

/** An annotation without what stands for it: an alias, or the wrapper of an op's definition. */
function meaning(module: Module, type: Syntax): { module: Module; type: Syntax } {
  const name = nameOf(type["typeName"]);
  const wrapped = ((type["typeArguments"] as Syntax | null | undefined)?.["params"] as readonly Syntax[] | undefined)?.[0];
  if (name === "Defined" && wrapped !== undefined) return meaning(module, wrapped);
  const imported = module.imported.get(name);
  const place = imported === undefined ? module : read(home(imported.file, imported.name).file);
  const alias = place.declared.get(imported?.name ?? name)?.[0]?.node;
  return alias?.type === "TSTypeAliasDeclaration" ? meaning(place, alias["typeAnnotation"] as Syntax) : { module, type };
}

function signature(module: Module, node: Syntax, called: string): string {
  const line = (words: string): string =>
    words
      .replaceAll(/\s*\n\s*/g, " ")
      .replaceAll("( ", "(")
      .replaceAll(", )", ")");
  const code = (each: unknown, source = module.source): string => (isSyntax(each) ? source.slice(each.start, each.end) : "");
  const call = (callee: string, of: Syntax, source = module.source): string => {
    const parameters = (of["params"] as readonly Syntax[]).map((each) => parameter(each, (part) => code(part, source))).join(", ");
    const result = code(of["returnType"], source).replace(/^(?::|=>)\s*/, "");
    return line(`${callee}${code(of["typeParameters"], source)}(${parameters}): ${result}`);
  };
  switch (node.type) {
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      return call(called, node);
    case "VariableDeclaration": {
      const annotation = annotationOf(node, called.slice(called.lastIndexOf(".") + 1));
      const { module: place, type } = meaning(module, annotation);
      return type.type === "TSFunctionType" ? call(called, type, place.source) : line(`${called}: ${code(annotation)}`);
    }
    case "ClassDeclaration":
      return line(`class ${called}${isSyntax(node["superClass"]) ? ` extends ${code(node["superClass"])}` : ""}`);
    default: {
      const id = node["id"] as Syntax;
      return `${module.source.slice(node.start, id.start)}${called}${module.source.slice(id.end, node.end).replace(/;$/, "")}`;
    }
  }
}

/** A parameter as callers see it: its name, whether it may be absent, and its type. */
function parameter(node: Syntax, code: (each: unknown) => string): string {
  const optional = node.type === "AssignmentPattern";
  const pattern = optional ? (node["left"] as Syntax) : node;
  if (pattern.type === "RestElement") return code(pattern);
  const type = code(pattern["typeAnnotation"]).replace(/^:\s*/, "");
  const keys = ((pattern["properties"] ?? []) as readonly Syntax[]).map((each) => nameOf(each["key"]));
  const written = code(pattern).replace(/\??(?::[\s\S]*)?$/, "");
  const named = /^[A-Z]\w*$/.test(type)
    ? (/(?:Options|Spec)$/.exec(type)?.[0].toLowerCase() ?? type.replace(/^./, (first) => first.toLowerCase()))
    : `{ ${keys.join(", ")} }`;
  const name = pattern.type !== "ObjectPattern" ? written : optional ? "options" : named;
  return `${name}${optional || pattern["optional"] === true ? "?" : ""}: ${type}`;
}

/** The types that the signature of a function or a constant names, and the module in which they are written. */
function typesNamed(module: Module, node: Syntax, name: string): { module: Module; types: readonly string[] } {
  const callable = node.type === "FunctionDeclaration" || node.type === "TSDeclareFunction";
  const constant = node.type === "VariableDeclaration" ? meaning(module, annotationOf(node, name)) : undefined;
  const within = callable ? [...(node["params"] as readonly unknown[]), node["returnType"]] : [constant?.type];
  return { module: constant?.module ?? module, types: referred(within.filter(isSyntax)) };
}

/** The names of the types below some nodes. */
function referred(nodes: readonly Syntax[]): readonly string[] {
  const all = nodes.flatMap((each) => [...walk(each)]);
  return all.flatMap((each) =>
    each.type === "TSTypeReference" ? [nameOf(each["typeName"])] : each.type === "TSInterfaceHeritage" ? [nameOf(each["expression"])] : [],
  );
}

function annotationOf(node: Syntax, name: string): Syntax {
  const declarator = (node["declarations"] as readonly Syntax[]).find((each) => nameOf(each["id"]) === name) as Syntax;
  return ((declarator["id"] as Syntax)["typeAnnotation"] as Syntax)["typeAnnotation"] as Syntax;
}
