/** Median milliseconds of one call of `run`, over `rounds` rounds of `calls` calls after a warm-up. */
export function median(run: () => unknown, calls: number, rounds: number = 9): number {
  let kept: unknown;
  for (let i = 0; i < Math.max(calls, 20); i++) kept = run();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) kept = run();
    return (performance.now() - start) / calls;
  });
  if (kept === null) throw new Error("the result must escape, or the work could be left out");
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

/** Throws unless two numbers agree to a part in 1e12: nothing is timed before it is right. */
export function mustAgree(what: string, got: number, want: number): void {
  if (!(Math.abs(got - want) <= 1e-12 * Math.max(1, Math.abs(want)))) throw new Error(`${what}: got ${got}, want ${want}; not timed`);
}
