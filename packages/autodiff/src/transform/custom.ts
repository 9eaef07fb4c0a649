import { checkTaken } from "../graph.ts";
import { checkArguments, ShapeError, ValueError, checkFunction, describe, promised, sameShape } from "../shape.ts";
import { call } from "../ops/notation.ts";
import { dataOf, isTensor, like, returned } from "../ops/like.ts";
import { checkParts } from "../ops/options.ts";
import { adjointsOf } from "../sweep/remembered.ts";
import { GradientError, trace } from "../sweep/trace.ts";
import { type Op, type Tensor, apply, asRuleOfUser, asUser, constant, detach, isRecording, showOperand, watch } from "../tensor.ts";
import { type Tree, type TreeList, mapTree, treeMap } from "../tree.ts";
import { type Block, blockOf } from "./block.ts";
import { settled } from "./grad.ts";
import { pushedForward } from "./jvp.ts";

/** A function with a derivative of the user's own. */
export interface CustomSpec<Args extends readonly Tensor[] = readonly Tensor[]> {
  readonly name: string;
  /** The value. */
  f(...x: Args): Tensor;
  /** The gradients by each argument, from the adjoint g, the value y and the arguments; 0 where nothing flows. In ops, to differentiate again. */
  vjp(g: Tensor, y: Tensor, x: Args): { readonly [K in keyof Args]: Tensor | 0 };
  /** The tangent from those of the arguments, 0 where one does not move; without it forward mode is refused by name. */
  jvp?(dx: { readonly [K in keyof Args]: Tensor | 0 }, y: Tensor, x: Args): Tensor;
}

/** An op whose value is a traced function of tensors, run apart from the tape. */
function opaque(
  name: string,
  holds: "value" | "derivative",
  block: Block,
  rules: Pick<Extract<Op["calculus"], { readonly rule: "general" }>, "vjp" | "jvp">,
): Op {
  return {
    name,
    kind: "composite",
    runs: "expansion",
    holds,
    notation: call(name),
    compute: (inputs) =>
      dataOf(
        asUser(() => block.run(inputs.map(({ data, shape }) => constant(data, shape)))),
        name,
      ),
    calculus: { rule: "general", ...rules },
    shape: () => block.shape,
    expand: block.run,
  };
}

/**
 * A function with a derivative of your own: for a gradient that is known better than it is derived, or that is meant to differ (clipped,
 * straight-through). f is not differentiated; it must not read numbers of its arguments when the shape is found.
 *
 * A rule may use values from outside, and its derivative by them is followed; f may not.
 *
 * Throws ValueError when the name is empty, f, vjp or jvp is no function, or there is anything else. Called, it throws TraceError when f reads numbers;
 * differentiated, GradientError when f uses a tracked value from outside, ValueError when vjp does not give one gradient per argument or jvp no tensor,
 * ShapeError when a gradient has another shape than its argument or a tangent another than the value, and GradientError in forward mode without a jvp.
 *
 * @example
 * const clipped = customGradient({ name: "clipped", f: (x) => square(x), vjp: (g) => [clip(g, { min: -1, max: 1 })] });
 * item(grad((x: Tensor) => mul(5, clipped(x)))(tensor(3))) // => 1
 */
export function customGradient<Args extends readonly Tensor[] = readonly [x: Tensor]>(spec: CustomSpec<Args>): (...x: Args) => Tensor;
export function customGradient(spec: CustomSpec): (...x: readonly Tensor[]) => Tensor {
  checkArguments("customGradient", 1, arguments, "customGradient({ name, f, vjp })(x)");
  if (typeof spec !== "object" || spec === null)
    throw new ValueError(`customGradient: give { name, f, vjp }, a value with a rule of your own; got ${describe(spec)}`);
  const { name, jvp: forward } = spec;
  if (typeof name !== "string" || name === "") throw new ValueError(`customGradient: the name must be a non-empty string, got ${describe(name)}`);
  const caller = `customGradient ${name}`;
  checkParts(caller, "a rule", spec, ["name", "f", "vjp", "jvp"], "give { name, f, vjp }, and jvp for forward mode");
  if (typeof spec.f !== "function" || typeof spec.vjp !== "function")
    throw new ValueError(`${caller}: f and vjp must be functions, got ${describe(spec.f)} and ${describe(spec.vjp)}`);
  if (forward !== undefined && typeof forward !== "function")
    throw new ValueError(`${caller}: jvp must be a function, or left out to refuse forward mode; got ${describe(forward)}`);
  return (...given) => {
    const operands = given.map((each) => like(each, name));
    checkTaken(name, spec.f, operands);
    const block = blockOf(name, (...x) => spec.f(...x), operands);
    const [captured] = block.captured;
    if (captured !== undefined)
      throw new GradientError(`${caller}: f uses ${showOperand(captured)} from outside, which vjp could give no gradient to; hand it over as an argument`);
    const op = opaque(name, "value", block, {
      vjp: (operand, g, y, x) => {
        const found = asRuleOfUser([g, y, ...x], () => spec.vjp(g, y, x));
        return gradientLike(caller, found, operand, x);
      },
      ...(forward && {
        jvp: (dx: readonly (Tensor | 0)[], y: Tensor, x: readonly Tensor[]) => {
          const found = asRuleOfUser([...dx, y, ...x], () => forward(dx, y, x));
          return tangentLike(caller, y, found);
        },
      }),
    });
    return apply(op, operands);
  };
}

/** The gradient of one argument among those that a vjp gave, which must be one for each and have their shapes. */
function gradientLike(caller: string, given: readonly (Tensor | 0)[], operand: number, x: readonly Tensor[]): Tensor | 0 {
  if (!Array.isArray(given) || given.length !== x.length)
    throw new ValueError(
      `${caller}: vjp must give ${x.length} gradients in a list, one per argument (0 where nothing flows), got ${describe(given)}${(given as unknown) instanceof Promise ? `; ${promised}` : ""}`,
    );
  const found = (given as readonly (Tensor | 0)[])[operand];
  if (found === 0) return found;
  if (!isTensor(found)) throw new ValueError(`${caller}: the gradient of argument ${operand} is ${describe(found)}; give a tensor, or 0 where nothing flows`);
  const argument = x[operand] as Tensor;
  if (!sameShape(found.shape, argument.shape))
    throw new ShapeError(`${caller}: the gradient of argument ${operand} is ${showOperand(found)}, but the argument is ${showOperand(argument)}`);
  return found;
}

/** Each level runs inside the one around it, on the stack. */
const mostNested = 256;

let nested = 0;

/**
 * The same function, whose intermediate values are not kept: the reverse sweep computes them again when it needs them. It takes one more
 * forward pass and the memory of its arguments and result only. It takes tensors
 * and records of them; values that f uses from outside get their gradients too.
 *
 * Throws ValueError when f is no function; called, ValueError when f gives no tensor or blocks are nested too deep, TraceError when it reads numbers.
 *
 * @example
 * item(grad(checkpoint((x) => sum(tanh(square(x)))))(tensor(0))) // => 0
 */
export function checkpoint<Args extends TreeList<Args> = readonly [x: Tensor, ...others: Tensor[]]>(f: (...x: Args) => Tensor): (...x: Args) => Tensor {
  checkArguments("checkpoint", 1, arguments, "checkpoint(f)(x)");
  checkFunction("checkpoint", f);
  return (...given) => {
    const operands: Tensor[] = [];
    const taken = (leaf: Tensor): Tensor => {
      operands.push(leaf);
      return leaf;
    };
    const trees = (given as readonly Tree[]).map((each, at): Tree =>
      holdsTensors(each) ? mapTree(`checkpoint: argument ${at}`, each, taken) : taken(like(each, "checkpoint")),
    );
    const whole = (x: readonly Tensor[]): Args => {
      let next = 0;
      return trees.map((each) => treeMap(each, () => x[next++] as Tensor)) as unknown as Args;
    };
    const flat = (...x: readonly Tensor[]): Tensor => f(...whole(x));
    if (operands.length === given.length) checkTaken("checkpoint", flat, operands, f.length);
    if (nested === mostNested)
      throw new ValueError(`checkpoint: blocks are nested deeper than ${mostNested} levels; put them one after the other, each around some of the steps`);
    nested++;
    let block: Block;
    try {
      block = blockOf("checkpoint", flat, operands);
    } finally {
      nested--;
    }
    return apply(recomputed(block), [...operands, ...block.captured]);
  };
}

/** Whether an argument is a tree, rather than a number or nested arrays of numbers; one that contains itself or is deeper than any array counts as one, to be refused as such. */
function holdsTensors(given: unknown, outer: readonly unknown[] = []): given is Tree {
  if (typeof given !== "object" || given === null) return false;
  if (isTensor(given) || outer.includes(given) || outer.length > 100) return true;
  const parts: readonly unknown[] = ArrayBuffer.isView(given) ? [] : Object.values(given);
  return parts.some((each) => holdsTensors(each, [...outer, given]));
}

/** The op of a block whose intermediate values are computed again. */
function recomputed(block: Block): Op {
  // One pull gives the shares of all operands; the sweep asks for them one after the other.
  const pulled = new WeakMap<Tensor, { readonly y: Tensor; readonly shares: readonly (Tensor | 0)[] }>();
  // What is symbolic has no numbers to go on with, and is recorded.
  const settle = (x: readonly Tensor[]): readonly Tensor[] => (isRecording() ? x : x.map((each) => (each.data === undefined ? each : detach(each))));
  return opaque("checkpoint", "derivative", block, {
    vjp: (operand, g, y, x) => {
      // Two uses of one block can receive the same adjoint.
      const known = pulled.get(g);
      const shares = known?.y === y ? known.shares : sharesOf(block, g, settle(x));
      pulled.set(g, { y, shares });
      return shares[operand] as Tensor | 0;
    },
    jvp: (dx, _y, x) =>
      pushedForward(
        "checkpoint",
        block.run,
        settle(x),
        x.map((each, at) => tangentOf(dx[at] ?? 0, each)),
      ).tangent,
  });
}

/** What each operand of a block receives of the adjoint g, 0 where nothing flows. */
function sharesOf({ run }: Block, g: Tensor, x: readonly Tensor[]): readonly (Tensor | 0)[] {
  const watched = x.map((each) => watch(each));
  const result = asUser(() => run(watched));
  const adjoints = adjointsOf(trace([result], watched), new Map([[result.id, g]]), watched);
  return adjoints.map((adjoint) => (adjoint === undefined ? 0 : settled(adjoint, watched)));
}

/** The tangent given, which must have the shape of the value. */
function tangentLike(caller: string, y: Tensor, tangent: Tensor): Tensor {
  const found = returned(caller, "jvp", tangent);
  if (!sameShape(found.shape, y.shape)) throw new ShapeError(`${caller}: the tangent is ${showOperand(found)}, but the value is ${showOperand(y)}`);
  return found;
}

function tangentOf(dx: Tensor | 0, x: Tensor): Tensor {
  return dx === 0 ? constant(new Float64Array(x.shape.reduce((product, extent) => product * extent, 1)), x.shape) : dx;
}
