import { type Matrix } from "../delta/matrix.ts";
import { layerName } from "../notation.ts";
import { type GradientForm, magnitudes } from "./form.ts";
import { type Candidate, type Setting, change, factors, sameShape } from "./mistakes.ts";

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

const never = change<GradientForm>("never computed", "the gradient is 0 everywhere: it was never computed", (form) => ({
  ...form,
  factor: 0,
  decay: 0,
  shrink: 0,
}));

/** Mistakes of BP3 in layer `l`. */
export function biasMistakes(setting: Setting, l: number): Candidate<GradientForm>[] {
  const { y, penalty, cost } = setting;
  const { lambda = 0, lasso = 0 } = penalty;
  const m = y.length;
  const [done, against] = cost.sense === "maximise" ? ["taken away", "added"] : ["added", "taken away"];
  const ways = (name: string, says: string, how: (sign: 1 | -1) => Candidate<GradientForm>["change"]): Candidate<GradientForm>[] => [
    change(`${name} on biases`, `${says} is ${done}: the ${name} term is for weights only`, how(1)),
    change(`${name} on biases`, `${says} is ${against}: the ${name} term is for weights only`, how(-1)),
  ];
  const ridge = (says: string, decay: number): Candidate<GradientForm>[] =>
    ways("ridge", says, (sign) => (form) => (form.decay === 0 ? { ...form, decay: sign * decay } : undefined));
  const shrunk = (says: string, shrink: number): Candidate<GradientForm>[] =>
    ways("lasso", says, (sign) => (form) => (form.shrink === 0 ? { ...form, shrink: sign * shrink } : undefined));
  const b = layerName("b", l + 1);
  return [
    ...factors<GradientForm>(setting, true),
    change("not summed", "δ of each example instead of their sum", (form) => ({ ...form, apart: true })),
    ...sums(m),
    never,
    ...(lambda === 0 ? [] : [ridge(`λ/m ${b}`, lambda / m), ridge(`λ ${b}`, lambda), ridge(`2λ/m ${b}`, (2 * lambda) / m)].flat()),
    ...(lasso === 0 ? [] : [shrunk(`λ/m sign(${b})`, lasso / m), shrunk(`λ sign(${b})`, lasso)].flat()),
  ];
}

/** Mistakes of BP4 in layer `l`; `above` is the delta of the layer above. */
export function weightMistakes(setting: Setting, l: number, above: Matrix | undefined): Candidate<GradientForm>[] {
  const { y, penalty, z, a, cost } = setting;
  const { lambda = 0, lasso = 0 } = penalty;
  const m = y.length;
  // A cost to maximise has its penalties taken away.
  const [own, other, against] = cost.sense === "maximise" ? ["-", "", "added"] : ["", "-", "subtracted"];
  const before = layerName("a", l);
  const right = a[l] as Matrix;
  const previous = (name: string, says: string, wrong: Matrix | undefined): Candidate<GradientForm>[] =>
    wrong !== undefined && sameShape(wrong, right) ? [change(name, says, (form) => (form.previous === right ? { ...form, previous: wrong } : undefined))] : [];
  // As factors, so that several of them go together.
  const ridge = (name: string, says: string, factor: number): Candidate<GradientForm> =>
    change(name, says, (form) => (form.decay === 0 ? undefined : { ...form, decay: form.decay * factor }));
  const lassoed = (name: string, says: string, factor: number): Candidate<GradientForm> =>
    change(name, says, (form) => (form.shrink === 0 ? undefined : { ...form, shrink: form.shrink * factor }));
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
    change<GradientForm>("never computed", `only the penalty is left: ${layerName("δ", l + 1)} (${before})ᵀ was never computed`, (form) =>
      form.decay === 0 && form.shrink === 0 ? undefined : { ...form, factor: 0 },
    ),
    ...(lambda === 0
      ? []
      : [
          ridge("ridge missing", `the ridge's ${own}λ/m W is missing`, 0),
          ridge("ridge without 1/m", `${own}λ W where the ridge gives ${own}λ/m W`, m),
          ridge("ridge doubled", `${own}2λ/m W where the ridge gives ${own}λ/m W: its ½ is forgotten`, 2),
          ridge("ridge halved", `${own}λ/(2m) W where the ridge gives ${own}λ/m W`, 0.5),
          ridge(`ridge ${against}`, `${other}λ/m W where the ridge gives ${own}λ/m W`, -1),
        ]),
    ...(lasso === 0
      ? []
      : [
          lassoed("lasso missing", `the lasso's ${own}λ/m sign(W) is missing`, 0),
          lassoed("lasso without 1/m", `${own}λ sign(W) where the lasso gives ${own}λ/m sign(W)`, m),
          lassoed(`lasso ${against}`, `${other}λ/m sign(W) where the lasso gives ${own}λ/m sign(W)`, -1),
          change<GradientForm>("lasso without sign", `${own}λ/m W where the lasso gives ${own}λ/m sign(W)`, (form) =>
            form.shrink === lasso / m && form.decay === lambda / m ? { ...form, shrink: 0, decay: form.decay + lasso / m } : undefined,
          ),
        ]),
  ];
}
