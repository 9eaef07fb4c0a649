import { type ActivationFunction, type ActivationName, activations } from "../activation.ts";
import { type Cost, binaryCrossEntropy, categoricalCrossEntropy, divisor, logLikelihood, quadratic, sumOfSquares } from "../cost.ts";
import { type Matrix, byRow, entry } from "../delta/matrix.ts";
import { layerName } from "../network.ts";
import { type DeltaForm, type GradientForm, magnitudes } from "./form.ts";

/** What somebody may have done instead of an equation. */
export interface Mistake {
  /** A short name, the same in every equation: "missing 1/m". */
  readonly name: string;
  /** The mistake in a sentence, with this layer's names. */
  readonly says: string;
}

/** A mistake, and how it changes an equation's ingredients; undefined where it does not apply. */
export interface Candidate<F> extends Mistake {
  change(form: F): F | undefined;
}

/** A network's numbers as the mistakes need them; layers count from 0 here. */
export interface Setting {
  readonly layers: readonly { readonly activation: ActivationFunction }[];
  readonly z: readonly Matrix[];
  /** a[0] is the data. */
  readonly a: readonly Matrix[];
  readonly W: readonly Matrix[];
  readonly b: readonly (readonly number[])[];
  readonly y: Matrix;
  readonly cost: Cost;
  readonly lambda: number;
  readonly learningRate: number | undefined;
  /** σ′ of any numbers by an activation. */
  slope(activation: ActivationFunction, at: Matrix): Matrix | undefined;
}

const change = <F>(name: string, says: string, how: (form: F) => F | undefined): Candidate<F> => ({ name, says, change: how });
const times = <F extends { readonly factor: number }>(name: string, says: string, factor: number): Candidate<F> =>
  change(name, says, (form) => ({ ...form, factor: form.factor * factor }));
const sameShape = (a: Matrix | undefined, b: Matrix | undefined): boolean => a?.length === b?.length && a?.[0]?.length === b?.[0]?.length;

/** Factors that are forgotten or applied twice, in any equation. */
function factors<F extends { readonly factor: number }>({ cost, y }: Setting, summed: boolean): Candidate<F>[] {
  const [m, n] = [y.length, y[0]?.length ?? 0];
  const averaged = cost.normalisation !== "sum";
  return [
    averaged
      ? times("missing 1/m", `the mean over the ${m} examples is not divided by m`, m)
      : times("m too much", `a factor m = ${m}: the cost ${cost.name} is a sum, not a mean`, m),
    times("extra 1/m", summed ? `averaged over the ${m} examples where the equation sums (a second 1/m)` : `divided by m = ${m} once too often`, 1 / m),
    ...(cost.normalisation === "mean over entries" ? [times<F>("missing 1/n", `not divided by the ${n} outputs`, n)] : []),
    times("wrong sign", "the sign is turned round", -1),
  ];
}

/** σ′ as textbooks write it in terms of a. */
const inTermsOfA: ReadonlyMap<ActivationFunction, (a: number) => number> = new Map([
  [activations.sigmoid, (a) => a * (1 - a)],
  [activations.tanh, (a) => 1 - a * a],
]);

/** Mistakes of BP1 and BP2 in layer `l`, counted from 0; `dW` is the gradient of the layer above, as far as it is known. */
export function deltaMistakes(setting: Setting, l: number, dW: (() => Matrix) | undefined, target: Target): Candidate<DeltaForm>[] {
  const { layers, z, a, W, cost, y } = setting;
  const last = l === layers.length - 1;
  const { activation } = layers[l] as Setting["layers"][number];
  const [zl, al] = [z[l] as Matrix, a[l + 1] as Matrix];
  const here = layerName("z", l + 1);
  const instead = (name: string, says: string, slope: Matrix | undefined): Candidate<DeltaForm>[] =>
    slope === undefined
      ? []
      : [change(name, says, (form) => (form.own ? { ...form, own: false, slopes: [...form.slopes, slope], right: undefined } : undefined))];
  const ownSlope = setting.slope(activation, zl);
  const others = z.flatMap((each, k) =>
    k !== l && sameShape(each, zl)
      ? instead("σ′ of another layer", `σ′(${layerName("z", k + 1)}) instead of σ′(${here})`, setting.slope(activation, each))
      : [],
  );
  const written = inTermsOfA.get(activation);
  return [
    ...factors<DeltaForm>(setting, false),
    change("missing σ′", `the factor σ′(${here}) is missing`, (form) => (form.own ? { ...form, own: false, right: undefined } : undefined)),
    ...instead("σ′ of a", `σ′(${layerName("a", l + 1)}) instead of σ′(${here}): the derivative is taken at the activation`, setting.slope(activation, al)),
    ...(written === undefined
      ? []
      : instead(
          "σ′ of z by a's formula",
          `the formula of σ′ in terms of a is given ${here}`,
          zl.map((row) => row.map(written)),
        )),
    ...others,
    ...(ownSlope === undefined
      ? []
      : [
          change<DeltaForm>("extra σ′", `σ′(${here}) is applied once too often`, (form) =>
            form.own ? { ...form, slopes: [...form.slopes, ownSlope], right: undefined } : undefined,
          ),
        ]),
    ...otherDerivatives(activation).flatMap((other) =>
      instead("derivative of another activation", `the derivative of ${other.name} under ${activation.name}`, setting.slope(other, zl)),
    ),
    ...(activation.pull === undefined
      ? []
      : instead(
          "Hadamard softmax",
          `a(1 - a) elementwise under ${activation.name}, whose outputs depend on each other: the Jacobian is diag(a) - a aᵀ`,
          al.map((row) => row.map((each) => each * (1 - each))),
        )),
    ...(last ? costMistakes(cost, y, al, activation) : weightsMistakes(W, l)),
    ...(last || dW === undefined ? [] : [updated(setting, l, dW, target)]),
  ];
}

/** Elementwise activations whose derivative people write by habit. */
function otherDerivatives(activation: ActivationFunction): ActivationFunction[] {
  return (["sigmoid", "tanh", "relu"] satisfies ActivationName[])
    .map((each) => activations[each])
    .filter((each) => each !== activation && activation.pull === undefined && activation !== activations.identity);
}

/** A cost is known by its derivative, not by its name. */
const isOne = (cost: Cost, known: Cost): boolean => cost.derivative === known.derivative;

/** The delta of another cost, and the ½ of the squares. */
function costMistakes(cost: Cost, y: Matrix, a: Matrix, output: ActivationFunction): Candidate<DeltaForm>[] {
  const scale = (cost.sense === "maximise" ? -1 : 1) / divisor(cost.normalisation, [y.length, y[0]?.length ?? 0]);
  const gradient = (f: (a: number, y: number) => number): Matrix => byRow(a, y, (as, ys) => as.map((each, j) => f(each, ys[j] ?? Number.NaN) * scale));
  const squares = isOne(cost, quadratic) || isOne(cost, sumOfSquares);
  const of = (other: string, f: (a: number, y: number) => number, own: boolean): Candidate<DeltaForm> =>
    change("delta of another cost", `the delta of ${other}, but the cost is ${cost.name}`, (form) =>
      form.right === undefined ? undefined : { ...form, gradient: gradient(f), own, right: undefined },
    );
  const through = output.pull === undefined ? "σ′" : "J";
  return [
    squares ? times("missing ½", "2(a - y): the ½ of the cost is forgotten", 2) : times("factor 2", "twice the delta", 2),
    times("extra ½", "half the delta", 0.5),
    ...(squares ? [] : [of(`quadratic, (a - y) ${through}`, (p, q) => p - q, true)]),
    of("cross-entropy with its own output, a - y", (p, q) => p - q, false),
    ...[binaryCrossEntropy, categoricalCrossEntropy]
      .filter((other) => !isOne(cost, other) && !(other === binaryCrossEntropy && isOne(cost, logLikelihood)))
      .map((other) => of(`${other.name}, ∂C/∂a ${through}`, (p, q) => other.derivative?.(p, q) ?? Number.NaN, true)),
  ];
}

/** Weights that are turned, or another layer's. */
function weightsMistakes(W: readonly Matrix[], l: number): Candidate<DeltaForm>[] {
  const right = W[l + 1] as Matrix;
  const name = layerName("W", l + 2);
  const turn = change<DeltaForm>("missing transpose", `${name} instead of (${name})ᵀ`, (form) =>
    form.weights.length === form.weights[0]?.length ? { ...form, turned: !form.turned } : undefined,
  );
  const others = W.flatMap((each, k) => {
    if (k === l + 1) return [];
    const wrong = layerName("W", k + 1);
    const straight = sameShape(each, right) ? [exchange(`(${wrong})ᵀ instead of (${name})ᵀ`, each, false)] : [];
    const turned = each.length === right[0]?.length && each[0]?.length === right.length ? [exchange(`${wrong} instead of (${name})ᵀ`, each, true)] : [];
    return [...straight, ...turned];
  });
  return [turn, ...others];
}

const exchange = (says: string, weights: Matrix, turned: boolean): Candidate<DeltaForm> =>
  change("weights of another layer", says, (form) => (form.turned ? undefined : { ...form, weights, turned }));

/** Somebody's numbers beside what a delta would make of them, to solve for an unknown learning rate. */
export interface Target {
  readonly numbers: readonly number[];
  of(form: DeltaForm): readonly number[];
}

/** W - η ∂C/∂W in place of W; where η is not given it is solved for, which needs at least three numbers. */
function updated({ W, learningRate }: Setting, l: number, dW: () => Matrix, target: Target): Candidate<DeltaForm> {
  const name = layerName("W", l + 2);
  const moved = (rate: number, gradient = dW()): Matrix => (W[l + 1] as Matrix).map((row, i) => row.map((each, j) => each - rate * entry(gradient, i, j)));
  return change("updated weights", `${name} after its update: every delta needs the weights of the forward pass`, (form) => {
    if (form.weights !== W[l + 1]) return undefined;
    const rate = learningRate ?? (target.numbers.length < 3 ? Number.NaN : fitted(target, form, { ...form, weights: moved(1) }));
    return Math.abs(rate) > 1e-9 && Number.isFinite(rate) ? { ...form, weights: moved(rate) } : undefined;
  });
}

/** The η at which P(W - η ∂C/∂W) is nearest to somebody's numbers, from P at 0 and at 1: it is linear in η. */
function fitted({ numbers, of }: Target, start: DeltaForm, end: DeltaForm): number {
  const [from, to] = [of(start), of(end)];
  let [top, bottom] = [0, 0];
  numbers.forEach((each, at) => {
    const step = (to[at] ?? 0) - (from[at] ?? 0);
    top += (each - (from[at] ?? 0)) * step;
    bottom += step * step;
  });
  return top / bottom;
}

/** Sums that go over fewer examples than they should, and gradients that were never computed. */
function sums(m: number): Candidate<GradientForm>[] {
  const only = (name: string, says: string, p: number): Candidate<GradientForm> =>
    change(name, says, (form) => (form.examples.length === m && !form.apart ? { ...form, examples: [p] } : undefined));
  return m === 1
    ? []
    : [
        only("last example only", "only the last example counts: each overwrites the sum where it should be added", m - 1),
        only("first example only", "only the first example counts", 0),
      ];
}

const never = change<GradientForm>("never computed", "the gradient is 0 everywhere: it was never computed", (form) => ({ ...form, factor: 0, decay: 0 }));

/** Mistakes of BP3 in layer `l`. */
export function biasMistakes(setting: Setting, l: number): Candidate<GradientForm>[] {
  const { y, lambda } = setting;
  const m = y.length;
  const ridge = (says: string, decay: number): Candidate<GradientForm> =>
    change("ridge on biases", `${says} is added: the ridge term is for weights only`, (form) => (form.decay === 0 ? { ...form, decay } : undefined));
  const b = layerName("b", l + 1);
  return [
    ...factors<GradientForm>(setting, true),
    change("not summed", "δ of each example instead of their sum", (form) => ({ ...form, apart: true })),
    ...sums(m),
    never,
    ...(lambda === 0 ? [] : [ridge(`λ/m ${b}`, lambda / m), ridge(`λ ${b}`, lambda), ridge(`2λ/m ${b}`, (2 * lambda) / m)]),
  ];
}

/** Mistakes of BP4 in layer `l`; `above` is the delta of the layer above. */
export function weightMistakes(setting: Setting, l: number, above: Matrix | undefined): Candidate<GradientForm>[] {
  const { y, lambda, z, a } = setting;
  const m = y.length;
  const before = layerName("a", l);
  const right = a[l] as Matrix;
  const previous = (name: string, says: string, wrong: Matrix | undefined): Candidate<GradientForm>[] =>
    wrong !== undefined && sameShape(wrong, right) ? [change(name, says, (form) => (form.previous === right ? { ...form, previous: wrong } : undefined))] : [];
  const ridge = (name: string, says: string, decay: number): Candidate<GradientForm> =>
    change(name, says, (form) => (form.decay === lambda / m ? { ...form, decay } : undefined));
  return [
    ...factors<GradientForm>(setting, true),
    change("transposed", `the transpose of ${layerName("δ", l + 1)} (${before})ᵀ: rows should be this layer's neurons`, (form) => ({
      ...form,
      turned: !form.turned,
    })),
    ...previous("activation of the layer itself", `${layerName("a", l + 1)} instead of ${before}`, a[l + 1]),
    ...(l === 0 ? [] : previous("z instead of a", `${layerName("z", l)} instead of ${before}`, z[l - 1])),
    ...a.flatMap((each, k) => (k === l || k === l + 1 ? [] : previous("activation of another layer", `${layerName("a", k)} instead of ${before}`, each))),
    ...(above === undefined
      ? []
      : [
          change<GradientForm>("delta of another layer", `${layerName("δ", l + 2)} instead of ${layerName("δ", l + 1)}`, (form) =>
            form.delta !== above && sameShape(form.delta, above) ? { ...form, delta: above, deltaSize: magnitudes(above) } : undefined,
          ),
        ]),
    ...sums(m),
    never,
    ...(lambda === 0
      ? []
      : [
          ridge("ridge missing", "the ridge's λ/m W is missing", 0),
          ridge("ridge without 1/m", "λ W where the ridge gives λ/m W", lambda),
          ridge("ridge doubled", "2λ/m W where the ridge gives λ/m W: its ½ is forgotten", (2 * lambda) / m),
          ridge("ridge halved", "λ/(2m) W where the ridge gives λ/m W", lambda / (2 * m)),
          ridge("ridge subtracted", "-λ/m W where the ridge gives λ/m W", -lambda / m),
        ]),
  ];
}
