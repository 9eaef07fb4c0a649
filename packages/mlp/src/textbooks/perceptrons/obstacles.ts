import { type Tensor, add, grad, hessian, item, matmul, mul, reshape, sigmoid, slice, sum, tensor } from "@nabla/autodiff";
import { rowsOf } from "../../delta/matrix.ts";
import { activations } from "../../activation.ts";
import { binaryCrossEntropy } from "../../cost.ts";
import { type Matrix, type Vector, at, vector } from "../numbers.ts";
import { type Comparison, type Row, erratum, instance, measured } from "../row.ts";
import { type Sample, sample } from "../sample.ts";
import { halfSquares, jacobianOf, run } from "../tape.ts";
import { eigenvalues } from "./eigenvalues.ts";
import * as text from "./equations.ts";
import { type NeuronCost, entropy, squares } from "./neuron.ts";

const source = "E" as const;

/** ‖M_1‖, ‖M_1‖ ‖M_2‖, ...: M_l is ∂a^l/∂z^l by the tape, diagonal, so that its norm is its largest entry. */
function factors(name: "sigmoid" | "relu", depth: number): number[] {
  const given = sample({ sizes: vector(depth + 1, () => 6), hidden: name, m: 1 });
  let product = 1;
  return run(given, halfSquares).z.map((rows) => (product *= Math.max(...jacobianOf(activations[name].of, rows[0] ?? []).flat().map(Math.abs)))); // prettier-ignore
}

/** A cost of one neuron by v = (w, b), with x = 1.3. */
const oneNeuron =
  (cost: NeuronCost, output: (z: Tensor) => Tensor, y: number) =>
  (v: Tensor): Tensor =>
    sum(cost(output(add(mul(slice(v, { start: [0], end: [1] }), 1.3), slice(v, { start: [1], end: [2] }))), y));

/** The Hessian of a function of one vector by the tape, and its least eigenvalue. */
const hessianAt = (f: (v: Tensor) => Tensor, v: Vector): Matrix => rowsOf(hessian(f)(tensor([...v])));
const leastEigenvalue = (f: (v: Tensor) => Tensor, v: Vector): number => Math.min(...eigenvalues(hessianAt(f, v)));

/** Weights and biases where one neuron is looked at. */
const grid = [-4, -1, 0, 0.7, 3].flatMap((w) => [-2, 0, 1.5].map((b) => [w, b]));

/** The Hessian of one neuron by the tape, against what is derived by hand: of (61) over σ, and of half squares over identity. */
const convexNeurons = (): Comparison[] =>
  grid.flatMap(([w = 0, b = 0]) => [
    ...[0, 1].map((y) =>
      instance(`(61), w = ${w}, b = ${b}, y = ${y}`, hessianAt(oneNeuron(entropy, sigmoid, y), [w, b]).flat(), { w, b, x: 1.3 }, text.crossEntropyHessian),
    ),
    instance(
      `(58) over identity, w = ${w}, b = ${b}`,
      hessianAt(
        oneNeuron(squares, (z) => z, 1),
        [w, b],
      ).flat(),
      { x: 1.3 },
      text.squaresHessian,
    ),
  ]);

export const obstacleRows: readonly Row[] = [
  measured({
    id: "E.18",
    source,
    place: "appendix, dying relu",
    kind: "measured",
    latex: "z \\le 0 \\text{ for every sample: } \\partial C/\\partial w = 0 \\text{ for the incoming and outgoing weights and the bias}",
    check: () => {
      const alive = sample({ sizes: [3, 4, 2], hidden: "relu", output: "sigmoid" });
      const dead = withBias(alive, -100);
      const ofUnit = ({ dW, db }: { dW: readonly Matrix[]; db: readonly Vector[] }, j: number): number[] => [
        ...(dW[0]?.[j] ?? []), at(db[0], j), ...(dW[1] ?? []).map((row) => at(row, j))]; // prettier-ignore
      const still = Math.max(...ofUnit(run(dead, halfSquares), 0).map(Math.abs));
      const neighbours = [1, 2, 3].some((j) => ofUnit(run(dead, halfSquares), j).some((each) => each !== 0));
      const reach = run(withBias(alive, 0), halfSquares).z[0] ?? [];
      const sorted = reach.map((row) => at(row, 0)).toSorted((p, q) => q - p);
      const one = run(withBias(alive, -(at(sorted, 0) + at(sorted, 1)) / 2), halfSquares);
      const single = (one.z[0] ?? []).filter((row) => at(row, 0) > 0).length === 1 && ofUnit(one, 0).every((each) => each !== 0);
      return {
        passes: still === 0 && neighbours && single,
        number: still,
        bound: 0,
        detail: `the largest |∂C/∂w|, |∂C/∂b| of a dead unit is ${still}; its neighbours learn, and with one sample above 0 so does it`,
      };
    },
  }),
  measured({
    id: "E.22",
    source,
    place: "appendix, vanishing factors",
    kind: "measured",
    latex: "\\sigma' \\le \\tfrac14:\\ \\prod_l \\|M_l\\| \\le 4^{-L},\\quad \\text{relu: } 1",
    check: () => {
      const depth = 8;
      const [sigmoids, relus] = [factors("sigmoid", depth), factors("relu", depth)];
      const quarter = item(grad((z: Tensor) => sigmoid(z))(tensor(0)));
      const shrinking = sigmoids.every((each, l) => each > 0 && each <= 0.25 ** (l + 1));
      return {
        passes: quarter === 0.25 && shrinking && relus.every((each) => each === 1),
        number: at(sigmoids, depth - 1),
        bound: 0.25 ** depth,
        detail: `Π ‖M_l‖ over ${depth} layers, M_l by the tape: sigmoid ${at(sigmoids, depth - 1).toExponential(1)}, relu ${at(relus, depth - 1)}`,
      };
    },
  }),
  measured({
    id: "E.23",
    source,
    place: 'section 7, "convex"',
    kind: "measured",
    latex: "\\text{one neuron: cross-entropy over sigmoid and MSE over identity are convex; MSE over sigmoid and a 2-2-1 network are not}",
    check: () => {
      const least = (f: (v: Tensor) => Tensor): number => Math.min(...grid.map((v) => leastEigenvalue(f, v)));
      const convex = Math.min(...[0, 1].map((y) => least(oneNeuron(entropy, sigmoid, y))), least(oneNeuron(squares, (z) => z, 1)));
      const hollow = least(oneNeuron(squares, sigmoid, 1));
      const deep = leastEigenvalue(twoTwoOne, [0.4, -0.6, 0.9, 0.3, 0.1, -0.2, 0.7, -1.1, 0.2]);
      return {
        passes: convex >= -1e-15 && hollow < -1e-3 && deep < -1e-3,
        number: convex,
        bound: -1e-15,
        detail: `least eigenvalue of the Hessian: one neuron 0 to ${Math.abs(convex) < 1e-16 ? "1e-16" : Math.abs(convex).toExponential(0)}, MSE over sigmoid ${hollow.toFixed(4)}, 2-2-1 network ${deep.toFixed(4)}`,
      };
    },
  }),
  erratum({
    id: "E.23 erratum section 7",
    source,
    place: 'section 7, both costs "convex, meaning they possess a global minimum"',
    latex: "\\text{MSE over sigmoid: the Hessian has a negative eigenvalue}",
    corrected: convexNeurons,
    printed: () => [instance("MSE over sigmoid", [Math.min(0, leastEigenvalue(oneNeuron(squares, sigmoid, 1), [-4, 0]))], {}, text.zero)],
  }),
];

/** The sample with another bias for the first unit of its first layer. */
function withBias(given: Sample, bias: number): Sample {
  const { layers } = given.net.parameters;
  const b = given.b.map((row, l) => row.map((each, j) => (l === 0 && j === 0 ? bias : each)));
  return { ...given, b, net: { ...given.net, parameters: { layers: layers.map(({ W }, l) => ({ W, b: tensor([...(b[l] ?? [])]) })) } } };
}

/** Cross-entropy of a 2-2-1 sigmoid network on the points of XOR, over its nine numbers. */
function twoTwoOne(v: Tensor): Tensor {
  const part = (from: number, count: number, shape: readonly number[]): Tensor => reshape(slice(v, { start: [from], end: [from + count] }), { shape });
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]); // prettier-ignore
  const hidden = sigmoid(add(matmul(x, part(0, 4, [2, 2])), part(4, 2, [2])));
  const h = sigmoid(add(matmul(hidden, part(6, 2, [2, 1])), part(8, 1, [1])));
  return binaryCrossEntropy.of(h, tensor([[0], [1], [1], [0]]));
}
