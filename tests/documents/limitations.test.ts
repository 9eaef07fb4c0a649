import * as nabla from "@nabla/autodiff";
import {
  type Tensor,
  add,
  cholesky,
  cofactor,
  concat,
  conv2d,
  customGradient,
  det,
  div,
  dot,
  exp,
  full,
  grad,
  inv,
  item,
  jvp,
  log,
  matmul,
  mean,
  mul,
  neg,
  norm,
  pow,
  prod,
  randomKey,
  sigmoid,
  slice,
  softmax,
  solve,
  square,
  sub,
  sum,
  tensor,
  topK,
  transpose,
  uniform,
  values,
  variance,
  vmap,
} from "@nabla/autodiff";
import { formula } from "@nabla/autodiff/formula";
import { expect, test } from "vitest";

/** Something that the library does not do, why, and a call that shows it. */
interface Limitation {
  readonly what: string;
  readonly why: string;
  /** What it answers, or part of that, written by hand. */
  readonly answer: string;
  readonly shown: () => unknown;
}

const singular = tensor([[1, 2], [2, 4]]); // prettier-ignore

const limitations: readonly Limitation[] = [
  {
    what: "Numbers are float64; there is no float32, integer or complex tensor",
    why: "one precision, one set of promises; single precision is a matter of compiled programs. An array of another type is copied into float64",
    answer: "0.10000000149011612",
    shown: () => tensor(Float32Array.of(0.1)).data?.[0],
  },
  {
    what: "A tensor cannot be written to",
    why: "a value that changes after it was used makes its gradient a lie; `scatter` gives a new tensor",
    answer: "[1,2]",
    shown: () => {
      const data = Float64Array.of(1, 2);
      const t = tensor(data);
      data[0] = 9;
      return Array.from(values(t));
    },
  },
  {
    what: "`data` and `shape` of a tensor are its own arrays, and nothing stops a program from writing to them",
    why: "a copy or a lock at every op would cost as much as a small op; `values` gives a copy to write to, and what is written to `data` changes the tensor under all that was made of it",
    answer: "[9,2]",
    shown: () => {
      const t = tensor([1, 2]);
      if (t.data !== undefined) t.data[0] = 9;
      return Array.from(values(t));
    },
  },
  {
    what: "Products of matrices, and sums over leading axes alone, add one term after the other",
    why: "sums over axes at the end add in pairs, whose rounding grows with the logarithm of the length; for a long dot product as exact, sum the products",
    answer: "by the dot product 1.3e-11, by the sum ",
    shown: () => {
      const [x, ones] = [full([1_000_000], 0.1), full([1_000_000], 1)];
      const off = (total: Tensor): string => Math.abs(item(total) / 100_000 - 1).toExponential(1);
      return `by the dot product ${off(dot(x, ones))}, by the sum ${off(sum(mul(x, ones)))}`;
    },
  },
  {
    what: "Operators cannot be overloaded: `mul(x, x)`, not `x * x`",
    why: "TypeScript has no operator overloading; a formula in a string has operators",
    answer: "10",
    shown: () => item(formula("x*x + 1")({ x: 3 })),
  },
  {
    what: "A slice steps forwards only",
    why: "`flip` reverses an axis, and one way to say it is enough",
    answer: "steps are 1 or more",
    shown: () => slice([1, 2, 3], { step: [-1] }),
  },
  {
    what: "`norm` is a vector norm, never a matrix norm",
    why: "the spectral norm needs singular values, which are not here",
    answer: "[]",
    shown: () => norm([[3, 0], [0, 4]]).shape, // prettier-ignore
  },
  {
    what: "There are no eigenvalues, singular values or QR factors",
    why: "their derivatives are infinite where values coincide, and no convention for that is right for everyone",
    answer: "there are det, logdet, inv, solve, cholesky, cofactor, but no eig, eigh, eigenvalues, svd, singularValues, qr",
    shown: () => {
      const missing = ["eig", "eigh", "eigenvalues", "svd", "singularValues", "qr"].filter((each) => !(each in nabla));
      const there = ["det", "logdet", "inv", "solve", "cholesky", "cofactor"].filter((each) => each in nabla);
      return `there are ${there.join(", ")}, but no ${missing.join(", ")}`;
    },
  },
  {
    what: "Some words of other libraries have no op of their own",
    why: "each is one line of what is there: `std` is `sqrt(variance(x))`, `zerosLike` is `zeros(x.shape)`, `any` and `all` are `max` and `min` of a condition, `logicalXor` is `notEqual` of two conditions, `moveaxis` is `transpose` with `axes`, `roll` is a `concat` of two slices, and `arange(start, stop, step)` is `add(start, mul(step, arange(n)))`",
    answer: "no std, cross, zerosLike, onesLike, any, all, logicalXor, roll, moveaxis; roll([1, 2, 3], 1) is 3,1,2",
    shown: () => {
      const words = ["std", "cross", "zerosLike", "onesLike", "any", "all", "logicalXor", "roll", "moveaxis"].filter((each) => !(each in nabla));
      const x = tensor([1, 2, 3]);
      const rolled = concat([slice(x, { start: [-1] }), slice(x, { end: [-1] })], { axis: 0 });
      return `no ${words.join(", ")}; roll([1, 2, 3], 1) is ${String(values(rolled))}`;
    },
  },
  {
    what: "`vmap` maps over axis 0",
    why: "one place for the examples is enough; another axis is brought there by `transpose`",
    answer: "[4,6]",
    shown: () => vmap((x: Tensor) => sum(x))(transpose([[1, 2], [3, 4]])), // prettier-ignore
  },
  {
    what: "`vmap` does not map over keys",
    why: "a key is no tensor, so a draw inside is the same for every example; draw for all of them before, along axis 0",
    answer: "the same draw twice: true",
    shown: () => {
      const [first, second] = values(vmap((x: Tensor) => add(mul(x, 0), uniform(randomKey(1), { shape: [] })))(tensor([1, 2])));
      return `the same draw twice: ${String(first === second)}`;
    },
  },
  {
    what: "`inv` and `solve` refuse a singular matrix",
    why: "the result does not exist; `det` and `cofactor` are right there, with their derivatives",
    answer: "inv of a 2×2 matrix: a pivot is 0",
    shown: () => inv(singular),
  },
  {
    what: "The second derivative of `det` takes n² determinants of n - 1 rows",
    why: "through the minors it is exact at every rank; the usual form divides by the determinant. Use `logdet` for large well-conditioned matrices",
    answer: "[2,4,4,8]",
    shown: () => Array.from(values(grad((a: Tensor) => sum(square(cofactor(a))))(singular))),
  },
  {
    what: "`cholesky` differentiates among symmetric matrices, and reads the lower part only",
    why: "a change that is not symmetric leaves the domain; the adjoint is symmetrised",
    answer: "[0.25,0.25,0.25,0.16666666666666666]",
    shown: () => Array.from(values(grad((a: Tensor) => sum(cholesky(a)))(tensor([[4, 0], [0, 9]])))), // prettier-ignore
  },
  {
    what: "A convolution takes padding as numbers and has no ceil mode",
    why: "`same` means different things in different frameworks once strides are above 1",
    answer: 'padding must be 2 whole numbers of at least 0, got "same"',
    shown: () => conv2d(tensor([[[[1]]]]), tensor([[[[2]]]]), { stride: [1, 1], padding: "same" as never }),
  },
  {
    what: "Indices, signs, comparisons and draws have derivative 0",
    why: "they are piecewise constant; a gradient through a draw needs a reparametrisation, such as `add(mean, mul(deviation, normal(key, ...)))`",
    answer: "0",
    shown: () => item(grad((x: Tensor) => sum(topK(mul(x, [3, 1]), { k: 1 }).indices))(tensor(1))),
  },
  {
    what: "Control flow is that of the program: a branch taken by the numbers of a symbolic tensor cannot be traced",
    why: "a trace has no numbers; `where` chooses entry by entry",
    answer: "item: a symbolic tensor",
    shown: () => vmap((x: Tensor) => mul(x, item(x) > 0 ? 1 : -1))(tensor([1, 2])),
  },
  {
    what: "A custom gradient with a reverse rule only refuses forward mode",
    why: "the forward product cannot be had from it without as many reverse sweeps as there are entries",
    answer: "twice has a reverse rule only",
    shown: () => {
      const twice = customGradient({ name: "twice", f: (x: Tensor) => mul(2, x), vjp: (g: Tensor) => [mul(2, g)] });
      return jvp((x: Tensor) => twice(x), tensor(1), tensor(1));
    },
  },
  {
    what: "Exact forms are found through views, names, signs and five operations, not through any algebra",
    why: "each step makes the next one recognisable, so the textbooks' formulas are covered; a proof that two formulas are equal is not attempted, and what is deeper is computed as written",
    answer: "log(1 - σ(40)) is -40, but log(1 - σ(40)²) is -Infinity",
    shown: () => `log(1 - σ(40)) is ${item(log(sub(1, sigmoid(40))))}, but log(1 - σ(40)²) is ${item(log(sub(1, square(sigmoid(40)))))}`,
  },
  {
    what: "A difference of equals has no digits where no single operation sees both",
    why: "the logarithm of a share is exact where its exponential is an entry of those summed, not where it is computed once more from a part of z; take the entry of `softmax(z)` or `logSoftmax(z)`",
    answer: "-log(exp(z₀) / sum(exp(z))) at z = (40, 0) is 0, but -log softmax(z)₀ is 4.248354255291589e-18",
    shown: () => {
      const z = tensor([40, 0]);
      const first = (x: Tensor): Tensor => slice(x, { end: [1] });
      return `-log(exp(z₀) / sum(exp(z))) at z = (40, 0) is ${Math.abs(item(log(div(exp(first(mul(z, 1))), sum(exp(z))))))}, but -log softmax(z)₀ is ${-item(log(first(softmax(z))))}`;
    },
  },
  {
    what: "A variance written as E[x²] - E[x]² loses the digits of a common offset",
    why: "both means are rounded before they are subtracted; `variance` subtracts first",
    answer: "at 1e8 + (0, 1, 2) it is 2, but variance gives 0.6666666666666666",
    shown: () => {
      const x = tensor([1e8, 1e8 + 1, 1e8 + 2]);
      return `at 1e8 + (0, 1, 2) it is ${item(sub(mean(square(x)), square(mean(x))))}, but variance gives ${item(variance(x))}`;
    },
  },
  {
    what: "A product that leaves the range of numbers is not brought back by a root",
    why: "only products of exponentials are computed by their logarithms, which for other factors would cost digits; write `exp(mean(log(x)))`",
    answer: "(1e200 · 1e200)^(1/2) is Infinity, but exp(mean(log)) is 1.00",
    shown: () => {
      const x = tensor([1e200, 1e200]);
      return `(1e200 · 1e200)^(1/2) is ${item(pow(prod(x), 0.5))}, but exp(mean(log)) is ${(item(exp(mean(log(x)))) / 1e200).toFixed(2)}e200`;
    },
  },
  {
    what: "A second derivative through a chain adds terms that may cancel",
    why: "log(1 - exp(-exp(z))) is z - exp(z)/2 far below 0; the chain rule adds 1 and -1 there and leaves nothing of -exp(z)/2",
    answer: "at z = -40 it is 0 where the truth is -2.1e-18",
    shown: () => {
      const rate = (z: Tensor): Tensor => log(sub(1, exp(neg(exp(z)))));
      return `at z = -40 it is ${Math.abs(item(grad(grad(rate))(tensor(-40))))} where the truth is -2.1e-18`;
    },
  },
  {
    what: "A power whose derivative passes through numbers beyond the range is infinite",
    why: "a derivative is a product, and each of its factors is a number",
    answer: "the second derivative of x^1e-310 at 1e-200 is -Infinity where the truth is -1e90",
    shown: () => `the second derivative of x^1e-310 at 1e-200 is ${item(grad(grad((x: Tensor) => pow(x, 1e-310)))(tensor(1e-200)))} where the truth is -1e90`,
  },
  {
    what: "A logarithm of a product of matrices with exponentials takes it apart only up to four million products",
    why: "each entry has a largest term of its own, so all products are laid out; a larger one is computed as written",
    answer: "a row is -1000, one of 2^22 + 1 is -Infinity",
    shown: () => {
      const of = (n: number): number => item(log(dot(full([n], 1 / n), exp(full([n], -1000)))));
      return `a row is ${Math.round(of(4))}, one of 2^22 + 1 is ${of(2 ** 22 + 1)}`;
    },
  },
  {
    what: "Only draws are the same in every JavaScript engine: `Math.exp` and its kind may differ in the last digit",
    why: "the standard leaves them to the engine; draws use only + - * / and the square root, which it fixes",
    answer: "0.11815024488772985",
    shown: () => values(uniform(randomKey(1), { shape: [1] }))[0],
  },
  {
    what: "A matrix product is three loops of plain JavaScript on one thread",
    why: "this is the reference that other engines are compared with",
    answer: "0 of 4096",
    shown: () => {
      const [n, a, b] = [64, uniform(randomKey(1), { shape: [64, 64] }), uniform(randomKey(2), { shape: [64, 64] })];
      const [left, right] = [values(a), values(b)];
      const other = values(matmul(a, b)).filter((entry, at) => {
        let total = 0;
        for (let k = 0; k < n; k++) total += (left[Math.floor(at / n) * n + k] as number) * (right[k * n + (at % n)] as number);
        return total !== entry;
      });
      return `${other.length} of ${n * n} entries differ in any bit from those of the loops`;
    },
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
  for (const { what, answer, shown } of limitations) expect(told(shown), what).toContain(answer);
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
