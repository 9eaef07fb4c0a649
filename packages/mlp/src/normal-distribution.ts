/** The density of the standard normal distribution, exp(-z²/2)/√(2π). */
export function bell(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Φ(z) in plain numbers, so that the closed form of gelu shares no code with the tape: the series ½ + φ(z) (z + z³/3 + z⁵/15 + ...) around 0,
 * Laplace's continued fraction in the tails, where ½ less the series would cancel. Source: Abramowitz, Stegun 1964, 26.2.11 and 26.2.14.
 */
export function cumulative(z: number): number {
  if (Math.abs(z) > 2) {
    const t = Math.abs(z);
    let fraction = 0;
    for (let n = 160; n > 0; n--) fraction = n / (t + fraction);
    const tail = bell(z) / (t + fraction);
    return z < 0 ? tail : 1 - tail;
  }
  let term = z;
  let series = z;
  for (let n = 3; Math.abs(term) > 1e-18; n += 2) {
    term *= (z * z) / n;
    series += term;
  }
  return 0.5 + series * bell(z);
}
