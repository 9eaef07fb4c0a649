import { type Tensor, add, matmul, reshape, tensor } from "@nabla/autodiff";
import { activations } from "../../activation.ts";
import { type Place, functionAt, places, single } from "../places.ts";
import { type Comparison, type Row, equation, erratum, instance, over } from "../row.ts";
import { type Sample, everyActivation } from "../sample.ts";
import { type Run, halfSquares, jacobianOf, runEach } from "../tape.ts";
import * as text from "./equations.ts";

const everywhere = (instances: (place: Place) => readonly Comparison[]): Comparison[] =>
  over(everyActivation(), (given) => places(given, halfSquares).flatMap(instances));
const copy = (rows: readonly (readonly number[])[]): Tensor => tensor(rows.map((row) => [...row]));

/** What the text's algorithm starts from, for one example. */
const given = (of: Sample, p: number) => ({
  W: of.W,
  b: of.b,
  input: of.X[p] ?? [],
  y: of.Y[p] ?? [],
  f: of.W.map((_, l) => functionAt(of, l).f),
  prime: of.W.map((_, l) => functionAt(of, l).prime),
});

/** Each example of each sample with what its run gives. */
const examples = (instances: (label: string, of: Sample, one: Run, p: number) => Comparison) => (): Comparison[] =>
  over(everyActivation(), (of) => runEach(of, halfSquares).map((one, p) => instances(`example ${p}`, of, one, p)));

export const basics: readonly Row[] = [
  equation({
    id: "C.1",
    source: "C",
    place: "first terms",
    latex:
      "\\frac{\\partial u_k}{\\partial \\mathbf b} = \\mathbf e_k,\\quad \\frac{\\partial u_k}{\\partial W} = \\begin{pmatrix}0\\\\ \\mathbf x^{\\mathsf T}\\\\ 0\\end{pmatrix},\\quad \\frac{\\partial u_k}{\\partial \\mathbf x} = W_k^{\\mathsf T}",
    comparisons: () =>
      everywhere(({ label, given: of, one, l, p }) => {
        if (p > 0) return [];
        const [W, b, x] = [of.W[l] ?? [], of.b[l] ?? [], single(one.a[l])];
        const input = tensor([...x]);
        const byBias = jacobianOf((bias) => add(matmul(copy(W), input), bias), b);
        const byWeights = jacobianOf((flat) => add(matmul(reshape(flat, { shape: [W.length, x.length] }), input), tensor([...b])), W.flat());
        const byInput = jacobianOf((at) => add(matmul(copy(W), at), tensor([...b])), x);
        return W.flatMap((_, k) => [
          instance(`${label}, u_${k + 1} by b`, byBias[k] ?? [], { k, m: W.length }, text.byBias),
          instance(`${label}, u_${k + 1} by W`, byWeights[k] ?? [], { k, m: W.length, x }, text.byWeights),
          instance(`${label}, u_${k + 1} by x`, byInput[k] ?? [], { W, k }, text.byInput),
        ]);
      }),
  }),
  equation({
    id: "C.2",
    source: "C",
    place: "fourth term",
    latex:
      "u_k = W_k f(\\mathbf x) + b_k:\\quad \\frac{\\partial u_k}{\\partial x_i} = W_{ki} f'(x_i),\\quad \\frac{\\partial u_k}{\\partial \\mathbf x} = W_k^{\\mathsf T} \\odot f'(\\mathbf x)",
    comparisons: () =>
      everywhere(({ label, given: of, one, l, p, last, prime }) => {
        if (p > 1 || last) return [];
        const [W, b] = [of.W[l + 1] ?? [], of.b[l + 1] ?? []];
        const f = activations[of.hidden.name].of;
        const jacobian = jacobianOf((x) => add(matmul(copy(W), f(x)), tensor([...b])), single(one.z[l]));
        return W.flatMap((_, k) => [
          instance(`${label}, u_${k + 1}`, jacobian[k] ?? [], { W, k, prime }, text.throughFunction),
          instance(`${label}, u_${k + 1}, column`, jacobian[k] ?? [], { W, k, prime }, text.throughFunctionColumn),
        ]);
      }),
  }),
  equation({
    id: "C.3",
    source: "C",
    place: "the delta of the last layer",
    latex: "\\delta^L = f'(\\mathbf u^L) \\odot (\\mathbf t - \\mathbf y)",
    comparisons: () =>
      everywhere(({ label, given: of, one, l, p, last, prime }) =>
        last ? [instance(label, single(one.delta[l]), { prime, t: single(one.a[l + 1]), y: of.Y[p] ?? [] }, text.lastDelta)] : [],
      ),
  }),
  equation({
    id: "C.4",
    source: "C",
    place: "the deltas below",
    latex:
      "\\delta^l = \\sum_k \\delta_k^{l+1} (W_k^{l+1})^{\\mathsf T} \\odot f'(\\mathbf u^l) = \\left((W^{l+1})^{\\mathsf T} \\delta^{l+1}\\right) \\odot f'(\\mathbf u^l)",
    comparisons: () =>
      everywhere(({ label, given: of, one, l, last, prime }) => {
        if (last) return [];
        const facts = { W: of.W[l + 1] ?? [], delta: single(one.delta[l + 1]), prime };
        return [
          instance(`${label}, sum`, single(one.delta[l]), facts, text.deltaAsSum),
          instance(`${label}, product`, single(one.delta[l]), facts, text.deltaAsProduct),
        ];
      }),
  }),
  equation({
    id: "C.5",
    source: "C",
    place: "the gradients",
    latex:
      "\\frac{\\partial E}{\\partial \\mathbf b^l} = \\sum_k \\delta_k^l \\mathbf e_k = \\delta^l,\\quad \\frac{\\partial E}{\\partial W^l} = \\delta^l (\\mathbf x^{l-1})^{\\mathsf T}",
    comparisons: () =>
      everywhere(({ label, one, l }) => {
        const facts = { delta: single(one.delta[l]), x: single(one.a[l]) };
        const byWeights = (one.dW[l] ?? []).flat();
        return [
          instance(`${label}, b`, one.db[l] ?? [], { delta: facts.delta }, text.biasGradient),
          instance(`${label}, W as a sum`, byWeights, facts, text.weightGradientAsSum),
          instance(`${label}, W`, byWeights, facts, text.weightGradient),
        ];
      }),
  }),
  equation({
    id: "C.6",
    source: "C",
    place: "definitions",
    latex:
      "\\mathbf x^l = f(\\mathbf u^l),\\quad \\mathbf u^l = W^l \\mathbf x^{l-1} + \\mathbf b^l,\\quad \\mathbf t = f(\\mathbf u^L),\\quad E = \\tfrac12\\left\\|\\mathbf t - \\mathbf y\\right\\|^2",
    comparisons: examples((label, of, one, p) =>
      instance(label, [...one.z.flatMap(single), ...one.a.slice(1).flatMap(single), one.value], given(of, p), text.forwardPass),
    ),
  }),
  equation({
    id: "C.7",
    source: "C",
    place: "the algorithm",
    latex: "\\text{forward},\\ \\delta^L,\\ \\delta^l\\ \\text{for}\\ l = L-1, \\dots, 1,\\ \\text{gradients; every}\\ \\delta\\ \\text{with the old weights}",
    comparisons: examples((label, of, one, p) =>
      instance(
        label,
        one.delta.flatMap((delta, l) => [...single(delta), ...(one.db[l] ?? []), ...(one.dW[l] ?? []).flat()]),
        given(of, p),
        text.everyGradient,
      ),
    ),
  }),
  erratum({
    id: "C.7 erratum",
    source: "C",
    place: 'paragraph "Finally"',
    latex: "\\text{update after}\\ \\delta^l\\ \\text{has used}\\ W^{l+1},\\ \\text{not meanwhile}",
    corrected: examples((label, of, one, p) => instance(label, one.delta.flatMap(single), given(of, p), text.everyDelta)),
    printed: examples((label, of, one, p) => instance(label, one.delta.flatMap(single), { ...given(of, p), rate: 0.1 }, text.updatedMeanwhile)),
  }),
];
