import { type Tensor, tensor, values, vjp } from "@nabla/autodiff";
import { type ActivationFunction } from "../activation.ts";
import { type Matrix, entry } from "../delta/matrix.ts";
import { slopeSize } from "./slope.ts";

/** One entry, and the size of the terms whose sum it is: what rounding is measured by where they cancel. */
export type Sized = readonly [value: number, size: number];

/** What one equation computes from its ingredients, entry by entry: a mistake exchanges an ingredient. */
export interface Form {
  readonly rows: number;
  readonly columns: number;
  at(i: number, j: number): Sized;
}

/** The ingredients of BP1 and BP2: what arrives at the activations, and how it passes through σ′. */
export interface DeltaForm {
  readonly equation: "BP1" | "BP2";
  /** BP1: ∂C/∂a with its division. */
  readonly gradient: Matrix;
  /** BP2: δˡ⁺¹ and the weights it goes back through; `turned`: through Wᵀ where the equation has W. */
  readonly above: Matrix;
  /** The size of the terms of which δˡ⁺¹ is the sum: |δˡ⁺¹| where it was handed in. */
  readonly aboveSize: Matrix;
  readonly weights: Matrix;
  readonly turned: boolean;
  readonly activation: ActivationFunction;
  readonly z: Matrix;
  readonly a: Matrix;
  /** Whether the activation's own derivative is applied; other factors stand in `slopes`. */
  readonly own: boolean;
  readonly slopes: readonly Matrix[];
  readonly factor: number;
  /** BP1: the right delta, while only the factor is changed; it has digits that ∂C/∂a σ′ loses. */
  readonly right: Matrix | undefined;
  /** BP1: |a| + |y| with the cost's division, what a - y is rounded by. */
  readonly floor: Matrix | undefined;
}

/** The ingredients of BP3 and BP4. */
export interface GradientForm {
  readonly equation: "BP3" | "BP4";
  readonly delta: Matrix;
  readonly deltaSize: Matrix;
  /** aˡ⁻¹; ones for a bias. */
  readonly previous: Matrix;
  readonly factor: number;
  /** The examples that are summed. */
  readonly examples: readonly number[];
  /** Nothing is summed: every example's own δ. */
  readonly apart: boolean;
  /** The ridge's factor of the parameter, and the lasso's of its sign. */
  readonly decay: number;
  readonly shrink: number;
  readonly parameter: Matrix;
  readonly turned: boolean;
}

/** BP1 and BP2, row by row as they are asked for. */
export function deltaEntries(form: DeltaForm): Form {
  const { z, a, activation, own, slopes, factor, right, floor } = form;
  const known: (readonly Sized[] | undefined)[] = [];
  const row = (i: number): readonly Sized[] => {
    if (right !== undefined)
      return (right[i] ?? []).map((each, j) => [each * factor, Math.abs(each * factor) + (floor === undefined ? 0 : entry(floor, i, j))]);
    const arriving =
      form.equation === "BP1"
        ? (form.gradient[i] ?? []).map((each): Sized => [each, Math.abs(each) + (floor === undefined ? 0 : entry(floor, i, 0))])
        : back(form, i);
    const passed = own ? through(activation, z[i] ?? [], a[i] ?? [], arriving) : arriving;
    return passed.map(([value, size], j): Sized => {
      const scale = slopes.reduce((product, slope) => product * entry(slope, i, j), factor);
      return [value * scale, size * Math.abs(scale)];
    });
  };
  return { rows: z.length, columns: z[0]?.length ?? 0, at: (i, j) => (known[i] ??= row(i))[j] ?? [Number.NaN, 0] };
}

/** δˡ⁺¹ Wˡ⁺¹ of one example. */
function back({ above, aboveSize, weights, turned, z }: DeltaForm, i: number): Sized[] {
  return (z[i] ?? []).map((_, j): Sized => {
    let [value, size] = [0, 0];
    (above[i] ?? []).forEach((each, k) => {
      const weight = turned ? entry(weights, j, k) : entry(weights, k, j);
      value += each * weight;
      size += entry(aboveSize, i, k) * Math.abs(weight);
    });
    return [value, size];
  });
}

function through(activation: ActivationFunction, z: readonly number[], a: readonly number[], arriving: readonly Sized[]): readonly Sized[] {
  const { prime, pull } = activation;
  if (pull !== undefined) {
    const largest = Math.max(...arriving.map(([, size]) => size));
    return pull(
      a,
      arriving.map(([value]) => value),
    ).map((value) => [value, largest]);
  }
  if (prime === undefined) return byTape(activation, z, arriving);
  return arriving.map(([value, size], j): Sized => {
    const [here, active] = [z[j] ?? Number.NaN, a[j] ?? Number.NaN];
    const slope = prime(here, active);
    return [value * slope, size * slopeSize(activation, here, active, slope)];
  });
}

/** Jᵀ v of a function that nobody derived. */
function byTape({ of }: ActivationFunction, z: readonly number[], arriving: readonly Sized[]): readonly Sized[] {
  const largest = Math.max(...arriving.map(([, size]) => size));
  const { pullback } = vjp((row: Tensor) => of(row), tensor([[...z]]));
  return Array.from(values(pullback(tensor([arriving.map(([value]) => value)]))), (value) => [value, largest]);
}

/** BP3 and BP4; a bias gradient is one row. */
export function gradientEntries({ equation, delta, deltaSize, previous, factor, examples, apart, decay, shrink, parameter, turned }: GradientForm): Form {
  const width = delta[0]?.length ?? 0;
  const inputs = previous[0]?.length ?? 0;
  if (apart) return { rows: delta.length, columns: width, at: (p, j) => [entry(delta, p, j) * factor, entry(deltaSize, p, j) * Math.abs(factor)] };
  const one = (j: number, k: number): Sized => {
    const own = decay === 0 && shrink === 0 ? 0 : equation === "BP3" ? entry(parameter, 0, j) : entry(parameter, j, k);
    const [ridge, lasso] = [decay * own, shrink * Math.sign(own)];
    let [value, size] = [0, 0];
    for (const p of examples) {
      value += entry(delta, p, j) * entry(previous, p, k);
      size += entry(deltaSize, p, j) * Math.abs(entry(previous, p, k));
    }
    return [value * factor + ridge + lasso, size * Math.abs(factor) + Math.abs(ridge) + Math.abs(lasso)];
  };
  if (equation === "BP3") return { rows: 1, columns: width, at: (_, j) => one(j, 0) };
  return turned ? { rows: inputs, columns: width, at: (k, j) => one(j, k) } : { rows: width, columns: inputs, at: (j, k) => one(j, k) };
}

/** All entries. */
export function matrixOf({ rows, columns, at }: Form): Matrix {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => at(i, j)[0]));
}

/** The sizes of all entries. */
export function sizesOf({ rows, columns, at }: Form): Matrix {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => at(i, j)[1]));
}

/** |A|. */
export function magnitudes(a: Matrix): Matrix {
  return a.map((row) => row.map(Math.abs));
}
