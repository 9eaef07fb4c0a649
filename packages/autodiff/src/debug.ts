import { type Births } from "./caller.ts";
import { type Fault, withFaults } from "./fault.ts";
import { isTensor } from "./ops/like.ts";
import { checkOptions } from "./ops/options.ts";
import { ValueError, checkArguments, checkFunction, checkSettled, describe } from "./shape.ts";
import { type Tensor } from "./tensor.ts";

/** What debug mode does with what it finds. */
export interface DebugOptions {
  /** Is told the first NaN or Infinity that reached the result; `console.warn` of its message when absent. */
  readonly report?: (fault: Fault) => void;
}

let debugging: Births["lineOf"] | undefined;

/**
 * Runs f in debug mode: the first NaN or Infinity that reaches what f returns, or a cost whose gradient is taken inside, is reported, forward or backward,
 * with its op, operands, index, the caller's line and the likely reason; one that a mask drops is none. The caller's line of every tensor that f makes is
 * remembered, and a tape recorded inside carries it. Slow, since every tensor keeps a stack. Why an argument gets no gradient is what `diagnose` says.
 *
 * Where f returns numbers and no tensors, or throws, the first NaN or Infinity of all is reported. What `report` throws, debug throws.
 *
 * Throws ValueError when f or `report` is no function, f returns a promise, or an option is unknown.
 *
 * @example
 * debug(() => record((x: Tensor) => square(x), tensor(3))).nodes[1]?.line?.includes(":") // => true
 *
 * @example
 * const told: string[] = [];
 * debug(() => grad((x: Tensor) => sum(sqrt(x)))(tensor([1, 0])), { report: ({ op, index }) => told.push(`${op} ${index}`) });
 * told // => ["sqrt 1"]
 *
 * @example
 * const told: string[] = [];
 * debug(() => grad((x: Tensor) => sum(log(relu(x))))(name(tensor([-1, 2]), "x")), { report: ({ formula }) => told.push(formula) });
 * told // => ["log(relu(x))"]
 */
export function debug<R>(f: () => R, options: DebugOptions = {}): R {
  checkArguments("debug", 2, arguments, "debug(() => ..., options)");
  checkFunction("debug", f, "debug(() => ...)");
  const { report = warn } = checkOptions("debug", options, ["report"]);
  if (typeof report !== "function") throw new ValueError(`debug: report must be a function of a fault, got ${describe(report)}`);
  const before = debugging;
  let failure: { readonly error: unknown } | undefined;
  const { result, faultOf, first, differentiated } = withFaults((_faultOf, { lineOf }) => {
    debugging = lineOf;
    try {
      return checkSettled("debug", f());
    } catch (error) {
      failure = { error };
      return undefined;
    } finally {
      debugging = before;
    }
  });
  const fault = failure === undefined ? (differentiated ?? reaching(result, faultOf, first)) : first;
  if (fault !== undefined) report(fault);
  if (failure !== undefined) throw failure.error;
  return result as R;
}

/** The caller's line of a tensor made in debug mode. */
export function lineInDebug(t: Tensor): string | undefined {
  return debugging?.(t);
}

function warn({ message }: Fault): void {
  (globalThis as { readonly console?: { warn(message: string): void } }).console?.warn(`debug: ${message}`);
}

/** The fault of the first tensor in a result that has one; where only numbers are NaN or infinite, the first of all. */
function reaching(result: unknown, faultOf: (t: Tensor) => Fault | undefined, first: Fault | undefined): Fault | undefined {
  const seen = new Set<unknown>();
  let bare = false;
  const search = (part: unknown): Fault | undefined => {
    if (typeof part === "number") bare ||= !Number.isFinite(part);
    if (typeof part !== "object" || part === null || seen.has(part)) return undefined;
    seen.add(part);
    if (isTensor(part)) return faultOf(part);
    for (const each of ArrayBuffer.isView(part) && "length" in part ? Array.from(part as unknown as ArrayLike<unknown>) : Object.values(part)) {
      const fault = search(each);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return search(result) ?? (bare ? first : undefined);
}
