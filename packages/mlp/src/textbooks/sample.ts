import { type Tensor, normal, randomKey, splitKey, tensor, uniform, values } from "@nabla/autodiff";
import { rowsOf } from "../delta/matrix.ts";
import { type ActivationName } from "../activation.ts";
import { type Network } from "../layer.ts";
import { network, withParameters } from "../network.ts";
import { type Matrix, type ScalarFunction, at, functionNamed, functions, matrix, softmaxOf } from "./numbers.ts";

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
  readonly output: ScalarFunction;
  readonly targets: SampleSpec["targets"];
}

/** Samples are read, never changed, so each is drawn once. */
const drawn = new Map<string, Sample>();

/**
 * A network of widths 3-4-2-5, pairwise different so that no transposed weight fits, with 7 examples; weights and biases normal with
 * deviation 0.7; targets anywhere in (0, 1). `spec` changes any of it. With relu a seed is taken where no |z| is below 1e-3
 * and every hidden layer lets something through.
 */
export function sample(spec: Partial<SampleSpec> = {}): Sample {
  const { sizes = [3, 4, 2, 5], hidden = "sigmoid", output = hidden, m = 7, targets = "between 0 and 1", biases = true } = spec;
  const whole: SampleSpec = { sizes, hidden, output, m, targets, biases };
  const key = JSON.stringify(whole);
  const found = drawn.get(key) ?? draw(whole, 11);
  drawn.set(key, found);
  return found;
}

function draw(spec: SampleSpec, seed: number): Sample {
  const { sizes, hidden, output, m, targets, biases } = spec;
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
  const y = targets === "one-hot" ? tensor(oneHot(m, last)) : uniform(key(2 * sizes.length - 1), { shape: [m, last], low: 0.05, high: 0.95 });
  const made: Sample = {
    label: `${sizes.join("-")} ${hidden === output ? hidden : `${hidden}, ${output}`}${targets === "one-hot" ? ", one-hot" : ""}`,
    net,
    x,
    y,
    W: layers.map(({ W }) => rowsOf(W)),
    b: layers.map(({ b }) => Array.from(values(b))),
    X: rowsOf(x),
    Y: rowsOf(y),
    hidden: functionNamed(hidden),
    output: functionNamed(output),
    targets,
  };
  return (hidden === "relu" || output === "relu") && unfit(made) ? draw(spec, seed + 100) : made;
}

/** One class for each example; of one output 0 and 1 in turn. */
const oneHot = (m: number, width: number): number[][] => matrix(m, width, (p, j) => (width === 1 ? p % 2 : Number(j === (3 * p + 1) % width)));

/** Whether some z is so near the kink of relu that a difference would cross it, or a whole layer is off, so that nothing flows through it. */
function unfit({ X, W, b, hidden, output }: Sample): boolean {
  return X.some((x, p) => {
    let a: readonly number[] = x;
    return W.some((w, l) => {
      const z = w.map((row, j) => row.reduce((total, weight, k) => total + weight * at(a, k), at(b[l], j)));
      const last = l === W.length - 1;
      const { name, f } = last ? output : hidden;
      a = name === "softmax" ? softmaxOf(z) : z.map(f);
      return z.some((each) => Math.abs(each) < 1e-3) || ((!last || p === 0) && a.every((each) => each === 0));
    });
  });
}

const everyTargets = ["between 0 and 1", "one-hot"] as const;
type Open = Partial<Omit<SampleSpec, "hidden" | "targets">>;

/** The samples of an equation that leaves activations and targets open: every activation in all layers, with both kinds of targets. */
export const everyActivation = (spec: Omit<Open, "output"> = {}): Sample[] => everyHidden(spec);

/** The same under the output that `spec` names: every activation in the hidden layers, with both kinds of targets. */
export const everyHidden = (spec: Open): Sample[] => functions.flatMap(({ name }) => bothTargets({ ...spec, hidden: name }));

/** The same above the hidden layers that `spec` names: every activation in the last layer, with both kinds of targets. */
export const everyOutput = (spec: Partial<SampleSpec>): Sample[] => functions.flatMap(({ name }) => bothTargets({ ...spec, output: name }));

/** A sample whose activations the equation itself names, with both kinds of targets. */
export const bothTargets = (spec: Partial<SampleSpec>): Sample[] => everyTargets.map((targets) => sample({ ...spec, targets }));
