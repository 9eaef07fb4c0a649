import { type ActivationFunction, activations, dependsAlone } from "../activation.ts";
import { type Cost, binaryCrossEntropy, categoricalCrossEntropy, divisor, logLikelihood, meanSquaredError, quadratic, sumOfSquares } from "../cost.ts";
import { type Matrix, byRow, entry } from "../delta/matrix.ts";
import { layerName } from "../notation.ts";
import { pairingOf } from "../pairing.ts";
import { type DeltaForm } from "./form.ts";
import { misspelt, otherDerivatives, slopesAt, slopesOfA } from "./slope.ts";
import { type Candidate, type Setting, change, factors, sameShape, times } from "./mistakes.ts";

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
  const ownSlope = slopesAt(activation, zl);
  const others = z.flatMap((each, k) =>
    k !== l && sameShape(each, zl) ? instead("σ′ of another layer", `σ′(${layerName("z", k + 1)}) instead of σ′(${here})`, slopesAt(activation, each)) : [],
  );
  const missing = change<DeltaForm>("missing σ′", `the factor σ′(${here}) is missing`, (form) =>
    form.own ? { ...form, own: false, right: undefined } : undefined,
  );
  const extra =
    ownSlope === undefined
      ? []
      : [
          change<DeltaForm>("extra σ′", `σ′(${here}) is applied once too often`, (form) =>
            form.own ? { ...form, slopes: [...form.slopes, ownSlope], right: undefined } : undefined,
          ),
        ];
  // What people write who have met a(1 - a) under a sigmoid, and know the short delta too.
  const short =
    dependsAlone(activation) || !last || pairingOf(cost, activation) === undefined
      ? []
      : [
          change<DeltaForm>("extra σ′", `a(1 - a) is applied to the short delta, which is ∂C/∂${here} already`, (form) =>
            form.right === undefined ? undefined : { ...form, gradient: form.right, own: false, slopes: [...form.slopes, hadamardSlope(al)], right: undefined },
          ),
        ];
  const ofA = instead("σ′ of a", `σ′(${layerName("a", l + 1)}) instead of σ′(${here}): the derivative is taken at the activation`, slopesAt(activation, al));
  const written = slopesOfA.get(activation);
  return [
    ...factors<DeltaForm>(setting, false),
    // σ′ of the identity is 1 wherever it is taken, and as often as one likes.
    ...(activation === activations.identity ? [] : [missing, ...ofA, ...others, ...extra]),
    ...(written === undefined
      ? []
      : instead(
          "σ′ of z by a's formula",
          `the formula of σ′ in terms of a is given ${here}`,
          zl.map((row) => row.map(written.of)),
        )),
    ...(misspelt.get(activation) ?? []).flatMap(({ formula, of }) =>
      instead(
        "part of σ′ missing",
        `${formula} instead of ${written?.formula ?? "σ′"} for σ′(${here})`,
        al.map((row) => row.map(of)),
      ),
    ),
    ...otherDerivatives(activation).flatMap((other) =>
      instead("derivative of another activation", `the derivative of ${other.name} under ${activation.name}`, slopesAt(other, zl)),
    ),
    ...[...slopesOfA].flatMap(([other, { formula, of }]) =>
      // Under a softmax a(1 - a) has a name of its own.
      other === activation || (other === activations.sigmoid && !dependsAlone(activation))
        ? []
        : instead(
            "derivative of another activation",
            `the derivative of ${other.name}, ${formula}, under ${activation.name}`,
            al.map((row) => row.map(of)),
          ),
    ),
    ...(dependsAlone(activation)
      ? []
      : instead(
          "Hadamard softmax",
          `a(1 - a) elementwise under ${activation.name}, whose outputs depend on each other: the Jacobian is diag(a) - a aᵀ`,
          hadamardSlope(al),
        )),
    ...short,
    ...(last ? costMistakes(cost, y, al, activation) : weightsMistakes(W, l)),
    ...(last || dW === undefined ? [] : [updated(setting, l, dW, target)]),
  ];
}

/** a(1 - a), the diagonal of the Jacobian of a softmax. */
const hadamardSlope = (a: Matrix): Matrix => a.map((row) => row.map((each) => each * (1 - each)));

/** A cost is known by its derivative, not by its name. */
const isOne = (cost: Cost, known: Cost): boolean => cost.derivative === known.derivative;

/** Costs of squares: dC/da is so many times a - y, before the division. */
const squares: readonly { readonly cost: Cost; readonly times: number; readonly delta: string }[] = [
  { cost: quadratic, times: 1, delta: "(a - y)/m" },
  { cost: sumOfSquares, times: 1, delta: "a - y" },
  { cost: meanSquaredError, times: 2, delta: "2(a - y)/(m n)" },
];

/** The delta of another cost, and the ½ of the squares. */
function costMistakes(cost: Cost, y: Matrix, a: Matrix, output: ActivationFunction): Candidate<DeltaForm>[] {
  const n = y[0]?.length ?? 0;
  const shape = [y.length, n];
  const scale = (cost.sense === "maximise" ? -1 : 1) / divisor(cost.normalisation, shape);
  const gradient = (f: (a: number, y: number) => number): Matrix => byRow(a, y, (as, ys) => as.map((each, j) => f(each, ys[j] ?? Number.NaN) * scale));
  const own = squares.find((each) => isOne(cost, each.cost));
  const of = (other: string, f: (a: number, y: number) => number, passes: boolean): Candidate<DeltaForm> =>
    change("delta of another cost", `the delta of ${other}, but the cost is ${cost.name}`, (form) =>
      form.right === undefined ? undefined : { ...form, gradient: gradient(f), own: passes, right: undefined },
    );
  const through = dependsAlone(output) ? "σ′" : "J";
  return [
    own?.times === 1 ? times("missing ½", "2(a - y): the ½ of the cost is forgotten", 2) : times("factor 2", "twice the delta", 2),
    times("extra ½", own?.times === 2 ? "a - y: the 2 that the square brings down is forgotten" : "half the delta", 0.5),
    ...(cost.normalisation === "mean over entries" || n === 1
      ? []
      : [times<DeltaForm>("extra 1/n", `divided by the ${n} outputs, over which the cost sums`, 1 / n)]),
    ...(own === undefined ? [of(`quadratic, (a - y) ${through}`, (p, q) => p - q, true)] : otherSquares(cost, own.times, shape)),
    ...(isShort(cost, output, y) ? [] : [of("cross-entropy with its own output, a - y", (p, q) => p - q, false)]),
    ...[binaryCrossEntropy, categoricalCrossEntropy]
      .filter((other) => !isOne(cost, other) && !(other === binaryCrossEntropy && isOne(cost, logLikelihood)))
      .map((other) => of(`${other.name}, ∂C/∂a ${through}`, (p, q) => other.derivative?.(p, q) ?? Number.NaN, true)),
  ];
}

/** Whether a - y, with the cost's own sign and division, is the right delta, or so many times it. */
function isShort(cost: Cost, output: ActivationFunction, y: Matrix): boolean {
  if (squares.some((each) => isOne(cost, each.cost))) return output === activations.identity;
  const distributions = y.every((row) => Math.abs(row.reduce((sum, each) => sum + each, 0) - 1) < 1e-9);
  return pairingOf(cost, output) !== undefined && (dependsAlone(output) || distributions);
}

/** Among costs of squares the delta of another is a factor: that of the mean over entries has n outputs in it. With one output it is the ½. */
function otherSquares(cost: Cost, own: number, shape: readonly number[]): Candidate<DeltaForm>[] {
  if (shape[1] === 1) return [];
  const share = (normalisation: Cost["normalisation"], factor: number): number => factor / divisor(normalisation, shape);
  return squares
    .filter((other) => (other.cost === meanSquaredError) !== isOne(cost, meanSquaredError) && other.cost !== sumOfSquares)
    .map((other) => ({ ...other, factor: share(other.cost.normalisation, other.times) / share(cost.normalisation, own) }))
    .filter(({ factor }) => factor !== 1)
    .map(({ cost: { name }, delta, factor }) => times("delta of another cost", `the delta of ${name}, ${delta}, but the cost is ${cost.name}`, factor));
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

/**
 * The η at which P(W - η ∂C/∂W) is nearest to somebody's numbers, from P at 0 and at 1: it is linear in η. Numbers that another mistake spoilt say
 * another η each, so those count on which most agree.
 */
function fitted({ numbers, of }: Target, start: DeltaForm, end: DeltaForm): number {
  const [from, to] = [of(start), of(end)];
  const said = numbers.map((each, at): Said => {
    const before = from[at] ?? Number.NaN;
    return { off: each - before, step: (to[at] ?? Number.NaN) - before };
  });
  // Where nothing is off, or nothing moves, any η is as good.
  const telling = said.filter(({ off, step }) => off * step !== 0);
  const agreeing = telling.map(({ off, step }) =>
    telling.filter((other) => Math.abs(other.off * step - off * other.step) <= alike * Math.abs(off * other.step)),
  );
  const most = agreeing.reduce((best, each) => (each.length > best.length ? each : best), []);
  return leastSquares(most.length < 3 ? said : most);
}

/** How far a number of somebody's is off, and how far an η of 1 would move it. */
interface Said {
  readonly off: number;
  readonly step: number;
}

/** How near two η are that mean the same, relatively. */
const alike = 1e-6;

function leastSquares(said: readonly Said[]): number {
  let [top, bottom] = [0, 0];
  for (const { off, step } of said) {
    top += off * step;
    bottom += step * step;
  }
  return top / bottom;
}
