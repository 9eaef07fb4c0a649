import { type Candidate, type Mistake } from "./mistakes.ts";

/**
 * The smallest sets of mistakes whose numbers are somebody's: all of one size, none of a larger one; none at all when not even `most` at
 * once explain them. The empty set stands for the equation itself.
 */
export function explanations<F>(form: F, candidates: readonly Candidate<F>[], fits: (form: F) => boolean, most: number): readonly (readonly Mistake[])[] {
  for (let size = 0; size <= most; size++) {
    const found = [...subsets(form, candidates, size)].filter((each) => fits(each.form));
    if (found.length > 0) return found.map(({ mistakes }) => mistakes);
  }
  return [];
}

/** Every set of so many mistakes that apply together, with the ingredients they leave. */
export function* subsets<F>(
  form: F,
  candidates: readonly Candidate<F>[],
  size: number,
  from: number = 0,
): Generator<{ readonly form: F; readonly mistakes: readonly Mistake[] }> {
  if (size === 0) {
    yield { form, mistakes: [] };
    return;
  }
  for (let at = from; at < candidates.length; at++) {
    const { name, says, change } = candidates[at] as Candidate<F>;
    const changed = change(form);
    if (changed === undefined) continue;
    for (const rest of subsets(changed, candidates, size - 1, at + 1)) yield { form: rest.form, mistakes: [{ name, says }, ...rest.mistakes] };
  }
}
