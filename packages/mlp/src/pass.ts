import { type Key, type Like, ShapeError, type Tensor, ValueError, add, isTensor, matmul, scope, splitKey, transpose } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";
import { type ActivationFunction } from "./activation.ts";
import { dropout as dropped } from "./dropout.ts";
import { asTensor, checkData, checkFinite } from "./examples.ts";
import { keyOf } from "./key.ts";
import { type Network, type Parameters, checkLayers, checkNetwork, checkParameters } from "./layer.ts";

/** Weighted inputs and activations of every layer; `a[0]` is the data and `a[l]` belongs to `z[l - 1]`. */
export interface Pass {
  readonly z: readonly Tensor[];
  readonly a: readonly Tensor[];
}

/**
 * The forward pass of a batch `x` [m, n_0]. `offsets` are added to the weighted inputs, so that their gradients are the deltas. With a
 * `key` the layers drop activations, as in training; without one they do not, as in prediction.
 *
 * Throws ShapeError when the data's width differs from the number of inputs.
 *
 * @example
 * const net = network({ sizes: [2, 1], activations: ["sigmoid"] });
 * forward(net, tensor([[0, 1]])).z[0]?.shape // => [1, 1]
 */
export function forward(net: Network, x: Tensor, parameters: Parameters = net?.parameters, offsets?: readonly Tensor[], key?: Key): Pass {
  checkLayers("forward", net);
  checkParameters("forward", net.layers, parameters);
  checkData("forward", net, x);
  const z: Tensor[] = [];
  const a: Tensor[] = [x];
  const keys = key === undefined ? [] : splitKey(keyOf("forward", key), net.layers.length);
  net.layers.forEach(({ activation, dropout }, l) => {
    const { W, b } = parameters.layers[l] as Parameters["layers"][number];
    scope(`layer ${l + 1}`, () => {
      const weighted = add(matmul(a[l] as Tensor, transpose(W)), b);
      const offset = offsets?.[l];
      if (offset !== undefined) checkOffset(offset, weighted, l + 1);
      z.push(offset === undefined ? weighted : add(weighted, offset));
      const fired = activated(activation, z[l] as Tensor, l + 1);
      a.push(dropout === undefined || key === undefined ? fired : dropped(fired, { rate: dropout, key: keys[l] }));
    });
  });
  return { z, a };
}

/** Throws unless what is added to z has its shape, because others would broadcast. */
function checkOffset(offset: Tensor, z: Tensor, l: number): void {
  if (!isTensor(offset)) throw new ValueError(`forward: the offset of layer ${l} is ${describe(offset)}; give a tensor of the shape of z`);
  if (offset.shape.join() !== z.shape.join())
    throw new ShapeError(`forward: the offset of layer ${l} has shape [${offset.shape.join(", ")}], want that of z, [${z.shape.join(", ")}]`);
}

/** σ(z). Throws ValueError when a function of the user's own gives no tensor, ShapeError when it changes the shape. */
export function activated(activation: ActivationFunction, z: Tensor, l: number): Tensor {
  const a: unknown = activation.of(z);
  const what = `activation ${activation.name} of layer ${l}`;
  if (!isTensor(a)) throw new ValueError(`${what}: it must give a tensor of the shape of z, got ${describe(a)}; did you forget return?`);
  if (a.shape.join() !== z.shape.join())
    throw new ShapeError(`${what}: it made shape [${a.shape.join(", ")}] of [${z.shape.join(", ")}]; an activation keeps the shape of z`);
  return a;
}

/**
 * The network's outputs for a batch `x` [m, n_0].
 *
 * Throws ShapeError when the data's width differs from the number of inputs.
 *
 * @example
 * predict(network({ sizes: [2, 1], activations: ["sigmoid"] }), [[0, 0]]).data?.[0] // => 0.5
 */
export function predict(net: Network, x: Like): Tensor {
  checkNetwork("predict", net);
  const data = asTensor("predict", x, "x");
  checkData("predict", net, data);
  checkFinite("predict", "x", data);
  return forward(net, data).a.at(-1) as Tensor;
}
