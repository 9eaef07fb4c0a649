import { type Op, type Tensor, add, grad, input, mul, neg, square, stopGradient, sum } from "@nabla/autodiff";
import { expect, test } from "vitest";
import { type Law, adjointLaw, draw, forwardLaw, secondLaw } from "./derivative-laws.ts";
import { type Sample, samples } from "./samples.ts";

type Calculus = Op["calculus"];
type Share = Tensor | 0;
type Partial = ReturnType<Extract<Calculus, { rule: "partials" }>["partial"]>;

/** One deliberate mistake in the rule of an op. `spoil` gives back what it was given where the mistake makes no difference. */
interface Mistake {
  readonly label: string;
  spoil(share: Tensor): Share;
}

const mistakes: readonly Mistake[] = [
  { label: "the wrong sign", spoil: (share) => neg(share) },
  { label: "a wrong factor", spoil: (share) => mul(1.01, share) },
  { label: "a missing term", spoil: () => 0 },
  { label: "a rule that does not differentiate again", spoil: (share) => (share.tracked ? stopGradient(share) : share) },
];

/** A calculus with one mistake in it, which tells when the mistake makes a difference. */
interface Mutant {
  readonly label: string;
  calculus(reached: () => void): Calculus;
}

function spoiledPartial(partial: Partial, { spoil }: Mistake): Partial {
  if (partial === 0) return 0;
  if (typeof partial === "number") {
    const spoiled = spoil(mul(partial, 1));
    return spoiled === 0 || spoiled.data?.[0] !== partial ? spoiled : partial;
  }
  if (!("mask" in partial)) return spoil(partial);
  const inner = spoiledPartial(partial.partial, { label: "", spoil });
  if (inner === partial.partial) return partial;
  return inner === 0 || (typeof inner === "object" && "mask" in inner) ? 0 : { mask: partial.mask, partial: inner };
}

const slots = [0, 1, 2];

/** Every mistake in every operand that the rule of an op can have. */
function mutantsOf({ calculus }: Op): Mutant[] {
  switch (calculus.rule) {
    case "partials":
      return slots.flatMap((slot) => [
        ...mistakes.map((mistake): Mutant => ({
          label: `${mistake.label}, operand ${slot}`,
          calculus: (reached) => ({
            ...calculus,
            partial: (operand, y, x, attrs) => {
              const right = calculus.partial(operand, y, x, attrs);
              const wrong = operand === slot ? spoiledPartial(right, mistake) : right;
              if (wrong !== right) reached();
              return wrong;
            },
          }),
        })),
        {
          label: `the partial of another operand for operand ${slot}`,
          calculus: (reached) => ({
            ...calculus,
            partial: (operand, y, x, attrs) => {
              const right = calculus.partial(operand, y, x, attrs);
              const wrong = operand === slot && x.length > 1 ? calculus.partial((slot + 1) % x.length, y, x, attrs) : right;
              if (wrong !== right) reached();
              return wrong;
            },
          }),
        },
      ]);
    case "multilinear":
      return slots.flatMap((slot) =>
        mistakes.map((mistake): Mutant => ({
          label: `${mistake.label}, operand ${slot}`,
          calculus: (reached) => ({
            ...calculus,
            adjoint: (operand, g, x, attrs) => {
              const right = calculus.adjoint(operand, g, x, attrs);
              if (operand !== slot) return right;
              const wrong = mistake.spoil(right);
              if (wrong !== right) reached();
              return wrong === 0 ? mul(0, right) : wrong;
            },
          }),
        })),
      );
    case "general":
      return mistakes.flatMap((mistake) => [
        ...slots.map((slot): Mutant => ({
          label: `${mistake.label}, reverse, operand ${slot}`,
          calculus: (reached) => ({
            ...calculus,
            vjp: (operand, g, y, x, attrs) => {
              const right = calculus.vjp(operand, g, y, x, attrs);
              if (operand !== slot || right === 0) return right;
              const wrong = mistake.spoil(right);
              if (wrong !== right) reached();
              return wrong;
            },
          }),
        })),
        {
          label: `${mistake.label}, forward`,
          calculus: (reached) => ({
            ...calculus,
            jvp: (dx, y, x, attrs) => {
              const right = calculus.jvp?.(dx, y, x, attrs) ?? 0;
              const wrong = right === 0 ? 0 : mistake.spoil(right);
              if (wrong !== right) reached();
              return wrong;
            },
          }),
        },
      ]);
    case "expansion": // its rules are those of its ops
    case "constant":
    case "leaf":
      return [];
    default:
      return calculus satisfies never;
  }
}

/** Every op that the value, the derivative and the second derivative of a sample go through. */
function opsOf({ shapes, f }: Sample): ReadonlySet<Op> {
  const x = shapes.map((shape, which) => input(`x${which}`, shape));
  const cost = (given: readonly Tensor[]): Tensor => sum(square(f(...given)));
  const slope = (given: readonly Tensor[]): Tensor => grad(cost)(given).reduce((total, g) => add(total, sum(square(g))), sum(square(given[0] as Tensor)));
  const seen = new Set<Tensor>([cost(x), slope(x), ...grad(slope)(x)]);
  for (const t of seen) for (const below of [...t.inputs, ...(t.via === undefined ? [] : [t.via])]) seen.add(below);
  return new Set([...seen].map(({ op }) => op));
}

/** What contradicts a law for a sample, in numbers. A throw, NaN or Infinity proves nothing of the mistake. */
function wrongNumber(law: Law, sample: Sample): string | undefined {
  const { x, u } = draw(sample, 7);
  try {
    const found = law((given) => sample.f(...given), x, u, 7);
    return found === undefined || /NaN|Infinity/.test(found) ? undefined : found;
  } catch {
    return undefined;
  }
}

/** Whether some law gives a wrong number for some sample; undefined when the mistake was never met. */
function caught(op: Op, mutant: Mutant, among: readonly Sample[]): boolean | undefined {
  let met = false;
  const right = op.calculus;
  Object.assign(op, { calculus: mutant.calculus(() => (met = true)) });
  try {
    for (const sample of among) for (const law of [adjointLaw, forwardLaw, secondLaw]) if (wrongNumber(law, sample) !== undefined) return true;
  } finally {
    Object.assign(op, { calculus: right });
  }
  return met ? false : undefined;
}

/** Mistakes that change nothing, and why. */
const harmless: Readonly<Record<string, string>> = {
  "mask: the partial of another operand for operand 0": "conditions are piecewise constant, so nothing flows on",
  "where: the partial of another operand for operand 0": "conditions are piecewise constant, so nothing flows on",
  "abs: a rule that does not differentiate again, operand 0": "its partial is piecewise constant",
  "leakyRelu: a rule that does not differentiate again, operand 0": "its partial is piecewise constant",
  "maximum: a rule that does not differentiate again, operand 0": "its partial is piecewise constant",
  "maximum: a rule that does not differentiate again, operand 1": "its partial is piecewise constant",
  "minimum: a rule that does not differentiate again, operand 0": "its partial is piecewise constant",
  "minimum: a rule that does not differentiate again, operand 1": "its partial is piecewise constant",
  "mod: a rule that does not differentiate again, operand 1": "its partial is piecewise constant",
};

test("every mistake in the derivative rule of every op is caught by a law, but those that change nothing", () => {
  const users = new Map<Op, Sample[]>();
  for (const sample of samples) for (const op of opsOf(sample)) users.set(op, [...(users.get(op) ?? []), sample]);
  const survivors: string[] = [];
  let count = 0;
  for (const [op, among] of users) {
    const nearest = among.toSorted((a, b) => Number(b.label.startsWith(op.name)) - Number(a.label.startsWith(op.name)));
    for (const mutant of mutantsOf(op)) {
      const found = caught(op, mutant, nearest);
      if (found !== undefined) count++;
      if (found === false) survivors.push(`${op.name}: ${mutant.label}`);
    }
  }
  expect(survivors.toSorted()).toEqual(Object.keys(harmless).toSorted());
  expect(count).toBeGreaterThan(550);
});
