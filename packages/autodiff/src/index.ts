import { library } from "./libraries.ts";

library((import.meta as { readonly url?: string }).url);

export { type Key, keyAt, randomKey, splitKey } from "./random.ts";
export { type Shape, ShapeError, ValueError } from "./shape.ts";
export { type Attrs } from "./kernel/dense.ts";
export { type Kernel, type Kind } from "./kernel.ts";
export { type Calculus, type Definition, type Known, type Masked, type Notation, type Partial as PartialDerivative, type Recall, type Wrapper } from "./op.ts";
export { type Op, type Sweep, type Tensor, TraceError, scope } from "./tensor.ts";
export { type Like, type Nested, type Numbers, isTensor, item, nested, tensor, values } from "./ops/like.ts";
export { arange, eye, full, input, linspace, name, oneHot, ones, stopGradient, zeros } from "./ops/creation.ts";
export * from "./ops/index.ts";
export { type Tree, type TreeLeaf, type TreeLike, type TreeList, type TreeOf, treeLeaves, treeMap, treeZip } from "./tree.ts";
export { GradientError } from "./sweep/trace.ts";
export {
  type Differentiable,
  type GradientOf,
  type PositionOf,
  type UnusedOptions,
  type ValueAndGradient,
  type WrtOptions,
  type WrtWithin,
  grad,
  valueAndGrad,
} from "./transform/grad.ts";
export { type Pushforward, jvp } from "./transform/jvp.ts";
export { type Pullback, vjp } from "./transform/vjp.ts";
export { type DebugOptions, debug } from "./debug.ts";
export { countOperations } from "./count.ts";
export { type Naming } from "./print/expression.ts";
export { latex } from "./print/latex.ts";
export { text } from "./print/text.ts";
export { type Tape, type TapeEdge, type TapeNode, record } from "./record.ts";
export { type Received, type TapeStep, steps } from "./steps.ts";
export { type HessianOf, type JacobianOptions, hessian, hvp, jacobian } from "./transform/jacobian.ts";
export { type VmapOptions, vmap } from "./transform/vmap.ts";
export { type CustomSpec, checkpoint, customGradient } from "./transform/custom.ts";
export { type CheckOptions, type CheckedEntry, type Culprit, type GradientCheck, checkGradient } from "./check.ts";
export { type Diagnosis, diagnose } from "./diagnose.ts";
export { type Fault } from "./fault.ts";
export { type Kink } from "./kink.ts";
