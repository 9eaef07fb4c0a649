import {
  type Tensor,
  cholesky,
  cofactor,
  conv2d,
  customGradient,
  det,
  grad,
  inv,
  item,
  jvp,
  logdet,
  matmul,
  mul,
  norm,
  randomKey,
  slice,
  solve,
  square,
  sum,
  tensor,
  topK,
  uniform,
  values,
  vmap,
} from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { expect, test } from "vitest";

/** Something that the library does not do, why, and a call that shows it. */
interface Limitation {
  readonly what: string;
  readonly why: string;
  readonly shown: () => unknown;
}

const singular = tensor([[1, 2], [2, 4]]); // prettier-ignore

const limitations: readonly Limitation[] = [
  {
    what: "Numbers are float64; there is no float32, integer or complex tensor",
    why: "one precision, one set of promises; single precision is a matter of compiled programs. An array of another type is copied into float64",
    shown: () => tensor(Float32Array.of(0.1)).data?.[0],
  },
  {
    what: "A tensor cannot be written to",
    why: "a value that changes after it was used makes its gradient a lie; `scatter` gives a new tensor",
    shown: () => {
      const data = Float64Array.of(1, 2);
      const t = tensor(data);
      data[0] = 9;
      return Array.from(values(t));
    },
  },
  {
    what: "Operators cannot be overloaded: `mul(x, x)`, not `x * x`",
    why: "TypeScript has no operator overloading; a formula in a string has operators",
    shown: () => item(formula("x*x + 1")({ x: 3 })),
  },
  {
    what: "A slice steps forwards only",
    why: "`flip` reverses an axis, and one way to say it is enough",
    shown: () => slice([1, 2, 3], { step: [-1] }),
  },
  {
    what: "`norm` is a vector norm, never a matrix norm",
    why: "the spectral norm needs singular values, which are not here",
    shown: () => norm([[3, 0], [0, 4]]).shape, // prettier-ignore
  },
  {
    what: "There are no eigenvalues, singular values or QR factors",
    why: "their derivatives are infinite where values coincide, and no convention for that is right for everyone",
    shown: () => "det, logdet, inv, solve, cholesky and cofactor are what there is",
  },
  {
    what: "`inv` and `solve` refuse a singular matrix",
    why: "the result does not exist; `det` and `cofactor` are right there, with their derivatives",
    shown: () => inv(singular),
  },
  {
    what: "The derivative of `logdet` refuses a singular matrix",
    why: "it is the inverse transposed; the value is -Infinity",
    shown: () => grad((a: Tensor) => logdet(a))(singular),
  },
  {
    what: "The second derivative of `det` takes n² determinants of n - 1 rows",
    why: "through the minors it is exact at every rank; the usual form divides by the determinant. Use `logdet` for large well-conditioned matrices",
    shown: () => Array.from(values(grad((a: Tensor) => sum(square(cofactor(a))))(singular))),
  },
  {
    what: "`cholesky` differentiates among symmetric matrices, and reads the lower part only",
    why: "a change that is not symmetric leaves the domain; the adjoint is symmetrised",
    shown: () => Array.from(values(grad((a: Tensor) => sum(cholesky(a)))(tensor([[4, 0], [0, 9]])))), // prettier-ignore
  },
  {
    what: "A convolution takes padding as numbers and has no ceil mode",
    why: "`same` means different things in different frameworks once strides are above 1",
    shown: () => conv2d(tensor([[[[1]]]]), tensor([[[[2]]]]), { stride: [1, 1], padding: "same" as never }),
  },
  {
    what: "Indices, signs, comparisons and draws have derivative 0",
    why: "they are piecewise constant; a gradient through a draw needs a reparametrisation, such as `add(mean, mul(deviation, normal(key, ...)))`",
    shown: () => item(grad((x: Tensor) => sum(topK(mul(x, [3, 1]), { k: 1 }).indices))(tensor(1))),
  },
  {
    what: "Control flow is that of the program: a branch taken by the numbers of a symbolic tensor cannot be traced",
    why: "a trace has no numbers; `where` chooses entry by entry",
    shown: () => vmap((x: Tensor) => mul(x, item(x) > 0 ? 1 : -1))(tensor([1, 2])),
  },
  {
    what: "A custom gradient with a reverse rule only refuses forward mode",
    why: "the forward product cannot be had from it without as many reverse sweeps as there are entries",
    shown: () => {
      const twice = customGradient({ name: "twice", f: (x: Tensor) => mul(2, x), vjp: (g: Tensor) => [mul(2, g)] });
      return jvp((x: Tensor) => twice(x), tensor(1), tensor(1));
    },
  },
  {
    what: "Exact forms are found through views, names, signs and one more operation, not through any algebra",
    why: "each step makes the next one recognisable, so the textbooks' formulas are covered; a proof that two formulas are equal is not attempted",
    shown: () => item(formula("log(1 - sigmoid(z))")({ z: 800 })),
  },
  {
    what: "The same seed gives the same draws, but `Math.exp` and its kind differ in the last digit between JavaScript engines",
    why: "the standard does not fix them; draws use only + - * / and the square root",
    shown: () => values(uniform(randomKey(1), { shape: [1] }))[0],
  },
  {
    what: "A matrix product runs in plain JavaScript, at a few billion operations a second",
    why: "this is the reference that other engines are compared with",
    shown: () => item(sum(matmul(uniform(randomKey(1), { shape: [64, 64] }), tensor(new Float64Array(4096).fill(0), [64, 64])))),
  },
];

function told(shown: () => unknown): string {
  try {
    const value = shown();
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch (error) {
    return (error as Error).message;
  }
}

test("docs/limitations.md says what is not there, with what happens when it is tried", async () => {
  const rows = limitations.flatMap(({ what, why, shown }) => [
    `## ${what}`,
    "",
    `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    "",
    "```text",
    told(shown),
    "```",
    "",
  ]);
  const page = [
    "# Limitations",
    "",
    "What the library does not do, and why; under each, what it answers. A test makes the calls and writes this page.",
    "",
    ...rows,
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/limitations.md");
  expect(item(det(singular))).toBe(0);
  expect(() => solve(singular, [1, 2])).toThrow("singular");
});
