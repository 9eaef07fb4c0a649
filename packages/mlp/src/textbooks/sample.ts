import { type Tensor, normal, randomKey, splitKey, tensor, uniform, values } from "@nabla/autodiff";
import { type ActivationName } from "../activation.ts";
import { type Network, network, withParameters } from "../network.ts";
import { type Matrix, type ScalarFunction, functions } from "./numbers.ts";

/** What a sample network is. */
export interface SampleSpec {
  readonly sizes: readonly number[];
  readonly hidden: ActivationName;
  readonly output: ActivationName;
  /** Number of examples. */
  readonly m: number;
  readonly targets: "between 0 and 1" | "one-hot";
  readonly biases: boolean;
}

/** A network with data, as the library holds it and as plain numbers. */
export interface Sample {
  readonly label: string;
  readonly net: Network;
  readonly x: Tensor;
  readonly y: Tensor;
  /** W[l - 1] belongs to layer l, rows are its neurons. */
  readonly W: readonly Matrix[];
  readonly b: readonly (readonly number[])[];
  readonly X: Matrix;
  readonly Y: Matrix;
  readonly hidden: ScalarFunction;
  readonly output: ScalarFunction | "softmax";
}

/** The rows of a matrix as plain numbers. */
export function rowsOf(t: Tensor): number[][] {
  const [m = 1, n = 1] = t.shape;
  const flat = values(t);
  return Array.from({ length: m }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
}

const scalar = (name: ActivationName): ScalarFunction => functions.find((each) => each.name === name) as ScalarFunction;

/**
 * A network of widths 3-4-2-5, pairwise different so that no transposed weight fits, with 7 examples; weights and biases normal with
 * deviation 0.7; targets anywhere in (0, 1). `spec` changes any of it. With relu a seed is taken where no |z| is below 1e-3.
 */
export function sample(spec: Partial<SampleSpec> = {}, seed: number = 11): Sample {
  const { sizes = [3, 4, 2, 5], hidden = "sigmoid", output = hidden, m = 7, targets = "between 0 and 1", biases = true } = spec;
  const keys = splitKey(randomKey(seed), 2 * sizes.length);
  const key = (i: number): ReturnType<typeof randomKey> => keys[i] ?? randomKey(seed);
  const start = network({ sizes, activations: sizes.slice(1).map((_, l) => (l === sizes.length - 2 ? output : hidden)) });
  const layers = sizes.slice(1).map((n, l) => ({
    W: normal(key(2 * l), { shape: [n, sizes[l] as number], deviation: 0.7 }),
    b: normal(key(2 * l + 1), { shape: [n], deviation: biases ? 0.7 : 0 }),
  }));
  const net = withParameters(start, { layers });
  const x = normal(key(2 * sizes.length - 2), { shape: [m, sizes[0] as number] });
  const last = sizes.at(-1) as number;
  const drawn = uniform(key(2 * sizes.length - 1), { shape: [m, last], low: 0.05, high: 0.95 });
  const y =
    targets === "one-hot" ? tensor(Array.from({ length: m }, (_, p) => Array.from({ length: last }, (_each, j) => Number(j === (3 * p + 1) % last)))) : drawn;
  const made: Sample = {
    label: `${sizes.join("-")} ${hidden === output ? hidden : `${hidden}, ${output}`}${targets === "one-hot" ? ", one-hot" : ""}`,
    net,
    x,
    y,
    W: layers.map(({ W }) => rowsOf(W)),
    b: layers.map(({ b }) => Array.from(values(b))),
    X: rowsOf(x),
    Y: rowsOf(y),
    hidden: scalar(hidden),
    output: output === "softmax" ? "softmax" : scalar(output),
  };
  return (hidden === "relu" || output === "relu") && nearKink(made) ? sample(spec, seed + 100) : made;
}

function nearKink({ X, W, b, hidden, output }: Sample): boolean {
  return X.some((x) => {
    let a: readonly number[] = x;
    return W.some((w, l) => {
      const z = w.map((row, j) => row.reduce((total, weight, k) => total + weight * (a[k] ?? 0), b[l]?.[j] ?? 0));
      const f = l === W.length - 1 && output !== "softmax" ? output : hidden;
      a = z.map((each) => f.f(each));
      return z.some((each) => Math.abs(each) < 1e-3);
    });
  });
}

/** The sample networks on which an equation holds whatever the elementwise activation: every activation, both kinds of targets, and the text's own. */
export function elementwiseSamples(extra: readonly Partial<SampleSpec>[] = [{ sizes: [3, 5, 5, 3] }]): Sample[] {
  const open = functions.map(({ name }) => sample({ hidden: name }));
  return [...open, sample({ hidden: "softplus", output: "sigmoid", targets: "one-hot" }), ...extra.map((spec) => sample(spec))];
}
