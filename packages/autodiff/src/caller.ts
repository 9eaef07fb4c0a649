import { checkFunction, checkSettled } from "./shape.ts";
import { type Tensor, observed } from "./tensor.ts";

/** What a function gave, and where in the caller's source each tensor was made: `file:line:column`, when the stack tells. */
export interface Located<R> {
  readonly result: R;
  lineOf(t: Tensor): string | undefined;
}

/** Runs f and remembers the caller's line of every tensor that it makes. Slow, so only where something is looked for. */
export function located<R>(f: () => R): Located<R> {
  const stacks = new WeakMap<Tensor, string>();
  const result = observed((made) => stacks.set(made, new Error("here").stack ?? ""), f);
  return { result, lineOf: (t) => callerLine(stacks.get(t)) };
}

let debugging: Located<unknown>["lineOf"] | undefined;

/**
 * Runs f in debug mode: the caller's line of every tensor that it makes is remembered, and a tape recorded inside carries it. Slow, since
 * every tensor keeps a stack. Where a NaN came from, and why an argument gets no gradient, is what `diagnose` says.
 *
 * Throws ValueError when f is no function or returns a promise.
 *
 * @example
 * debug(() => record((x: Tensor) => square(x), tensor(3))).nodes[1]?.line?.includes(":") // => true
 */
export function debug<R>(f: () => R): R {
  checkFunction("debug", f, "debug(() => ...)");
  const before = debugging;
  const stacks = new WeakMap<Tensor, string>();
  debugging = (t) => callerLine(stacks.get(t));
  try {
    return checkSettled(
      "debug",
      observed((made) => stacks.set(made, new Error("here").stack ?? ""), f),
    );
  } finally {
    debugging = before;
  }
}

/** The caller's line of a tensor made in debug mode. */
export function lineInDebug(t: Tensor): string | undefined {
  return debugging?.(t);
}

/** The first frame of a stack that lies outside this package. */
function callerLine(stack: string | undefined): string | undefined {
  const own = /[/\\]autodiff[/\\](?:src|dist)[/\\]/;
  const frame = stack
    ?.split("\n")
    .slice(1)
    .find((each) => /:\d+:\d+\)?$/.test(each) && !own.test(each));
  return frame === undefined ? undefined : /([^/\\(\s]+:\d+:\d+)\)?$/.exec(frame)?.[1];
}
