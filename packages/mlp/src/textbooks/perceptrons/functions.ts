import { type Tensor, add, argmax, grad, item, matmul, relu, sigmoid, softmax, sum, tensor, values, vjp, zeros } from "@nabla/autodiff";
import { rowsOf } from "../../delta/matrix.ts";
import { binaryCrossEntropy, quadratic } from "../../cost.ts";
import { accuracy } from "../../metric.ts";
import { network, withParameters } from "../../network.ts";
import { forward, predict } from "../../pass.ts";
import { type Vector, at, sum as total } from "../numbers.ts";
import { functionAt } from "../places.ts";
import { type Comparison, type Row, equation, erratum, exponent, instance, measured, over, tolerance } from "../row.ts";
import { everyActivation, everyHidden, sample } from "../sample.ts";
import { halfSquares, run } from "../tape.ts";
import * as text from "./equations.ts";

const source = "E" as const;

/** σ by the tape, and its derivative. */
const tapeSigma = (z: number): number => item(sigmoid(z));
const slopeOf = (f: (z: Tensor) => Tensor, z: number): number => item(grad((each: Tensor) => f(each))(tensor(z)));

const range = (from: number, to: number, step: number): number[] => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** One form of σ' against the tape; in units of σ' itself where the form keeps its digits. */
const slopes = (name: string, form: (z: number) => number, zs: readonly number[], relative: boolean): Comparison[] =>
  zs.map((z) => {
    const unit = relative ? 1 / text.wholeSlope(z) : 1;
    return instance(`${name}, z = ${z}`, [slopeOf(sigmoid, z) * unit], { z, unit }, text.inUnits(form));
  });

const everyInput: readonly Vector[] = [0, 1].flatMap((x1) => [0, 1].flatMap((x2) => [0, 1].map((x3) => [x1, x2, x3])));
/** The inputs for which the football example has output 1. */
const listed = new Set(["1,1,1", "1,1,0", "0,1,1", "1,0,1", "0,0,1"]);

/** The football example: what the library's step neuron says, against (1) and (2). */
function football(): Comparison[] {
  const [w, threshold] = [[3, 1, 5], 3];
  const neuron = withParameters(network({ sizes: [3, 1], activations: ["step"] }), { layers: [{ W: [w], b: [-threshold] }] });
  return everyInput.map((x) => {
    const output = item(predict(neuron, [[...x]]));
    return instance(x.join(), [output, output], { w, x, threshold }, text.bothPerceptrons);
  });
}

/** Literal exp of the logits, as (7) writes it. */
const literal = (z: Vector): number[] => text.equation7({ z });
const largest = (x: Vector): number => x.indexOf(Math.max(...x));

export const functionRows: readonly Row[] = [
  measured({
    id: "E.1",
    source,
    place: "(1), (2)",
    kind: "truth table",
    latex: "\\text{Output} = 1 \\text{ if } \\sum_i w_i x_i > \\text{Threshold},\\quad b = -\\text{Threshold}",
    comparisons: football,
    check: () => {
      const right = football().filter((each) => each.residual() === 0 && each.left[0] === Number(listed.has(each.label))).length;
      return {
        passes: right === everyInput.length,
        number: right,
        bound: everyInput.length,
        detail: `${right} of ${everyInput.length} inputs of the football example have the output listed, in both forms; x1 alone gives 3, which is not above 3`,
      };
    },
  }),
  equation({
    id: "E.2",
    source,
    place: "(3), (66) to (69)",
    latex: "\\sigma'(z) = \\frac{e^{-z}}{(1+e^{-z})^2} = \\sigma(z)\\frac{e^{-z}}{1+e^{-z}} = \\sigma(z)[1-\\sigma(z)]",
    comparisons: () => [
      ...range(-700, 700, 50).map((z) => instance(`(3), z = ${z}`, [tapeSigma(z)], { z, unit: 1 }, text.inUnits(text.sigma))),
      ...slopes("(66)", text.equation66, range(-354, 700, 31), true),
      ...slopes("(67)", text.equation67, range(-709, 700, 31), true),
      ...slopes(
        "(68)",
        text.equation68,
        range(-700, 9, 0.5).filter((z) => z > -40 || z % 50 === 0),
        true,
      ),
      ...slopes(
        "(69)",
        text.equation69,
        range(-700, 9, 0.5).filter((z) => z > -40 || z % 50 === 0),
        true,
      ),
      ...slopes("the tape's own", text.wholeSlope, range(-709, 709, 1), true),
    ],
  }),
  measured({
    id: "E.2 range",
    source,
    place: "(3), (66) to (69), where the forms lose digits",
    kind: "measured",
    latex: "\\lim_{z\\to\\infty}\\sigma = 1,\\ \\lim_{z\\to-\\infty}\\sigma = 0",
    check: () => {
      const forms = [text.equation66, text.equation67, text.equation68, text.equation69];
      const absolute = Math.max(
        ...range(-699, 700, 1).flatMap((z) => forms.map((form, i) => (i === 0 && z < -354 ? 0 : Math.abs(form(z) - slopeOf(sigmoid, z))))),
      );
      const at36 = Math.abs(text.equation69(36) / text.wholeSlope(36) - 1);
      const limits = tapeSigma(800) === 1 && tapeSigma(-800) === 0 && text.sigma(-800) === 0;
      const lost = text.equation66(-360) === 0 && Number.isNaN(text.equation66(-720)) && text.equation69(37) === 0 && Math.abs(at36 - 0.04) < 0.01;
      return {
        passes: absolute <= 1e-15 && limits && lost,
        number: absolute,
        bound: 1e-15,
        detail: `every form is right up to ${absolute.toExponential(0)} for z > -700; at z = 36 (69) is ${at36.toFixed(3)} off relatively, at 37 it is 0; (66) is 0 at -360, NaN at -720`,
      };
    },
  }),
  exponent({
    id: "E.3",
    source,
    place: "(4)",
    latex:
      "\\Delta\\text{Output} \\approx \\sum_i \\frac{\\partial\\text{Output}}{\\partial w_i}\\Delta w_i + \\frac{\\partial\\text{Output}}{\\partial b}\\Delta b",
    wanted: 2,
    curves: () => {
      const [x, w, b, dw, db] = [[0.3, 0.9, 0.5], [0.4, -0.7, 1.1], 0.2, [1, 0.5, -0.4], 0.7];
      const output = (weights: Tensor, bias: Tensor): Tensor => sigmoid(add(matmul(tensor(x), weights), bias));
      const { value, pullback } = vjp((given: readonly [Tensor, Tensor]) => output(...given), [tensor(w), tensor(b)]);
      const [byW, byB] = pullback(tensor(1));
      const linear = total(3, (i) => at(values(byW) as unknown as Vector, i) * at(dw, i)) + item(byB) * db;
      const points = [0.02, 0.01, 0.005, 0.002, 0.001].map((h): [number, number] => {
        const moved = item(output(tensor(w.map((each, i) => each + h * at(dw, i))), tensor(b + h * db)));
        return [h, Math.abs(moved - item(value) - h * linear)];
      });
      return [{ label: "remainder", points }];
    },
  }),
  equation({
    id: "E.4",
    source,
    place: "(5), (6)",
    latex: "\\sigma(z) = \\max\\{0, z\\},\\quad \\sigma'(z) = 1 \\text{ for } z > 0,\\ 0 \\text{ for } z \\le 0",
    comparisons: () => [-2, -1e-3, 0, 1e-3, 2].map((z) => instance(`z = ${z}`, [item(relu(z)), item(relu(z)), slopeOf(relu, z)], { z }, text.relu)),
  }),
  equation({
    id: "E.5",
    source,
    place: "(7), (8)",
    latex: "\\sigma_i = \\frac{\\exp(z_i)}{\\sum_{j=1}^k \\exp(z_j)},\\quad \\sum_{i=1}^k \\sigma_i = 1",
    comparisons: () => [
      ...run(sample({ sizes: [3, 4, 5] }), halfSquares).z.flatMap((rows, l) =>
        rows.flatMap((z, p) => [instance(`layer ${l + 1}, sample ${p}`, Array.from(values(softmax(tensor([...z])))), { z }, text.equation7)]),
      ),
      ...[
        [1e4, -1e4, 0],
        [-1e4, -1e4 + 1],
      ].map((z) => instance(`logits ${z.join(", ")}`, Array.from(values(softmax(tensor(z)))), { z }, text.shifted)),
    ],
  }),
  measured({
    id: "E.5 sum",
    source,
    place: "(8), and the words after it",
    kind: "measured",
    latex: "\\sum_i \\sigma_i = 1,\\ \\text{the largest input has the largest output}",
    check: () => {
      const cases = [[1, 2, 3], [0.4, -2, 0.1, 0.2], [1e4, -1e4, 0], [-1e4, -1e4 + 1]]; // prettier-ignore
      const worst = Math.max(...cases.map((z) => Math.abs(item(sum(softmax(tensor(z)))) - 1)));
      const ordered = cases.every((z) => largest(Array.from(values(softmax(tensor(z))))) === largest(z));
      const plain = Math.abs(at(text.equation8({ z: [1, 2, 3] }), 0) - 1);
      const lost = literal([1e4, -1e4, 0]).some(Number.isNaN);
      return {
        passes: worst <= 1e-15 && plain <= 1e-15 && ordered && lost,
        number: worst,
        bound: 1e-15,
        detail: `the sum is 1 up to ${worst.toExponential(0)}, also at logits of ±10000, where the literal exp gives NaN`,
      };
    },
  }),
  equation({
    id: "E.6",
    source,
    place: "(9) to (16)",
    latex: "a_j^l = \\sigma\\left(\\sum_k w_{jk}^l a_k^{l-1} + b_j^l\\right),\\quad \\mathbf a^l = \\sigma(w^l \\mathbf a^{l-1} + \\mathbf b^l)",
    comparisons: () =>
      over([...everyActivation(), ...everyActivation({ sizes: [3, 5, 5, 3] }), ...everyHidden({ sizes: [3, 3, 1], output: "sigmoid" })], (given) => {
        const { z, a } = run(given, halfSquares);
        return given.W.flatMap((w, l) =>
          given.X.flatMap((_, p) => {
            const facts = { w, a: a[l]?.[p] ?? [], b: given.b[l] ?? [], sigma: functionAt(given, l).f };
            const label = `layer ${l + 2}, sample ${p}`;
            return [
              instance(`${label}, (12)`, a[l + 1]?.[p] ?? [], facts, text.equation12),
              instance(`${label}, (13)`, a[l + 1]?.[p] ?? [], facts, text.equation13),
              instance(`${label}, (14)`, z[l]?.[p] ?? [], { w, a: facts.a, b: facts.b }, text.equation14),
            ];
          }),
        );
      }),
  }),
  measured({
    id: "E.6 classes",
    source,
    place: "section 5",
    kind: "truth table",
    latex: "\\mathbf a^4 = (0.1, 0.8, 0.3): \\text{class } 2;\\quad (0.04, 0.07, 0.89): \\text{class } 3;\\quad a > 0.5: \\text{the class}",
    comparisons: classes,
    check: () => {
      const all = classes();
      const right = all.filter((each) => each.residual() <= tolerance).length;
      const stated = all.filter(({ label }) => label.startsWith("class")).map(({ left }) => left.join());
      return {
        passes: right === all.length && stated.join() === "2,3,1,2,3",
        number: right,
        bound: all.length,
        detail: `${right} of ${all.length} statements of section 5 about predicted classes hold; the classes of (0.1, 0.8, 0.3), (0.04, 0.07, 0.89) and of one-hot y: ${stated.join(", ")}`,
      };
    },
  }),
  equation({
    id: "E.7",
    source,
    place: "(17)",
    latex:
      "C = \\frac{1}{2m}\\sum_{x_i}\\left\\|\\mathbf y - \\mathbf a^L\\right\\|^2,\\quad \\delta^L = \\mathbf a^L - \\mathbf y \\text{ with an identity output}",
    comparisons: () => [
      ...over(everyActivation(), (given) => {
        const h = forward(given.net, given.x).a.at(-1) as Tensor;
        return [instance("cost", [item(quadratic.of(h, given.y))], { a: rowsOf(h), y: given.Y }, text.equation17)];
      }),
      ...over(everyHidden({ output: "identity" }), (given) => {
        const { a, delta } = run(given, halfSquares);
        return given.Y.map((y, p) => instance(`regression, sample ${p}`, delta.at(-1)?.[p] ?? [], { a: a.at(-1)?.[p] ?? [], y }, text.difference));
      }),
    ],
  }),
  equation({
    id: "E.8",
    source,
    place: "(18), (19)",
    latex: "C = -\\frac{1}{m}\\sum_{x_i}\\sum_j \\left[y_j\\ln a_j^L + (1-y_j)\\ln(1-a_j^L)\\right]",
    comparisons: () =>
      over([...everyHidden({ output: "sigmoid" }), ...everyHidden({ sizes: [3, 3, 1], output: "sigmoid" })], (given) => {
        const h = forward(given.net, given.x).a.at(-1) as Tensor;
        return [instance("cost", [item(binaryCrossEntropy.of(h, given.y))], { a: rowsOf(h), y: given.Y }, text.equation19)];
      }),
  }),
  measured({
    id: "E.8 zero",
    source,
    place: "section 7, words after (18)",
    kind: "measured",
    latex: "C = 0 \\text{ at } a = y \\in \\{0, 1\\},\\ \\text{growing with } |a - y|",
    check: () => {
      const cost = (a: number, y: number): number => item(binaryCrossEntropy.of(tensor([[a]]), tensor([[y]])));
      // As bare numbers, and as the outputs of a saturated neuron, which are exactly 0 and 1.
      const saturated = [0, 1].map((y) => ({ y, a: sigmoid(tensor([[y === 0 ? -800 : 800]])) }));
      const exact = saturated.every(({ y, a }) => item(a) === y);
      const ends = [...saturated.map(({ y, a }) => item(binaryCrossEntropy.of(a, tensor([[y]])))), cost(0, 0), cost(1, 1)];
      const zero = ends.every((each) => Math.abs(each) === 0) ? 0 : 1;
      const growing = [0, 1].every((y) => range(1, 9, 1).every((i) => cost(Math.abs(y - (i + 1) / 10.5), y) > cost(Math.abs(y - i / 10.5), y)));
      return {
        passes: exact && zero === 0 && growing,
        number: zero,
        bound: 0,
        detail: "the cost is 0 at a = y = 0 and a = y = 1, for bare numbers and for a saturated neuron: no NaN from 0 ln 0",
      };
    },
  }),
  erratum({
    id: "E.8 erratum section 7",
    source,
    place: 'section 7, "zero whenever a and y are identical"',
    latex: "\\text{at } a = y \\text{ the cost is the entropy } -y\\ln y - (1-y)\\ln(1-y);\\ \\ln 2 \\text{ at } 0.5",
    corrected: () => [0.5, 0.2].map((y) => instance(`a = y = ${y}`, [item(binaryCrossEntropy.of(tensor([[y]]), tensor([[y]])))], { y }, text.entropyOf)),
    printed: () => [instance("a = y = 0.5", [item(binaryCrossEntropy.of(tensor([[0.5]]), tensor([[0.5]])))], {}, text.zero)],
  }),
];

/** What section 5 says of predicted classes, each on a network of the library whose outputs are the numbers of the text. */
function classes(): Comparison[] {
  const x = [[0.5, -1, 2]];
  /** A 3-5-5-3 network whose last layer has no weights: its outputs are the activation of its biases. */
  const saying = (output: "sigmoid" | "softmax", bias: Vector): Tensor => {
    const start = network({ sizes: [3, 5, 5, 3], activations: ["sigmoid", "sigmoid", output], key: 1 });
    const layers = start.parameters.layers.map((layer, l) => (l < 2 ? layer : { W: zeros([3, 5]), b: tensor([...bias]) }));
    return predict(withParameters(start, { layers }), x);
  };
  const alone = [0.1, 0.8, 0.3];
  const shares = [0.04, 0.07, 0.89];
  const [separate, together] = [saying("sigmoid", alone.map((a) => Math.log(a / (1 - a)))), saying("softmax", shares.map(Math.log))]; // prettier-ignore
  const classOf = (a: Tensor): number[] => Array.from(values(argmax(a, { axis: 1 })), (best) => best + 1);
  const hot = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore
  return [
    instance("a^4 of sigmoids", Array.from(values(separate)), { a: alone }, text.itself),
    instance("a^4 of softmax", Array.from(values(together)), { a: shares }, text.itself),
    instance("sum of softmax", [item(sum(together))], { a: shares }, text.total),
    instance("class of sigmoids", classOf(separate), { a: alone }, text.classOf),
    instance("class of softmax", classOf(together), { a: shares }, text.classOf),
    ...hot.map((y) => instance("class of y", classOf(tensor([y])), { a: y }, text.classOf)),
    ...over(everyHidden({ sizes: [3, 3, 1], output: "sigmoid" }), (given) => {
      const a = (run(given, halfSquares).a[2] ?? []).map((row) => at(row, 0));
      const y = given.Y.map((row) => Math.round(at(row, 0)));
      return [instance("threshold 0.5", [accuracy(given.net, { x: given.x, y: y.map((each) => [each]) })], { a, y }, text.shareRight)];
    }),
  ];
}
