import { type Tensor, item, leakyRelu, nested, slice, take, transpose, valueAndGrad } from "@nabla/autodiff";
import {
  type Activation,
  type CostName,
  type Network,
  type Optimiser,
  type Parameters,
  adaGrad,
  adam,
  adamW,
  costs,
  forward,
  network,
  objective,
  rmsProp,
  sgd,
  tapeDeltas,
  withParameters,
} from "@nabla/mlp";
import { type Mismatch, close, compareTensor, scaled } from "./compare.ts";
import { type Case, type Entry, type Recorded, type ReferenceFile, toNumber, toTensor } from "./load.ts";
import { type Outcome, Skip } from "./report.ts";

/** Ours by the names of the reference files. */
const costNames: Readonly<Record<string, CostName | undefined>> = {
  mse: "quadratic",
  sse: "sumOfSquares",
  binaryCrossEntropy: "binaryCrossEntropy",
  categoricalCrossEntropy: "categoricalCrossEntropy",
  logLikelihood: "logLikelihood",
};

interface NetworkAttrs {
  readonly sizes: readonly number[];
  readonly activations: readonly string[];
  readonly cost: string;
  readonly lambda: number;
  readonly negativeSlope?: number;
}

/** Networks are transposed here and nowhere else: examples stand in columns in the files and in rows in the library. */
const rows = (columns: Recorded): Tensor => transpose(toTensor(columns));
const bias = (column: Recorded): Tensor => slice(rows(column), { start: [0] });

function build({ sizes, activations, negativeSlope = 0.01 }: NetworkAttrs, W: readonly Recorded[], b: readonly Recorded[]): Network {
  const named = activations.map((each): Activation =>
    each === "leakyRelu" && negativeSlope !== 0.01
      ? { name: "leakyRelu", symbol: "leakyRelu", of: (z) => leakyRelu(z, { negativeSlope }), prime: (z) => (z > 0 ? 1 : negativeSlope) }
      : (each as Activation),
  );
  const parameters = {
    layers: W.map((weights, l) => ({ W: nested(toTensor(weights)), b: (nested(bias(b[l] as Recorded)) as readonly (readonly number[])[])[0] ?? [] })),
  };
  return withParameters(network({ sizes, activations: named }), parameters);
}

function costOf({ cost }: NetworkAttrs): (typeof costs)[CostName] {
  const label = costNames[cost];
  if (label === undefined) throw new Skip(`cost ${cost} does not exist yet`);
  return costs[label];
}

interface NetworkCase extends Case {
  readonly attrs: NetworkAttrs;
  readonly W: readonly Recorded[];
  readonly b: readonly Recorded[];
  readonly X: Recorded;
  readonly Y: Recorded;
  readonly z: readonly Recorded[];
  readonly a: readonly Recorded[];
  readonly delta: readonly Recorded[];
  readonly cost: Entry;
  readonly dW: readonly Recorded[];
  readonly db: readonly Recorded[];
}

const present = (found: readonly (Mismatch | undefined)[]): readonly Mismatch[] => found.filter((each) => each !== undefined);

function scalarMismatch(what: string, got: number, want: number, rtol: number, atol: number = 0): Mismatch | undefined {
  return close(got, want, { rtol, atol }) ? undefined : { what, element: 0, got, want, allowed: atol + rtol * Math.abs(want) };
}

/** A network's pass, cost, deltas and gradients. */
export function runNetworks(file: ReferenceFile): Outcome[] {
  const rtol = file.meta.tol?.rtol ?? 1e-11;
  return file.cases.map((given) => {
    const each = given as NetworkCase;
    return {
      name: each.name,
      run: () => {
        const net = build(each.attrs, each.W, each.b);
        const x = rows(each.X);
        const { z, a } = forward(net, x);
        const tape = tapeDeltas(net, costOf(each.attrs), x, rows(each.Y), each.attrs.lambda);
        const check = (what: string, got: Tensor | undefined, want: Recorded): Mismatch | undefined =>
          compareTensor(what, got as Tensor, [want], scaled(want, rtol));
        return present([
          scalarMismatch("cost", tape.value, toNumber(each.cost), file.meta.tol?.rtol ?? 1e-12),
          ...each.z.map((want, l) => check(`z of layer ${l + 1}`, transpose(z[l] as Tensor), want)),
          ...each.a.map((want, l) => check(`a of layer ${l + 1}`, transpose(a[l + 1] as Tensor), want)),
          ...each.delta.map((want, l) => check(`delta of layer ${l + 1}`, transpose(tape.deltas[l] as Tensor), want)),
          ...each.dW.map((want, l) => check(`dW of layer ${l + 1}`, tape.gradients.layers[l]?.W, want)),
          ...each.db.map((want, l) => check(`db of layer ${l + 1}`, asColumn(tape.gradients.layers[l]?.b as Tensor), want)),
        ]);
      },
    };
  });
}

function asColumn(b: Tensor): Tensor {
  return take(b, { indices: { shape: [b.shape[0] as number, 1], data: Array.from({ length: b.shape[0] as number }, (_, i) => i) }, axis: 0 });
}

type OptimiserAttrs = Readonly<Record<string, unknown>> & { readonly name: string };

function optimiserOf(attrs: OptimiserAttrs): Optimiser {
  const number = (key: string): number => Number(attrs[key] ?? 0);
  const flag = (key: string): boolean => attrs[key] === true;
  const common = { learningRate: number("lr"), weightDecay: number("weightDecay") };
  const moments = { ...common, beta1: number("beta1"), beta2: number("beta2"), epsilon: number("eps"), amsgrad: flag("amsgrad") };
  switch (attrs.name) {
    case "SGD":
      return sgd({ ...common, momentum: number("momentum"), dampening: number("dampening"), nesterov: flag("nesterov") });
    case "Adam":
      return adam(moments);
    case "AdamW":
      return adamW(moments);
    case "RMSProp":
      return rmsProp({ ...common, alpha: number("alpha"), epsilon: number("eps"), momentum: number("momentum"), centered: flag("centered") });
    case "Adagrad":
      return adaGrad({ ...common, learningRateDecay: number("lrDecay"), initialAccumulator: number("initialAccumulatorValue"), epsilon: number("eps") });
    default:
      throw new Skip(`optimiser ${attrs.name} does not exist yet`);
  }
}

interface TrainingCase extends Case {
  readonly attrs: NetworkAttrs & { readonly optimizer: OptimiserAttrs };
  readonly W0: readonly Recorded[];
  readonly b0: readonly Recorded[];
  readonly X: Recorded;
  readonly Y: Recorded;
  readonly batches: readonly (readonly number[])[];
  readonly batchCosts: readonly Entry[];
  readonly costs: readonly Entry[];
  readonly first: { readonly W: readonly Recorded[]; readonly b: readonly Recorded[] };
  readonly final: { readonly W: readonly Recorded[]; readonly b: readonly Recorded[] };
}

/** Twenty steps of an optimiser on given batches. */
export function runTraining(file: ReferenceFile): Outcome[] {
  const { rtol, atol } = file.meta.tol ?? { rtol: 1e-9, atol: 1e-11 };
  return file.cases.map((given) => {
    const each = given as TrainingCase;
    return {
      name: each.name,
      run: () => {
        const net = build(each.attrs, each.W0, each.b0);
        const total = objective(net, costOf(each.attrs), each.attrs.lambda);
        const slope = valueAndGrad(total);
        const optimiser = optimiserOf(each.attrs.optimizer);
        const [x, y] = [rows(each.X), rows(each.Y)];
        let { parameters } = net;
        let state = optimiser.init(parameters);
        const found: (Mismatch | undefined)[] = [];
        const checkAll = (when: string, want: TrainingCase["first"], got: Parameters): void => {
          want.W.forEach((W, l) => found.push(compareTensor(`W of layer ${l + 1} ${when}`, got.layers[l]?.W as Tensor, [W], { rtol, atol })));
          want.b.forEach((b, l) => found.push(compareTensor(`b of layer ${l + 1} ${when}`, asColumn(got.layers[l]?.b as Tensor), [b], { rtol, atol })));
        };
        each.batches.forEach((batch, step) => {
          const indices = { shape: [batch.length], data: batch };
          const { value, gradient } = slope(parameters, take(x, { indices, axis: 0 }), take(y, { indices, axis: 0 }));
          found.push(scalarMismatch(`batch cost of step ${step + 1}`, item(value), toNumber(each.batchCosts[step] ?? "NaN"), rtol, atol));
          ({ parameters, state } = optimiser.update(gradient, state, parameters));
          found.push(scalarMismatch(`cost after step ${step + 1}`, item(total(parameters, x, y)), toNumber(each.costs[step] ?? "NaN"), rtol, atol));
          if (step === 0) checkAll("after step 1", each.first, parameters);
        });
        checkAll("at the end", each.final, parameters);
        return present(found);
      },
    };
  });
}
