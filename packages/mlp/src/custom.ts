import { type Like, type Tensor, ValueError, composite } from "@nabla/autodiff";
import { checkOptions, describe } from "@nabla/autodiff/argument";
import { type Labels } from "./label.ts";
import { type Cost, type Normalisation, checkFits, checkKind, tensorOf } from "./term.ts";

/** What is known about a cost of your own. */
export interface CustomCostOptions {
  /** "mean over examples" when absent. */
  readonly normalisation?: Normalisation;
  /** "minimise" when absent. */
  readonly sense?: Cost["sense"];
  readonly labels?: Labels;
  derivative?(a: number, y: number): number;
  slope?(a: string): string;
}

/**
 * A cost of your own: any scalar function of activations and targets, both [examples, outputs]. Its gradient needs no derivation. As a function of the whole batch it
 * takes no weights; a sum of one term per entry does, see `termwise`.
 *
 * @example
 * item(custom("absolute", (a, y) => mean(abs(sub(a, y)))).of(tensor([[1]]), tensor([[3]]))) // => 2
 */
export function custom(name: string, of: (a: Tensor, y: Tensor) => Tensor, options: CustomCostOptions = {}): Cost {
  return customFor("custom", name, of, checkOptions("custom", options, customOptions));
}

const customOptions = ["normalisation", "sense", "labels", "derivative", "slope"] as const;

function customFor(caller: string, name: string, of: (a: Tensor, y: Tensor) => Tensor, options: CustomCostOptions): Cost {
  if (typeof name === "function") throw new ValueError(`${caller}: the name of the cost is a function; give the name first, custom(name, (a, y) => scalar)`);
  if (typeof of !== "function") throw new ValueError(`${caller}: the cost ${describe(name)} must be a function (a, y) => scalar, got ${describe(of)}`);
  const { normalisation = "mean over examples", sense = "minimise" } = options;
  checkKind(caller, { ...options, name, normalisation, sense });
  const whole = composite({ name, expand: (...inputs) => tensorOf(name, of(inputs[0] as Tensor, inputs[1] as Tensor)) });
  return {
    ...options,
    name,
    normalisation,
    sense,
    of: (a, y, weights) => {
      checkFits(name, a, y);
      if (weights !== undefined)
        throw new ValueError(`cost ${name}: it is a function of the whole batch, so weights have no place in it; write it with termwise({ name, term, ... })`);
      return whole(a, y);
    },
  };
}

/**
 * A cost written as a formula: a function of a scope with the activations `a`, the targets `y`, the number of examples `m`, and constants of
 * your own. What `formula` of `@nabla/autodiff/formula` returns is such a function.
 *
 * @example
 * const half = costOfFormula("half", ({ a, y, k }) => mul(k ?? 1, mean(square(sub(a ?? 0, y ?? 0)))), { constants: { k: 0.5 } });
 * item(half.of(tensor([[1]]), tensor([[3]]))) // => 2
 */
export function costOfFormula(
  name: string,
  formula: (scope: Record<string, Like>) => Tensor,
  options: CustomCostOptions & { readonly constants?: Readonly<Record<string, Like>> } = {},
): Cost {
  if (typeof formula !== "function")
    throw new ValueError(`costOfFormula: the formula is ${describe(formula)}; give formula("...") of @nabla/autodiff/formula, or your own (scope) => scalar`);
  const { constants = {}, ...known } = checkOptions("costOfFormula", options, ["constants", ...customOptions]);
  return customFor("costOfFormula", name, (a, y) => formula({ ...constants, a, y, m: a.shape.length === 2 ? (a.shape[0] as number) : 1 }), known);
}
