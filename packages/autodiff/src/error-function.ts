/** From here on the continued fraction converges fast and 1 - erf would cancel. */
const tail = 2;

/** erf(x) = 2/√π ∫₀ˣ exp(-t²) dt, to a few units in the last place. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size < tail)) return Number.isNaN(x) ? x : Math.sign(x) * (1 - upperTail(size));
  return series(x);
}

/** erfc(x) = 1 - erf(x), with its relative digits far into the tail. */
export function erfc(x: number): number {
  if (x >= tail) return upperTail(x);
  if (x <= -tail) return 2 - upperTail(-x);
  return 1 - series(x);
}

/** 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, whose terms have one sign (DLMF 7.6.2). */
function series(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * gauss(x) * total;
}

/** exp(-x²)/(x √π) over a continued fraction, evaluated from the end (DLMF 7.9.1). */
function upperTail(x: number): number {
  if (x > 27.3) return 0;
  const terms = Math.ceil(20 + 300 / (x * x));
  let fraction = x;
  for (let n = terms; n >= 1; n--) fraction = x + n / 2 / fraction;
  return gauss(x) / (fraction * Math.sqrt(Math.PI));
}

/** exp(-x²) with x² split into an exact square and a rest, since a rounded x² of several hundred costs digits. */
function gauss(x: number): number {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x));
}
