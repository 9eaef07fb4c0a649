import { type Boxing } from "./boxing.ts";
import { derivative } from "./derivative.ts";
import { clip } from "./escape.ts";
import { type Equation, type Role } from "./diagram.ts";
import { type Link } from "./fold.ts";
import { untransposed } from "./formula.ts";
import { readable } from "./numerals.ts";
import { type Step, type Steps, keysOf } from "./steps.ts";

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

/** Longer local derivatives would push the boxes apart. */
const longestLocal = 40;

/** What a long formula begins with. */
const longestFormula = 240;

/** What each part of a picture is called: what the caller says, or else what the tape says. */
export interface Wording {
  name(node: Step): string;
  role(node: Step): Role;
  operation(node: Step): string;
  symbol(node: Step): string;
  equation(node: Step): Equation | undefined;
  local(link: Link): string;
  /** How the adjoint of a graph without numbers is written. */
  adjoint(node: Step): string | undefined;
}

/** The wording of a tape. In the step-by-step picture a box says its op and operands, since a formula would repeat the whole picture. */
export function wordingOf(tape: Steps, words: Words, { stepwise, boxed }: Boxing): Wording {
  const cost = tape.nodes[tape.output]?.name ?? "C";
  const key = keysOf(tape);
  // A constant is called what it is.
  const name = (node: Step): string =>
    said(words.names, key(node)) ?? (node.role === "constant" && node.name === undefined ? readable(node.formula) : key(node));
  const only = ({ inputs: [first, ...others] }: Step): Step | undefined => (first && others.length === 0 ? tape.nodes[first.from] : undefined);
  /** What a broadcast or another implicit step was given. */
  const given = (node: Step): Step => {
    let at = node;
    for (let before = only(at); at.implicit && before !== undefined; before = only(at)) at = before;
    return at;
  };
  const short = (operand: Step): string => (operand.role === "constant" ? operand.formula : key(operand));
  /** `v3^2`: an exponent is no operand, so it is read off the formula. */
  const raised = (step: Step): string | undefined => {
    const base = only(step);
    const written = base && [`(${base.formula})`, base.formula, key(base)].find((each) => step.formula.startsWith(`${each}^`));
    return base && written && `${short(given(base))}${step.formula.slice(written.length)}`;
  };
  const call = (node: Step): string => {
    const operand = only(node);
    // A name given to a step says no more than the step.
    const step = node.name !== undefined && operand?.name === undefined && operand?.formula === node.formula ? given(operand) : node;
    const operands = step.inputs.flatMap(({ from }) => tape.nodes[from] ?? []).map(given);
    return raised(step) ?? `${step.op}(${operands.map(short).join(", ")})`;
  };
  const ops = new Set(tape.nodes.map(({ op }) => op));
  for (const { name: own = "" } of tape.nodes) ops.delete(own);
  /** A local derivative; the symbol over the names of the boxes where it is too long, or is `∂softmax/∂x` over the name of an op. */
  const named = (local: string | undefined, symbol: string): string => {
    const [, entrywise, jacobian] = /^(?:⊙ ∂(\w+)\/∂[^\s()]+|\(∂(\w+)\/∂[^\s()]+\)ᵀ ·)$/.exec(local ?? "") ?? [];
    if (jacobian !== undefined && ops.has(jacobian)) return `(${symbol})ᵀ ·`;
    return local === undefined || ops.has(entrywise ?? "") ? `⊙ ${symbol}` : written(untransposed(local), symbol);
  };
  const plainly = (text: string): string => text.replaceAll(/∂(\w+)\/∂[a-z](?![\p{L}\d_])/gu, (found, op: string) => (ops.has(op) ? `${op}′` : found));
  /** Among other factors, `softmax′` for the `∂softmax/∂x` of an op, and formulas for steps that have a number and no box; the symbol where that is too long. */
  const written = (local: string, symbol: string): string => {
    const text = plainly(local).replaceAll(/(?<![\p{L}\d_])v(\d+)(?![\p{L}\d_])/gu, (found, index: string) => {
      const step = tape.nodes[Number(index)];
      if (step === undefined || step.name !== undefined || boxed(step)) return found;
      return isLoose(step.formula) ? `(${step.formula})` : step.formula;
    });
    return text === local || [...text].length <= longestLocal ? text : `⊙ ${symbol}`;
  };
  const role = (node: Step): Role => said(words.roles, key(node)) ?? roleOf(tape, node);
  return {
    name,
    role,
    operation: (node) =>
      said(words.operations, key(node)) ??
      (node.inputs.length === 0 ? role(node) : readable(stepwise ? call(node) : clip(plainly(node.formula), longestFormula))),
    symbol: (node) => said(words.symbols, key(node)) ?? derivative(cost, key(node)),
    equation: (node) => said(words.equations, key(node)),
    adjoint: ({ written: text }) => text && readable(plainly(text)),
    local: ({ from, to, local }) => said(words.labels, `${key(to)}→${key(from)}`) ?? named(local, derivative(key(to), key(from))),
  };
}

/** Whether an operation stands outside every bracket. */
function isLoose(formula: string): boolean {
  let bare = formula;
  for (let before = ""; before !== bare;) {
    before = bare;
    bare = bare.replaceAll(/\([^()]*\)/g, "");
  }
  return bare.includes(" ");
}

/** What a caller says of a name; not what every object has, such as `constructor`. */
function said<T>(words: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return words !== undefined && Object.hasOwn(words, key) ? words[key] : undefined;
}

function roleOf(tape: Steps, node: Step): Role {
  if (node.index === tape.output && node.backward !== true) return node.shape.length === 0 ? "cost" : "prediction";
  if (node.backward === true) return "gradient";
  if (node.trained === true) return "parameter";
  return node.role === "output" ? "operation" : node.role;
}
