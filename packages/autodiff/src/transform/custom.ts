import { ShapeError, ValueError, checkFunction, describe, sameShape } from "../shape.ts";
import { call } from "../ops/notation.ts";
import { dataOf, isTensor, like } from "../ops/like.ts";
import { type Op, type Tensor, apply, asUser, constant, detach, isRecording, showOperand, symbol } from "../tensor.ts";
import { jvp } from "./jvp.ts";
import { vjp } from "./vjp.ts";

type TensorFunction = (...x: readonly Tensor[]) => Tensor;

/** A function with a derivative of the user's own. */
export interface CustomSpec {
  readonly name: string;
  /** The value. */
  f(...x: readonly Tensor[]): Tensor;
  /** The gradients by each argument, from the adjoint g, the value y and the arguments; 0 where nothing flows. In ops, to differentiate again. */
  vjp(g: Tensor, y: Tensor, x: readonly Tensor[]): readonly (Tensor | 0)[];
  /** The tangent from those of the arguments; without it forward mode is refused by name. */
  jvp?(dx: readonly (Tensor | 0)[], y: Tensor, x: readonly Tensor[]): Tensor;
}

/** An op whose value is a function of tensors run apart from the tape. */
function opaque(name: string, f: TensorFunction, rules: Pick<Extract<Op["calculus"], { readonly rule: "general" }>, "vjp" | "jvp">): TensorFunction {
  const shapes = (x: readonly Tensor[]): readonly number[] => {
    const y: unknown = asUser(() => f(...x.map(({ shape }, at) => symbol(`argument ${at}`, shape))));
    if (!isTensor(y)) throw new ValueError(`${name}: f must return one tensor, got ${describe(y)}; join several with concat or stack`);
    return y.shape;
  };
  const op: Op = {
    name,
    kind: "composite",
    notation: call(name),
    compute: (inputs) =>
      dataOf(
        asUser(() => f(...inputs.map(({ data, shape }) => constant(data, shape)))),
        name,
      ),
    calculus: { rule: "general", ...rules },
    shape: shapes,
    expand: (x) => f(...x),
  };
  return (...x) =>
    apply(
      op,
      x.map((each) => like(each, name)),
    );
}

/**
 * A function with a derivative of your own: for a gradient that is known better than it is derived, or that is meant to differ (clipped,
 * straight-through). f is not differentiated; it must not read numbers of its arguments when the shape is found.
 *
 * Forward mode through a function without `jvp` throws GradientError and names it. The rules throw ShapeError when a gradient has another
 * shape than its argument or a tangent another than the value.
 *
 * @example
 * const clipped = customGradient({ name: "clipped", f: (x) => square(x as Tensor), vjp: (g) => [clip(g, { min: -1, max: 1 })] });
 * item(grad((x: Tensor) => mul(5, clipped(x)))(tensor(3))) // => 1
 */
export function customGradient(spec: CustomSpec): TensorFunction {
  if (typeof spec !== "object" || spec === null)
    throw new ValueError(`customGradient: give { name, f, vjp }, a value with a rule of your own; got ${describe(spec)}`);
  if (typeof spec.f !== "function" || typeof spec.vjp !== "function")
    throw new ValueError(`customGradient ${spec.name}: f and vjp must be functions, got ${describe(spec.f)} and ${describe(spec.vjp)}`);
  const { jvp: forward } = spec;
  return opaque(spec.name, (...x) => spec.f(...x), {
    vjp: (operand, g, y, x) => {
      const found = spec.vjp(g, y, x)[operand];
      if (found === undefined)
        throw new ShapeError(`customGradient ${spec.name}: vjp must give ${x.length} gradients, one per argument (0 where nothing flows)`);
      if (!isTensor(found) && found !== 0)
        throw new ValueError(`customGradient ${spec.name}: the gradient of argument ${operand} is ${describe(found)}; give a tensor, or 0 where nothing flows`);
      if (isTensor(found) && !sameShape(found.shape, (x[operand] as Tensor).shape))
        throw new ShapeError(
          `customGradient ${spec.name}: the gradient of argument ${operand} is ${showOperand(found)}, but the argument is ${showOperand(x[operand] as Tensor)}`,
        );
      return found;
    },
    ...(forward && { jvp: (dx: readonly (Tensor | 0)[], y: Tensor, x: readonly Tensor[]) => tangentLike(spec.name, y, forward(dx, y, x)) }),
  });
}

/**
 * The same function, whose intermediate values are not kept: the reverse sweep computes them again when it needs them. It takes one more
 * forward pass and the memory of its arguments and result only.
 *
 * @example
 * item(grad(checkpoint((x) => sum(tanh(square(x as Tensor)))) as (x: Tensor) => Tensor)(tensor(0))) // => 0
 */
export function checkpoint(f: TensorFunction): TensorFunction {
  checkFunction("checkpoint", f);
  // One pull gives the shares of all operands; the sweep asks for them one after the other.
  const pulled = new WeakMap<Tensor, { readonly y: Tensor; readonly shares: readonly Tensor[] }>();
  const settle = (x: readonly Tensor[]): readonly Tensor[] => (isRecording() ? x : x.map(detach));
  return opaque("checkpoint", f, {
    vjp: (operand, g, y, x) => {
      // Two uses of one block can receive the same adjoint.
      const known = pulled.get(g);
      const shares = known?.y === y ? known.shares : vjp((given: readonly Tensor[]) => f(...given), settle(x)).pullback(g);
      pulled.set(g, { y, shares });
      return shares[operand] as Tensor;
    },
    jvp: (dx, _y, x) =>
      jvp(
        (given: readonly Tensor[]) => f(...given),
        settle(x),
        x.map((each, at) => tangentOf(dx[at] ?? 0, each)),
      ).tangent,
  });
}

/** The tangent given, which must have the shape of the value. */
function tangentLike(name: string, y: Tensor, tangent: Tensor): Tensor {
  if (!isTensor(tangent)) throw new ValueError(`customGradient ${name}: jvp must return a tensor, got ${describe(tangent)}`);
  if (!sameShape(tangent.shape, y.shape))
    throw new ShapeError(`customGradient ${name}: the tangent is ${showOperand(tangent)}, but the value is ${showOperand(y)}`);
  return tangent;
}

function tangentOf(dx: Tensor | 0, x: Tensor): Tensor {
  return dx === 0 ? constant(new Float64Array(x.shape.reduce((product, extent) => product * extent, 1)), x.shape) : dx;
}
