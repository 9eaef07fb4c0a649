import { type Like, ShapeError, values } from "@nabla/autodiff";
import { checkTargets } from "./compare.ts";
import { type Network, asTensor, checkData, predict } from "./network.ts";

/**
 * The share of examples whose class is right: the largest output against the largest target, or for one output whether both lie on the
 * same side of 0.5.
 *
 * Throws ShapeError when data and network do not fit.
 *
 * @example
 * accuracy(network({ sizes: [2, 1], activations: ["sigmoid"] }), { x: [[0, 0]], y: [[1]] }) // => 0
 */
export function accuracy(net: Network, { x, y }: { readonly x: Like; readonly y: Like }): number {
  const data = asTensor(x, "x");
  const targets = asTensor(y, "y");
  checkData("accuracy", net, data);
  checkTargets("accuracy", net, data, targets);
  const [m, n] = targets.shape as readonly [number, number];
  if (m === 0) throw new ShapeError("accuracy: there is no example to count");
  const found = values(predict(net, data));
  const wanted = values(targets);
  const classAt = (numbers: Float64Array, row: number): number => {
    if (n === 1) return Number((numbers[row] ?? 0) > 0.5);
    const line = numbers.subarray(row * n, (row + 1) * n);
    return line.indexOf(Math.max(...line));
  };
  let right = 0;
  for (let row = 0; row < m; row++) if (classAt(found, row) === classAt(wanted, row)) right++;
  return right / m;
}
