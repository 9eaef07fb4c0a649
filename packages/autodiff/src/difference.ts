/** A derivative by differences, with its own error. */
export interface Difference {
  readonly slope: number;
  readonly error: number;
  /** No single derivative exists: the two sides disagree, or the differences grow without end, as at a jump and at an infinite slope. */
  readonly kink: boolean;
  /** The derivatives of the two sides, the smaller first; one number twice where there is no kink. */
  readonly sides: readonly [number, number];
}

const shrink = 1.6;
const steps = 12;
const rounding = 2 ** -52;

/**
 * The derivative of f at x by central differences with shrinking steps, extrapolated to step 0 (Ridders 1982; Press et al., Numerical
 * Recipes, section 5.7), from three first steps: for functions that change over the size of 1, over that of x, and fast. The error is the
 * change between extrapolations and what the values themselves are rounded to. At a kink the one-sided differences stay apart, and at a
 * jump or an infinite slope no extrapolation settles while they grow.
 */
export function difference(f: (x: number) => number, x: number): Difference {
  const size = Math.max(Math.abs(x), 1);
  const found = [0.02 * size, 0.02 * Math.abs(x), 1e-5 * size].filter((h) => h > 0).map((h) => extrapolated(f, x, h));
  const best = found.reduce((a, b) => (b.error < a.error ? b : a));
  const unsettled = !(best.error <= 1e-3 * Math.abs(best.slope));
  const kink = sidesDiffer(f, x, best.slope) || (unsettled && grows(f, x));
  return { ...best, kink, sides: kink ? sidesOf(f, x) : [best.slope, best.slope] };
}

/** One-sided differences, with a step that is long against rounding and short against the function. */
function sidesOf(f: (x: number) => number, x: number): readonly [number, number] {
  const h = 1e-6 * Math.max(1, Math.abs(x));
  const middle = f(x);
  const [before, after] = [(middle - f(x - h)) / h, (f(x + h) - middle) / h];
  return before < after ? [before, after] : [after, before];
}

function extrapolated(f: (x: number) => number, x: number, first: number): Pick<Difference, "slope" | "error"> {
  let table: number[][] = [];
  let slope = Number.NaN;
  let error = Number.POSITIVE_INFINITY;
  for (let i = 0, h = first; i < steps; i++, h /= shrink) {
    const [above, below] = [f(x + h), f(x - h)];
    const row = [(above - below) / (2 * h)];
    // Outside the domain of f there is nothing to extrapolate from.
    if (!Number.isFinite(row[0])) {
      table = [];
      continue;
    }
    const noise = (rounding * Math.max(Math.abs(above), Math.abs(below))) / h;
    const coarser = table.at(-1) ?? [];
    let factor = shrink * shrink;
    for (let j = 1; j <= coarser.length; j++, factor *= shrink * shrink) {
      const [better, coarse] = [row[j - 1] as number, coarser[j - 1] as number];
      const next = (better * factor - coarse) / (factor - 1);
      row.push(next);
      const change = Math.max(Math.abs(next - better), Math.abs(next - coarse)) + noise;
      if (change < error) [slope, error] = [next, change];
    }
    table.push(row);
  }
  return { slope, error };
}

/** Forward and backward differences that do not meet as the step shrinks, by more than rounding explains. */
function sidesDiffer(f: (x: number) => number, x: number, slope: number): boolean {
  const middle = f(x);
  const scale = 1e-3 * Math.max(1, Math.abs(slope));
  const gap = (step: number): { readonly apart: number; readonly noise: number } => {
    const h = step * Math.max(1, Math.abs(x));
    const [above, below] = [f(x + h), f(x - h)];
    return {
      apart: Math.abs((above - middle) / h - (middle - below) / h),
      noise: (8 * rounding * Math.max(Math.abs(above), Math.abs(middle), Math.abs(below))) / h,
    };
  };
  const gaps = [1e-4, 1e-6, 1e-8].map(gap);
  // On a smooth function the gap shrinks with the step, a hundred times here, once the step resolves it.
  return gaps.every(({ apart, noise }, i) => apart > scale + noise && (i === 0 || apart > (gaps[i - 1]?.apart ?? 0) / 4));
}

/** Central differences that keep growing as the step shrinks, by more than rounding explains. */
function grows(f: (x: number) => number, x: number): boolean {
  const found = [1e-4, 1e-6, 1e-8].map((step) => {
    const h = step * Math.max(1, Math.abs(x));
    const [above, below] = [f(x + h), f(x - h)];
    return { size: Math.abs(above - below) / (2 * h), noise: (8 * rounding * Math.max(Math.abs(above), Math.abs(below))) / h };
  });
  // On a smooth function they settle; beside |x|^p they grow by 100^(1 - p), at a jump a hundred times.
  return found.every(({ size, noise }, i) => size > 1e-3 + noise && (i === 0 || size > 2 * (found[i - 1]?.size ?? 0)));
}
