/**
 * A student's backpropagation: loops over examples and neurons, examples in columns, every number in a plain array. It shares nothing with
 * the package, and can be told to make mistakes.
 */
export type Grid = number[][];

/** What the student may do wrong. */
export type Flaw =
  | "dW transposed"
  | "W for its transpose"
  | "no 1/m"
  | "1/m twice"
  | "no σ′ in hidden layers"
  | "no σ′ at the output"
  | "σ′ of a"
  | "σ′ of the layer before"
  | "sign"
  | "db averaged"
  | "db not summed"
  | "own activation"
  | "z for a"
  | "ridge on biases"
  | "no ridge"
  | "ridge without 1/m"
  | "ridge without ½"
  | "lasso on biases"
  | "no lasso"
  | "lasso without 1/m"
  | "lasso without sign"
  | "lasso turned round"
  | "tanh's 1 - a² under sigmoid"
  | "sigmoid's a(1 - a) under tanh"
  | "both gradients of layer 2 times m"
  | "delta of mean squared error"
  | "delta of quadratic"
  | "delta of cross-entropy"
  | "softmax elementwise"
  | "no ½"
  | "updated weights"
  | "weights of the layer itself"
  | "no db"
  | "last example only";

/** Everything a student is given. */
export interface Exercise {
  readonly W: readonly Grid[];
  readonly b: readonly number[][];
  /** Examples in columns. */
  readonly X: Grid;
  readonly Y: Grid;
  readonly hidden: "sigmoid" | "tanh";
  readonly output: "sigmoid" | "softmax";
  readonly cost: "quadratic" | "meanSquaredError" | "binaryCrossEntropy" | "categoricalCrossEntropy";
  readonly lambda: number;
  readonly lasso: number;
}

/** What a student hands in: deltas in columns. */
export interface Solution {
  readonly deltas: Grid[];
  readonly dW: Grid[];
  readonly db: (number[] | Grid)[];
}

const get = (grid: Grid | undefined, i: number, j: number): number => {
  const found = grid?.[i]?.[j];
  if (found === undefined) throw new Error(`the student reads [${i}, ${j}] of a grid of ${grid?.length} by ${grid?.[0]?.length}`);
  return found;
};
const make = (rows: number, columns: number, f: (i: number, j: number) => number): Grid => {
  const grid: Grid = [];
  for (let i = 0; i < rows; i++) {
    grid.push([]);
    for (let j = 0; j < columns; j++) grid[i]?.push(f(i, j));
  }
  return grid;
};
const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

/** Runs the exercise; deltas are of the mean cost, or with `perExample` of each example's own. */
export function student({ W, b, X, Y, hidden, output, cost, lambda, lasso }: Exercise, flaws: readonly Flaw[], perExample = false): Solution {
  const is = (flaw: Flaw): boolean => flaws.includes(flaw);
  const depth = W.length;
  const m = X[0]?.length ?? 0;
  const z: Grid[] = [];
  const a: Grid[] = [X];
  for (let l = 0; l < depth; l++) {
    const [weights, before] = [W[l] as Grid, a[l] as Grid];
    const zl = make(weights.length, m, (j, p) => {
      let total = b[l]?.[j] ?? Number.NaN;
      for (let k = 0; k < before.length; k++) total += get(weights, j, k) * get(before, k, p);
      return total;
    });
    z.push(zl);
    const act = l === depth - 1 ? output : hidden;
    a.push(
      make(zl.length, m, (j, p) => {
        if (act === "sigmoid") return logistic(get(zl, j, p));
        if (act === "tanh") return Math.tanh(get(zl, j, p));
        let total = 0;
        for (let k = 0; k < zl.length; k++) total += Math.exp(get(zl, k, p));
        return Math.exp(get(zl, j, p)) / total;
      }),
    );
  }
  const slope = (act: string, u: number): number => (act === "tanh" ? 1 - Math.tanh(u) ** 2 : logistic(u) * (1 - logistic(u)));
  const share = (perExample ? 1 : 1 / m) * (is("no 1/m") && !perExample ? m : 1) * (is("sign") ? -1 : 1);
  const [zL, aL] = [z[depth - 1] as Grid, a[depth] as Grid];
  const deltas: Grid[] = [];
  deltas[depth - 1] = make(aL.length, m, (j, p) => {
    const [out, want] = [get(aL, j, p), get(Y, j, p)];
    if (is("delta of cross-entropy")) return (out - want) * share;
    const squares = is("delta of quadratic") || cost === "quadratic" || cost === "meanSquaredError";
    if (!squares) {
      if (output === "sigmoid" && cost === "binaryCrossEntropy") return (out - want) * share;
      if (is("softmax elementwise")) return (-want / out) * out * (1 - out) * share;
      let total = 0;
      for (let k = 0; k < aL.length; k++) total += get(Y, k, p);
      return (out * total - want) * share;
    }
    const entries = is("delta of mean squared error") || (cost === "meanSquaredError" && !is("delta of quadratic"));
    const start = (k: number): number => (get(aL, k, p) - get(Y, k, p)) * (entries ? 2 / aL.length : 1) * (is("no ½") ? 2 : 1);
    if (is("no σ′ at the output")) return start(j) * share;
    if (output === "sigmoid") return start(j) * slope("sigmoid", is("σ′ of a") ? out : get(zL, j, p)) * share;
    if (is("softmax elementwise")) return start(j) * out * (1 - out) * share;
    let total = 0;
    for (let k = 0; k < aL.length; k++) total += start(k) * get(aL, k, p) * ((k === j ? 1 : 0) - out);
    return total * share;
  });
  const dW: Grid[] = [];
  const db: (number[] | Grid)[] = [];
  for (let l = depth - 1; l >= 0; l--) {
    const delta = deltas[l] as Grid;
    const source = is("own activation") ? a[l + 1] : is("z for a") && l > 0 ? z[l - 1] : a[l];
    const scaled = is("both gradients of layer 2 times m") && l === 1 ? m : 1;
    const mean = scaled * (perExample && !is("no 1/m") ? 1 / m : 1) * (is("1/m twice") ? 1 / m : 1);
    const gradient = make(W[l]?.length ?? 0, W[l]?.[0]?.length ?? 0, (j, k) => {
      let total = 0;
      for (let p = 0; p < m; p++) {
        const term = get(delta, j, p) * get(source, k, p) * mean;
        total = is("last example only") ? term : total + term;
      }
      const ridge = is("no ridge") ? 0 : is("ridge without 1/m") ? lambda : is("ridge without ½") ? (2 * lambda) / m : lambda / m;
      const pull = is("no lasso") ? 0 : (is("lasso without 1/m") ? lasso : lasso / m) * (is("lasso turned round") ? -1 : 1);
      const w = get(W[l], j, k);
      return total + ridge * w + pull * (is("lasso without sign") ? w : w > 0 ? 1 : w < 0 ? -1 : 0);
    });
    dW[l] = is("dW transposed") ? make(gradient[0]?.length ?? 0, gradient.length, (k, j) => get(gradient, j, k)) : gradient;
    const sums: number[] = [];
    for (let j = 0; j < delta.length; j++) {
      let total = 0;
      for (let p = 0; p < m; p++) total = is("last example only") ? get(delta, j, p) * mean : total + get(delta, j, p) * mean;
      sums.push(is("no db") ? 0 : total * (is("db averaged") ? 1 / m : 1) + (is("ridge on biases") ? (lambda / m) * (b[l]?.[j] ?? Number.NaN) : 0));
      if (is("lasso on biases")) sums[j] = (sums[j] ?? Number.NaN) + (lasso / m) * Math.sign(b[l]?.[j] ?? Number.NaN);
    }
    db[l] = is("db not summed") ? delta : sums;
    if (l === 0) break;
    const zl = z[l - 1] as Grid;
    const next = is("weights of the layer itself") ? W[l - 1] : W[l];
    deltas[l - 1] = make(zl.length, m, (j, p) => {
      let total = 0;
      for (let k = 0; k < delta.length; k++) {
        const weight = is("W for its transpose") ? get(next, j, k) : get(next, k, j);
        total += (is("updated weights") ? weight - 0.3 * get(gradient, k, j) : weight) * get(delta, k, p);
      }
      if (is("no σ′ in hidden layers")) return total;
      const at = is("σ′ of a") ? get(a[l], j, p) : is("σ′ of the layer before") && l > 1 ? get(z[l - 2], j, p) : get(zl, j, p);
      const a1 = get(a[l], j, p);
      if (is("tanh's 1 - a² under sigmoid")) return total * (1 - a1 * a1);
      if (is("sigmoid's a(1 - a) under tanh")) return total * a1 * (1 - a1);
      return total * slope(hidden, at);
    });
  }
  return { deltas, dW, db };
}
