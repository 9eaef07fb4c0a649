import { type Tensor } from "./op.ts";
import { ValueError, showShape } from "./shape.ts";

/** Every loaded copy of this package marks its tensors with a token of its own, since a graph across two copies has no common order. */
export const copies: unique symbol = Symbol.for("@nabla/autodiff");

export const thisCopy: object = Object.freeze({});

/** The tensor itself. Throws ValueError when another copy of this package made it: its graph could not be followed, and derivatives would be lost. */
export function ours(caller: string, t: Tensor): Tensor {
  const copy = (t as { readonly [copies]?: unknown })[copies];
  if (copy === thisCopy || copy === undefined) return t;
  throw new ValueError(
    `${caller}: two copies of @nabla/autodiff are loaded, and the tensor of shape ${showShape(t.shape)} was made by the other; derivatives cannot flow between them; install it once (npm dedupe, or a bundler's dedupe option)`,
  );
}
