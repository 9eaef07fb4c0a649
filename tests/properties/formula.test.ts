import { type Like, type Nested, type Tensor, add, grad, input, item, mul, nested, sum, tensor, values } from "@nabla/autodiff";
import { FormulaError, formula } from "@nabla/autodiff/formula";
import fc from "fast-check";
import { evaluate, map, matrix } from "mathjs";
import { describe, expect, test } from "vitest";

const given = {
  a: 1.25,
  b: -0.75,
  s: 2,
  u: [0.5, -1.5, 2],
  v: [1, 0.25, -3],
  A: [
    [1, 2, -1],
    [0.5, -1, 3],
    [2, 0.75, 1],
  ],
  B: [
    [-2, 1, 0.5],
    [1.5, 2, -1],
    [0.25, -1, 1],
  ],
} satisfies Record<string, Like>;

/** mathjs refuses arrays in its functions of one number: they are mapped, as they are in the formulas. */
const mapped = Object.fromEntries(
  ["exp", "log", "log1p", "expm1", "sqrt", "abs", "sign", "square", "cube", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "erf", "log2", "log10"].map(
    (label) => {
      const one = evaluate(label) as (...args: readonly unknown[]) => unknown;
      return [
        label,
        (x: unknown, ...rest: readonly unknown[]) =>
          typeof x === "object" ? (map(x as never, ((each: unknown) => one(Number(each))) as never) as unknown) : one(Number(x), ...rest),
      ];
    },
  ),
);

/** What mathjs gives, as nested arrays; undefined where it leaves the real numbers. */
function byMathjs(source: string): Nested | undefined {
  const scope = Object.fromEntries(Object.entries(given).map(([label, value]) => [label, Array.isArray(value) ? matrix(value as number[][]) : value]));
  const found: unknown = evaluate(source, { ...mapped, ...scope });
  const last =
    typeof found === "object" && found !== null && "entries" in found && Array.isArray(found.entries) ? (found.entries as readonly unknown[]).at(-1) : found;
  return plain(last);
}

function plain(value: unknown): Nested | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "object" && value !== null && "toArray" in value) return plain((value as { toArray(): unknown }).toArray());
  if (!Array.isArray(value)) return undefined;
  const parts = value.map(plain);
  return parts.includes(undefined) ? undefined : (parts as Nested[]);
}

function expectSame(source: string): void {
  const want = byMathjs(source);
  if (want === undefined) return;
  const got = formula(source)(given);
  const expected = tensor(want);
  expect(got.shape, source).toEqual(expected.shape);
  const scale = values(expected).reduce((most, each) => (Number.isFinite(each) ? Math.max(most, Math.abs(each)) : most), 1);
  values(expected).forEach((each, at) => {
    const entry = values(got)[at] ?? Number.NaN;
    const same = Object.is(entry, each) || entry === each || Math.abs(entry - each) <= 1e-9 * scale;
    expect(same, `${source}: entry ${at} is ${entry}, mathjs gives ${each}`).toBe(true);
  });
}

test.each([
  "-a^2",
  "2^-a^2",
  "2^a^s",
  "-2^2 + 3",
  "a - b - s",
  "a/s/s",
  "a - (b - s)",
  "u*v",
  "u'*v",
  "A*u",
  "u*A",
  "A*B",
  "A*B*u",
  "a*A",
  "A*a",
  "A*B",
  "A*B'",
  "u'",
  "(A*B)'*u",
  "A .* u",
  "A ./ (u + 3)",
  "A .^ 2",
  "u.^-2",
  "2 .^ u",
  "u .* v'",
  "A .* u'",
  "u/s + A*v/a",
  "[a, b]",
  "[a, b; s, 1]",
  "[u, v]",
  "[u; v]",
  "[[a, b], [s, 1]]",
  "[1; 2; 3]",
  "u[2]",
  "u[end]",
  "u[end - 1]*u[1]",
  "u[2:3]",
  "u[:]",
  "u[1:2:end]",
  "u[3:-1:1]",
  "u[[3, 1]]",
  "u[3:2]",
  "A[1, :]",
  "A[:, 2]",
  "A[2, 2:3]",
  "A[2:3, [1, 3]]",
  "A[end, end]",
  "A[1:1, :]",
  "A[:, :]'",
  "u[u[3]]",
  "1:4",
  "0:0.25:1",
  "4:-1:1",
  "sum(A)",
  "sum(A, 1)",
  "sum(A, 2)",
  "mean(A, 1)",
  "max(A, 2)",
  "min(A, 1)",
  "max(u)",
  "min(A)",
  "prod(u)",
  "mean(u)",
  "prod(A)",
  "cumsum(u)",
  "cumsum(A, 2)",
  "dot(u, v)",
  "norm(u)",
  "norm(u, 1)",
  "norm(-3)",
  "cross(u, v)",
  "det(A)",
  "inv(A)",
  "trace(A)",
  "diag(A)",
  "diag(u)",
  "identity(3)",
  "reshape(A, [9])",
  "reshape(u, [3, -1])",
  "size(A)",
  "count(A)",
  "zeros(2, 3)",
  "ones(3)",
  "sort(u)",
  "squeeze([[u]])[2]",
  "squeeze(A)",
  "concat(u, v)",
  "concat(A, B)",
  "concat(A, B, 1)",
  "flatten(A)",
  "variance(u)",
  "std(u)",
  "log(s, 2)",
  "log2(s)",
  "log10(s)",
  "atan2(s, -2) + hypot(s, 2)",
  "asinh(s) + acosh(s + 1) + atanh(s / 10) + cbrt(s)",
  "floor(s) + ceil(-s) + mod(-s, 2) + mod(s, 0.7)",
  "lgamma(s + 2)",
  "round(2.5) + 10*round(-2.5) + 100*round(s)",
  "u > 0",
  "a < s < 3",
  "s < a < 3",
  "a <= a",
  "a == b",
  "a != b",
  "(a > 0 and b > 0) + 2*(a > 0 or b > 0) + 4*(not a) + 8*(a > 0 xor b > 0)",
  "pi + e + tau + phi + PI + E + LN2 + LN10 + SQRT2",
  "e = 2; pi = 3; s = e*pi; s + e # the names are the formula's own",
  "x = 2*u;\ny = sin(x);\nsum(x.^2 .* y)",
  "add(a, b)*subtract(a, b) + multiply(A, u)[1] + pow(s, 3) + unaryMinus(a) + dotMultiply(u, v)[2]",
  "1e-3 + 2.5E2 + .5 + 0x1F + true",
])("a formula means what mathjs computes: %s", expectSame);

/** Random expressions of a number, a vector of 3 and a matrix of 3 by 3. */
const { scalar, vector, square } = fc.letrec<{ scalar: string; vector: string; square: string }>((tie) => {
  const elementwise = fc.constantFrom("exp", "sin", "cos", "tanh", "atan", "square", "abs", "erf", "expm1", "cube", "sign");
  const spaced = (sign: string): fc.Arbitrary<string> => fc.constantFrom(sign, ` ${sign} `);
  const node = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
    fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part))).map((each) => each.join(""));
  const sums = (x: fc.Arbitrary<string>): fc.Arbitrary<string>[] => [
    node("(", x, spaced("+"), x, ")"),
    node(x, spaced("-"), "(", x, ")"),
    node("-(", x, ")"),
    node(elementwise, "(", x, ")"),
    node("(", x, ")", spaced(".*"), "(", x, ")"),
    node("(", x, ")", spaced("*"), tie("scalar")),
    node(tie("scalar"), spaced("*"), "(", x, ")"),
    node("(", x, ") / 3"),
    node("(", x, ")", spaced("./"), "(1 + square(", x, "))"),
    node("(", x, ").^2"),
    node("(", x, ")'"),
    node("(", x, " > 0.123)"),
  ];
  const depth = { depthSize: "small", maxDepth: 4 } as const;
  const s = tie("scalar");
  const v = tie("vector");
  const m = tie("square");
  return {
    scalar: fc.oneof(
      depth,
      fc.constantFrom("a", "b", "s", "2", "0.5", "pi"),
      ...sums(s),
      node("(", s, ")^2"),
      node("((", v, ") * (", v, "))"),
      node("dot(", v, ", ", v, ")"),
      node("sum(", fc.oneof(v, m), ")"),
      node("mean(", m, ")"),
      node("max(", v, ")"),
      node("norm(", v, ")"),
      node("trace(", m, ")"),
      node("(", v, ")[", fc.constantFrom("1", "2", "end", "end - 1"), "]"),
      node("(", m, ")[2, 3]"),
    ),
    vector: fc.oneof(
      depth,
      fc.constantFrom("u", "v", "[1, 2, 3]"),
      ...sums(v),
      node("((", m, ") * (", v, "))"),
      node("((", v, ")*(", m, "))"),
      node("[", s, ", ", s, ", ", s, "]"),
      node("sum(", m, ", ", fc.constantFrom("1", "2"), ")"),
      node("cumsum(", v, ")"),
      node("cross(", v, ", ", v, ")"),
      node("diag(", m, ")"),
      node("(", m, ")[", fc.constantFrom("1, :", ":, end", "[3, 1, 1], 2"), "]"),
      node("(", v, ")[3:-1:1]"),
    ),
    square: fc.oneof(
      depth,
      fc.constantFrom("A", "B", "identity(3)"),
      ...sums(m),
      node("((", m, ") * (", m, "))"),
      node("[", v, ", ", v, ", ", v, "]"),
      node("diag(", v, ")"),
      node("(", m, ") .* (", v, ")"),
      node("reshape(", m, ", [3, 3])"),
    ),
  };
});

test("a random formula means what mathjs computes", () => {
  fc.assert(fc.property(fc.oneof(scalar, vector, square), expectSame), { numRuns: 400 });
});

test("a formula traced on symbolic inputs has the shape and, as a function, the gradient of the concrete one", () => {
  fc.assert(
    fc.property(scalar, (source) => {
      const read = formula(source);
      const symbols = Object.fromEntries(Object.entries(given).map(([label, value]) => [label, input(label, tensor(value).shape)]));
      expect(read(symbols).shape).toEqual(read(given).shape);
      const tensors = Object.fromEntries(Object.entries(given).map(([label, value]) => [label, tensor(value)]));
      const slope = grad(read as (scope: Record<string, Tensor>) => Tensor)(tensors);
      expect(Object.keys(slope)).toEqual(Object.keys(given));
    }),
    { numRuns: 50 },
  );
});

test("a message names the column of any part of a formula, in a line and over lines", () => {
  fc.assert(
    fc.property(fc.oneof(scalar, vector, square), fc.nat(), fc.boolean(), (source, at, lines) => {
      const names = [...source.matchAll(/\b[abuvsABpi]+\b/g)].filter(([text]) => text in given);
      const chosen = names[at % Math.max(1, names.length)];
      if (chosen === undefined) return;
      const first = `${source.slice(0, chosen.index)}unheard_of${source.slice(chosen.index + chosen[0].length)}`;
      const broken = lines ? `(${first.replaceAll(",", ",\n")})` : first;
      const before = broken.slice(0, broken.indexOf("unheard_of")).split("\n");
      const column = `column ${(before.at(-1) ?? "").length + 1}: "unheard_of"`;
      expect(() => formula(broken)(given)).toThrow(before.length > 1 ? `(line ${before.length}, ${column})` : `(${column})`);
    }),
    { numRuns: 200 },
  );
});

describe("the place of an error", () => {
  test.each<[string, string]>([
    ["a + foo(b)", 'column 5: "foo(b)"'],
    ["u + (A * [1, 2])", 'column 6: "A * [1, 2]"'],
    ["sum(u) + (2 s)", 'column 11: "2 s"'],
    ["A[:, 1] + bar(A[1, :])", 'column 11: "bar(A[1, :])"'],
    ["A[:, 1:end - 1] + qq", 'column 19: "qq"'],
    ["u' * A' * qq'", 'column 11: "qq"'],
    ["-(-u) + [qq]", 'column 10: "qq"'],
    ["[a, b; qq, 1]", 'column 8: "qq"'],
    ["x = 2; # y = qq\nx + qq", 'line 2, column 5: "qq"'],
    ["a < b < qq", 'column 9: "qq"'],
    ["a .^ -b + 1.5e-3*qq", 'column 18: "qq"'],
    ["u[5]", 'column 1: "u[5]"'],
    ["sum(u, 2)", 'column 1: "sum(u, 2)"'],
    ["a + (b > 0 ? 1 : 2)", 'column 6: "b > 0 ? 1 : 2"'],
    ["a = 2; f(x) = x^2; f(a)", 'column 8: "f(x) = x^2"'],
    ["b%", 'column 1: "b%"'],
    ["u.length + 1", 'column 1: "u.length"'],
    ["sum(u", "column 6"],
  ])("%s", (source, place) => {
    expect(() => formula(source)(given)).toThrow(FormulaError);
    expect(() => formula(source)(given)).toThrow(place);
  });
});

describe("a formula", () => {
  test("refuses when it is read what depends on no value, and is used again and again afterwards", () => {
    for (const source of ["meen(x)", "sum(x, 1, 2)", "2 x", "x ? 1 : 2", "f(x) = x", '"text"', "x.y", "x to y", "{ x: 1 }", "x[1] = 2", "(x", "# nothing"])
      expect(() => formula(source), source).toThrow(FormulaError);
    const twice = formula("y = 2*x; y + 1");
    expect([item(twice({ x: 1 })), item(twice({ x: 2, y: 100 })), item(twice({ x: 3 }))]).toEqual([3, 5, 7]);
  });

  test("takes names of the scope before constants and functions, and no name of JavaScript's", () => {
    expect(item(formula("e + b + s + lambda + E + pi + sum")({ e: 1, b: 1, s: 1, lambda: 1, E: 1, pi: 1, sum: 1 }))).toBe(7);
    for (const label of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(() => formula(label)({})).toThrow("has no value");
      expect(() => formula(`${label}(1)`)).toThrow("there is no function");
    }
  });

  test("asks only for the values that it uses", () => {
    expect(item(formula("x + 1")({ x: 1, remark: "not a number" as unknown as number }))).toBe(2);
    expect(() => formula("x + 1")({ x: "1" as unknown as number })).toThrow("the value of x");
  });

  test("is differentiable through every way of reading a part", () => {
    const read = formula("sum([x[end], x[2:3]*x[[1, 4]], x[4:-1:1]*x, A[1, :]*x[1:2]] .* [1, 10, 100, 1000])");
    const slope = grad((x: Tensor) =>
      read({
        x,
        A: [
          [3, 5],
          [0, 0],
        ],
      }),
    )(tensor([1, 2, 3, 4]));
    expect(nested(slope)).toEqual([20 + 800 + 3000, 10 + 600 + 5000, 40 + 400, 1 + 30 + 200]);
  });

  test("loses no derivative silently: what must be constant says so", () => {
    const slope = grad((k: Tensor) => formula("sum(leakyRelu(x, k))")({ x: [-1, 2], k }));
    expect(() => slope(tensor(0.1))).toThrow("the slope is a constant of the function and cannot be differentiated");
    const bound = grad((k: Tensor) => formula("sum(minimum(x, k))")({ x: [-1, 2], k }));
    expect(item(bound(tensor(1)))).toBe(1);
    expect(item(grad((k: Tensor) => sum(formula("k:3")({ k })))(tensor(1)))).toBe(3);
  });

  test("keeps the cause of an error, and its kind", () => {
    try {
      formula("u * A")({ u: [1, 2], A: [[1, 2, 3]] });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FormulaError);
      expect((error as Error).cause).toMatchObject({ name: "ShapeError" });
    }
    expect(() => formula("reshape(x, [n, 1])")({ x: [1, 2], n: input("n", []) })).toThrow("symbolic");
  });

  test("proposes the word that was meant", () => {
    const slips = { tahn: "tanh", sigmiod: "sigmoid", reulu: "relu", maxmum: "maximum", Sum: "sum", sofplus: "softplus", trase: "trace" };
    for (const [slip, meant] of Object.entries(slips)) expect(() => formula(`${slip}(x)`), slip).toThrow(`did you mean ${meant}?`);
    expect(() => formula("2*lamda")({ lambda: 1 })).toThrow("did you mean lambda?");
    expect(() => formula("y")({ x: 1 })).toThrow("give it one in the scope, such as { y: 2 }");
  });

  test("has every elementwise op of one number in its vocabulary", async () => {
    const library: Readonly<Record<string, unknown>> = await import("@nabla/autodiff");
    const inner = new Set(["isNaN", "logicalNot", "neg", "polygamma", "sigmoidPrime"]);
    const unary = Object.entries(library).filter(([, f]) => {
      const op = (f as { readonly op?: { readonly kind?: string; readonly arity?: number } } | undefined)?.op;
      return op?.kind === "elementwise" && op.arity === 1;
    });
    expect(unary.length).toBeGreaterThan(20);
    for (const [label] of unary) if (!inner.has(label) && label !== "clip") expect(() => formula(`${label}(x)`), label).not.toThrow();
  });

  test("adds up long sums", () => {
    const terms = Array.from({ length: 1000 }, (_, i) => `x^${i % 3}`).join(" + ");
    expect(item(formula(terms)({ x: 1 }))).toBe(1000);
    expect(values(add(mul(0, 1), formula("x")({ x: 1 })))).toEqual(Float64Array.of(1));
  });
});
