import { type Syntax, children, lineAt, parse, walk } from "../syntax.ts";

/** What `// =>` says about the statement before it. */
interface Promised {
  readonly text: string;
  /** Where the comment begins in the code. */
  readonly at: number;
}

/**
 * Turns the promises of a snippet into calls of the checker `__document`:
 * - `expression // => value` checks the value of the expression,
 * - `const x = expression; // => value` checks `x`,
 * - `console.log(...); // => text`, and any other statement, checks what it printed; further lines follow as `//    text` or `// => text`,
 * - `statement // => throws ShapeError: beginning of the message` checks the error.
 * A promise that follows no statement is an error, so none goes unchecked. Lines keep their numbers.
 */
export function withChecks(code: string): string {
  const program = parse(code);
  const edits: { readonly at: number; readonly until: number; readonly text: string }[] = [];
  for (const promise of promisesOf(code, program)) {
    const line = lineAt(code, promise.at);
    const statement = statementBefore(code, program, promise.at);
    if (statement === undefined) throw new Error(`line ${line}: "// => ${promise.text}" follows no statement, so nothing checks it`);
    const insert = (at: number, text: string): void => void edits.push({ at, until: at, text });
    const written = `${JSON.stringify(promise.text)}, ${line}`;
    if (promise.text.startsWith("throws ")) {
      if (!children(program).includes(statement)) throw new Error(`line ${line}: an error can be promised of an outermost statement only`);
      insert(statement.start, "await __document.throws(async () => { ");
      insert(statement.end, ` }, ${written});`);
      continue;
    }
    const expression = statement["expression"] as Syntax | undefined;
    const name = declaredName(statement);
    if (statement.type === "ExpressionStatement" && expression !== undefined && !prints(expression)) {
      edits.push({
        at: statement.start,
        until: statement.end,
        text: `;__document.value((${code.slice(expression.start, expression.end)}), ${written});`,
      });
    } else if (name !== undefined) insert(statement.end, `; __document.value(${name}, ${written});`);
    else {
      insert(statement.start, "__document.listen(); ");
      insert(statement.end, `; __document.printed(${written});`);
    }
  }
  edits.sort((a, b) => b.at - a.at);
  return edits.reduce((text, edit) => text.slice(0, edit.at) + edit.text + text.slice(edit.until), code);
}

function promisesOf(code: string, program: Syntax): readonly Promised[] {
  const literals = [...walk(program)].filter(({ type }) => type === "Literal" || type === "TemplateLiteral");
  const found: { text: string; readonly at: number; end: number }[] = [];
  for (const comment of code.matchAll(/\/\/(?:[ \t]*=>|[ \t]{2,})(.*)$/gm)) {
    const at = comment.index;
    if (literals.some(({ start, end }) => start < at && at < end)) continue;
    const last = found.at(-1);
    const text = (comment[1] ?? "").trim();
    const end = at + comment[0].length;
    if (last !== undefined && code.slice(last.end, at).trim() === "") {
      last.text += `\n${text}`;
      last.end = end;
    } else if (/^\/\/[ \t]*=>/.test(comment[0])) found.push({ text, at, end });
  }
  return found;
}

/** The outermost statement that ends where the comment begins. */
function statementBefore(code: string, program: Syntax, at: number): Syntax | undefined {
  for (const node of walk(program)) {
    const ends = node.end <= at && /^[\s;]*$/.test(code.slice(node.end, at));
    if (ends && (node.type.endsWith("Statement") || node.type === "VariableDeclaration")) return node;
  }
  return undefined;
}

function prints(expression: Syntax): boolean {
  const callee = expression["callee"] as Syntax | undefined;
  return expression.type === "CallExpression" && callee?.type === "MemberExpression" && (callee["object"] as Syntax)["name"] === "console";
}

function declaredName(statement: Syntax): string | undefined {
  if (statement.type !== "VariableDeclaration") return undefined;
  const [only, ...more] = statement["declarations"] as readonly Syntax[];
  const id = only?.["id"] as Syntax | undefined;
  return more.length === 0 && id?.type === "Identifier" ? (id["name"] as string) : undefined;
}

/** The names that a module declares or imports at its outermost level. */
export function declaredNames(program: Syntax): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (pattern: Syntax): void => {
    for (const node of walk(pattern)) if (node.type === "Identifier") names.add(node["name"] as string);
  };
  for (const statement of children(program)) {
    const declaration = statement.type.startsWith("Export") ? ((statement["declaration"] as Syntax | null | undefined) ?? statement) : statement;
    if (declaration.type === "VariableDeclaration") for (const each of declaration["declarations"] as readonly Syntax[]) bind(each["id"] as Syntax);
    else if (declaration.type === "ImportDeclaration") for (const each of declaration["specifiers"] as readonly Syntax[]) bind(each["local"] as Syntax);
    else if (declaration["id"] !== undefined && declaration["id"] !== null) bind(declaration["id"] as Syntax);
  }
  return names;
}

/** The names that a module mentions anywhere. */
export function mentionedNames(program: Syntax): ReadonlySet<string> {
  return new Set([...walk(program)].filter(({ type }) => type === "Identifier").map((node) => node["name"] as string));
}
