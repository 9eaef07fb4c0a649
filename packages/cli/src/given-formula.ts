import { type Tensor, ValueError } from "@nabla/autodiff";
import { type Formula, FormulaError, formula } from "@nabla/autodiff/formula";

/**
 * A formula of the command line, whose errors speak of the command. Throws ValueError when it is applied and does not use one of the names
 * that were given.
 */
export function formulaOf(source: string, labels: readonly string[]): (scope: Readonly<Record<string, Tensor>>) => Tensor {
  const apply = spoken(source, () => formula(source));
  return (scope) => {
    const used = new Set<string>();
    const watched = Object.defineProperties(
      {},
      Object.fromEntries(labels.map((label) => [label, { enumerable: true, get: () => (used.add(label), scope[label]) }])),
    ) as Parameters<Formula>[0];
    const result = spoken(source, () => apply(watched));
    const idle = labels.find((label) => !used.has(label));
    if (idle !== undefined)
      throw new ValueError(`--input or --value ${idle}: the formula does not use it; it uses ${used.size === 0 ? "no names" : [...used].join(", ")}`);
    return result;
  };
}

/** More of a formula than this says nothing more in an error or above a picture. */
const longest = 80;

/** The beginning of a formula. */
export function shortened(source: string): string {
  return source.length > longest ? `${source.slice(0, longest)}…` : source;
}

/** The advice of a formula's error is for programs, which have a scope. A formula is read by functions that call themselves, as deep as it is nested. */
function spoken<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && error.cause instanceof RangeError))
      throw new ValueError(`the formula of ${source.length} characters is nested too deeply to be read; give its parts names in a program, or draw a part`, {
        cause: error,
      });
    if (!(error instanceof FormulaError)) throw error;
    const message = error.message
      .replace(source, shortened)
      .replace(/give it one in the scope, such as \{ ([^:]+): 2 \}/, "give --input $1=3x2 or --value $1=[...]")
      .replace(/ in the scope/g, " with --input or --value");
    throw new FormulaError(message, { cause: error });
  }
}
