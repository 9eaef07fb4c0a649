import { type Tensor, ValueError } from "@nabla/autodiff";
import { type Formula, FormulaError, formula } from "@nabla/autodiff/formula";

/**
 * A formula of the command line, whose errors speak of the command. Throws ValueError when it is applied and does not use one of the names
 * that were given.
 */
export function formulaOf(source: string, labels: readonly string[]): (scope: Readonly<Record<string, Tensor>>) => Tensor {
  const apply = spoken(() => formula(source));
  return (scope) => {
    const used = new Set<string>();
    const watched = Object.defineProperties(
      {},
      Object.fromEntries(labels.map((label) => [label, { enumerable: true, get: () => (used.add(label), scope[label]) }])),
    ) as Parameters<Formula>[0];
    const result = spoken(() => apply(watched));
    const idle = labels.find((label) => !used.has(label));
    if (idle !== undefined)
      throw new ValueError(`--input or --value ${idle}: the formula does not use it; it uses ${used.size === 0 ? "no names" : [...used].join(", ")}`);
    return result;
  };
}

/** The advice of a formula's error is for programs, which have a scope. */
function spoken<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const message = error.message
      .replace(/give it one in the scope, such as \{ ([^:]+): 2 \}/, "give --input $1=3x2 or --value $1=[...]")
      .replace(/ in the scope/g, " with --input or --value");
    throw new FormulaError(message, { cause: error });
  }
}
