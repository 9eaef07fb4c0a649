/** A derivative by differences, with its own error and whether the two sides agree. */
export interface Difference {
  readonly slope: number;
  readonly error: number;
  readonly kink: boolean;
}

const shrink = 1.6;
const steps = 12;

/**
 * The derivative of f at x by central differences with shrinking steps, extrapolated to step 0 (Ridders 1982; Press et al., Numerical
 * Recipes, section 5.7). The error is the change between extrapolations. At a kink the one-sided differences stay apart.
 */
export function difference(f: (x: number) => number, x: number): Difference {
  let h = 0.02 * Math.max(Math.abs(x), 1);
  const table: number[][] = [];
  let slope = Number.NaN;
  let error = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++, h /= shrink) {
    const row = [(f(x + h) - f(x - h)) / (2 * h)];
    let factor = shrink * shrink;
    for (let j = 1; j <= i; j++, factor *= shrink * shrink) {
      const [better, coarse] = [row[j - 1] as number, table[i - 1]?.[j - 1] as number];
      const next = (better * factor - coarse) / (factor - 1);
      row.push(next);
      const change = Math.max(Math.abs(next - better), Math.abs(next - coarse));
      if (change < error) [slope, error] = [next, change];
    }
    table.push(row);
  }
  return { slope, error, kink: sidesDiffer(f, x, slope) };
}

/** Forward and backward differences that do not meet as the step shrinks. */
function sidesDiffer(f: (x: number) => number, x: number, slope: number): boolean {
  const middle = f(x);
  const gap = (h: number): number => Math.abs((f(x + h) - middle) / h - (middle - f(x - h)) / h);
  const scale = Math.max(1, Math.abs(slope));
  const [wide, narrow] = [gap(1e-4 * Math.max(1, Math.abs(x))), gap(1e-6 * Math.max(1, Math.abs(x)))];
  // On a smooth function the gap shrinks with the step, a hundred times here.
  return narrow > 1e-3 * scale && narrow > wide / 4;
}
