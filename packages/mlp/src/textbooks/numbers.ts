/** Rows and columns of numbers: what the equations of the texts are written over. They import no op and no kernel. */
export type Vector = readonly number[];
export type Matrix = readonly Vector[];

/** Entry i; NaN where there is none, so that a wrong index never passes for a number. */
export const at = (x: Vector | undefined, i: number): number => x?.[i] ?? Number.NaN;

/** Entry in row i and column j. */
export const of = (x: Matrix | undefined, i: number, j: number): number => at(x?.[i], j);

/** The sum of f(0) to f(count - 1). */
export function sum(count: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += f(i);
  return total;
}

/** The vector of f(0) to f(count - 1). */
export const vector = (count: number, f: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => f(i));

/** The matrix of f(i, j). */
export const matrix = (rows: number, columns: number, f: (i: number, j: number) => number): number[][] =>
  Array.from({ length: rows }, (_, i) => vector(columns, (j) => f(i, j)));

/** An activation of the texts with its derivative, in plain numbers. */
export interface ScalarFunction {
  readonly name: "sigmoid" | "tanh" | "softplus" | "identity" | "relu" | "softmax";
  f(z: number): number;
  prime(z: number): number;
}

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/** The activations for which an equation that leaves the activation open is checked. */
export const functions: readonly ScalarFunction[] = [
  { name: "sigmoid", f: logistic, prime: (z) => logistic(z) * (1 - logistic(z)) },
  { name: "tanh", f: Math.tanh, prime: (z) => 1 - Math.tanh(z) ** 2 },
  { name: "softplus", f: (z) => Math.log(1 + Math.exp(z)), prime: logistic },
  { name: "identity", f: (z) => z, prime: () => 1 },
  { name: "relu", f: (z) => Math.max(z, 0), prime: (z) => (z > 0 ? 1 : 0) },
];

const ofRows: ScalarFunction = { name: "softmax", f: () => Number.NaN, prime: () => Number.NaN };

/** The elementwise activation of this name; any other, such as softmax, has no number for one entry. */
export const functionNamed = (name: string): ScalarFunction => functions.find((each) => each.name === name) ?? ofRows;

/** The softmax of a row, shifted by its maximum. */
export function softmaxOf(z: Vector): number[] {
  const top = Math.max(...z);
  const e = z.map((each) => Math.exp(each - top));
  const total = sum(e.length, (i) => at(e, i));
  return e.map((each) => each / total);
}
