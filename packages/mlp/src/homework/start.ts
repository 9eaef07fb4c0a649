import { type Tensor, grad, tensor, zeros } from "@nabla/autodiff";
import { tapeDeltas } from "../compare.ts";
import { type Cost, divisor } from "../cost.ts";
import { type Matrix, entry, rowsOf } from "../delta/matrix.ts";
import { type Network } from "../layer.ts";
import { forward } from "../pass.ts";
import { signedFor } from "../penalty.ts";
import { type Nearness } from "./matches.ts";
import { type Setting } from "./mistakes.ts";

/** A network's numbers with what its outputs' delta is made from. */
export interface Base extends Setting {
  readonly gradient: Matrix;
  readonly delta: Matrix;
  readonly floor: Matrix;
}

/** The same, and how somebody's numbers are read: how many times ∂C/∂z his deltas are, and how near numbers are that mean the same. */
export interface Reading extends Base {
  readonly scale: number;
  readonly near: Nearness;
}

/** Everything that the equations and the mistakes are made from. */
export function start(net: Network, cost: Cost, x: Tensor, y: Tensor, { penalty, learningRate }: Pick<Setting, "penalty" | "learningRate">): Base {
  const pass = forward(net, x);
  const output = pass.a.at(-1) as Tensor;
  const [outputs, wanted] = [rowsOf(output), rowsOf(y)];
  const { deltas } = tapeDeltas(net, cost, x, y);
  const count = divisor(cost.normalisation, y.shape);
  return {
    layers: net.layers,
    z: pass.z.map(rowsOf),
    a: pass.a.map(rowsOf),
    W: net.parameters.layers.map(({ W }) => rowsOf(W)),
    b: net.parameters.layers.map(({ b }) => [...(b.data ?? [])]),
    y: wanted,
    cost,
    penalty: signedFor(cost, penalty),
    learningRate,
    gradient: rowsOf(grad((a: Tensor) => cost.of(a, y))(tensor(output.data ?? zeros(output.shape).data ?? [], output.shape))),
    delta: rowsOf(deltas.at(-1) as Tensor),
    floor: outputs.map((row, i) => row.map((a, j) => (Math.abs(a) + Math.abs(entry(wanted, i, j))) / count)),
  };
}
