import { type Tensor, add, jacobian, log, matmul, mul, neg, sub, sum, tensor, valueAndGrad, values, vjp, zeros } from "@nabla/autodiff";
import { rowsOf } from "../delta/matrix.ts";
import { type Parameters } from "../layer.ts";
import { forward } from "../pass.ts";
import { type Matrix } from "./numbers.ts";
import { type Sample } from "./sample.ts";

/** A cost of activations and targets, both [m, n]: the table of its terms, or their sum. */
export type Terms = (a: Tensor, y: Tensor) => Tensor;

/** Half squares, one term per entry. */
export const halfSquares: Terms = (a, y) => mul(0.5, mul(sub(a, y), sub(a, y)));

/** Cross-entropy as the texts print it, one term per entry. */
export const crossEntropy: Terms = (a, y) => neg(add(mul(y, log(a)), mul(sub(1, y), log(sub(1, a)))));

/** What the tape says of a sample under S, the sum of the terms: layer l stands at l - 1, `a[0]` is the data. */
export interface Run {
  readonly value: number;
  readonly z: readonly Matrix[];
  readonly a: readonly Matrix[];
  readonly delta: readonly Matrix[];
  readonly dW: readonly Matrix[];
  readonly db: readonly (readonly number[])[];
}

/** What was run once is not run again: a sample's numbers do not change. */
const known = new WeakMap<Sample, Map<Terms, Map<string, Run>>>();

/** Forward and reverse sweep of S = the sum of `terms`, over all examples of a sample or over those named. */
export function run(given: Sample, terms: Terms, examples?: readonly number[]): Run {
  const ofSample = known.get(given) ?? new Map<Terms, Map<string, Run>>();
  const ofTerms = ofSample.get(terms) ?? new Map<string, Run>();
  const key = examples?.join() ?? "all";
  const found = ofTerms.get(key) ?? sweep(given, terms, examples);
  known.set(given, ofSample.set(terms, ofTerms.set(key, found)));
  return found;
}

function sweep({ net, x, y }: Sample, terms: Terms, examples: readonly number[] | undefined): Run {
  const pick = (t: Tensor): Tensor => (examples === undefined ? t : tensor(examples.map((p) => rowsOf(t)[p] ?? [])));
  const [data, targets] = [pick(x), pick(y)];
  const offsets = net.layers.map(({ outputs }) => zeros([data.shape[0] as number, outputs]));
  const pass = forward(net, data);
  const swept = valueAndGrad((given: { readonly parameters: Parameters; readonly offsets: readonly Tensor[] }) =>
    sum(terms(forward(net, data, given.parameters, given.offsets).a.at(-1) as Tensor, targets)),
  )({ parameters: net.parameters, offsets });
  const { layers } = swept.gradient.parameters;
  return {
    value: values(swept.value)[0] ?? Number.NaN,
    z: pass.z.map(rowsOf),
    a: pass.a.map(rowsOf),
    delta: swept.gradient.offsets.map(rowsOf),
    dW: layers.map(({ W }) => rowsOf(W)),
    db: layers.map(({ b }) => Array.from(values(b))),
  };
}

/**
 * Each example alone: z, a and δ are its rows of the run over all, since examples do not meet; the cost and the gradients of the parameters
 * are those of a run of its own.
 */
export function runEach(given: Sample, terms: Terms): Run[] {
  const { z, a, delta } = run(given, terms);
  return given.X.map((_, p) => {
    const row = (layers: readonly Matrix[]): Matrix[] => layers.map((rows) => [rows[p] ?? []]);
    return { ...run(given, terms, [p]), z: row(z), a: row(a), delta: row(delta) };
  });
}

/** For each output n the derivative of its column of terms by z of every layer: `[n][l - 1]` is [m, n_l]. */
export function runByOutput({ net, x, y }: Sample, terms: Terms): Matrix[][] {
  const offsets = net.layers.map(({ outputs }) => zeros([x.shape[0] as number, outputs]));
  const { value, pullback } = vjp((given: readonly Tensor[]) => terms(forward(net, x, net.parameters, given).a.at(-1) as Tensor, y), offsets);
  const [m, outputs] = value.shape as [number, number];
  return Array.from({ length: outputs }, (_, n) => {
    const cotangent = tensor(Array.from({ length: m }, () => Array.from({ length: outputs }, (_each, j) => Number(j === n))));
    return pullback(cotangent).map(rowsOf);
  });
}

/** The Jacobian of a function of one vector, as rows. */
export function jacobianOf(f: (x: Tensor) => Tensor, x: readonly number[]): Matrix {
  return rowsOf(jacobian(f)(tensor([...x])));
}

/** One affine layer of one example, W a + b. */
export function affine(W: Matrix, b: readonly number[]): (a: Tensor) => Tensor {
  const [weights, bias] = [tensor(W.map((row) => [...row])), tensor([...b])];
  return (a) => sub(matmul(weights, a), sub(zeros(bias.shape), bias));
}
