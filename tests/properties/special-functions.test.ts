import {
  type Tensor,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cbrt,
  ceil,
  digamma,
  floor,
  gelu,
  grad,
  hypot,
  isFinite,
  item,
  lgamma,
  log10,
  log2,
  logaddexp,
  mod,
  mul,
  nested,
  neg,
  polygamma,
  reciprocal,
  round,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  trigamma,
  values,
  xlogy,
} from "@nabla/autodiff";
import { describe, expect, test } from "vitest";

const of = (t: Tensor): number[] => [...values(t)];
const slope = (f: (x: Tensor) => Tensor, x: number): number => item(grad(f)(add(x, 0)));
const slopes = (f: (a: Tensor, b: Tensor) => Tensor, a: number, b: number): number[] =>
  grad(f, { wrt: [0, 1] })(add(a, 0), add(b, 0)).map((each) => item(each));

describe("rounding", () => {
  test("floor, ceil and round keep the sign of zero, the infinities, NaN and what has no fraction", () => {
    expect(of(floor([1.5, -1.5, -0, Infinity, NaN, -0.5]))).toEqual([1, -2, -0, Infinity, NaN, -1]);
    expect(of(ceil([1.5, -1.5, -0, -Infinity, NaN, -0.5]))).toEqual([2, -1, -0, -Infinity, NaN, -0]);
    expect(of(round([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, -0, 0.49999999999999994, 1.4999999999999998]))).toEqual([0, 2, 2, -0, -2, -2, -0, 0, 1]);
    expect(of(round([2 ** 52 + 1, 2 ** 53 - 1, 4503599627370495.5, -1e300, Infinity, NaN]))).toEqual([
      2 ** 52 + 1,
      2 ** 53 - 1,
      2 ** 52,
      -1e300,
      Infinity,
      NaN,
    ]);
  });

  test("their derivative is 0, also at the jumps", () => {
    for (const f of [floor, ceil, round]) expect([1, 0.5, -2.3].map((x) => slope((t) => mul(t, f(t)), x) - item(f(x)))).toEqual([0, 0, 0]);
  });

  test("mod is Python's remainder", () => {
    const cases = [
      [7, 3, 1],
      [-7, 3, 2],
      [7, -3, -2],
      [-7, -3, -1],
      [6, 3, 0],
      [-6, 3, 0],
      [6, -3, -0],
      [5, Infinity, 5],
      [-5, Infinity, Infinity],
      [5, -Infinity, -Infinity],
      [5, 0, NaN],
      [Infinity, 3, NaN],
      [NaN, 3, NaN],
      [-1e-20, 1, 1],
      [1e20, 3, 1],
      [5.5, 0.5, 0],
    ] as const;
    for (const [a, b, want] of cases) expect(item(mod(a, b)), `${a} mod ${b}`).toBe(want);
  });

  test("mod has the derivatives 1 and -floor(a / b)", () => {
    expect(slopes(mod, 7, 3)).toEqual([1, -2]);
    expect(slopes(mod, -7, 3)).toEqual([1, 3]);
    expect(slopes(mod, 6, 3)).toEqual([1, -2]);
    expect(slopes(mod, 7, -3)).toEqual([1, 3]);
    expect(slopes(mod, 0.3, 0.1)).toEqual([1, -2]);
  });
});

describe("angles and lengths", () => {
  test("hypot neither overflows nor vanishes, and its derivatives stand on the unit circle", () => {
    const big = 2 ** 700;
    expect(of(hypot([3 * big, 3 / big, 3e-320, 0, -5], [4 * big, 4 / big, 4e-320, 0, 12]))).toEqual([5 * big, 5 / big, 5e-320, 0, 13]);
    expect(of(hypot([Infinity, NaN, -Infinity, NaN, Infinity], [NaN, Infinity, 1, 1, Infinity]))).toEqual([Infinity, Infinity, Infinity, NaN, Infinity]);
    expect(slopes(hypot, 3 * big, -4 * big)).toEqual([0.6, -0.8]);
    expect(slopes(hypot, 1e308, 1e308)[0]).toBeCloseTo(Math.SQRT1_2, 15);
  });

  test("the gradients of hypot and atan2 are 0 at the origin, also beside other factors", () => {
    expect(slopes(hypot, 0, 0)).toEqual([0, 0]);
    expect(slopes(atan2, 0, 0)).toEqual([0, 0]);
    expect(slopes((a, b) => mul(hypot(a, b), 1e300), 0, 0)).toEqual([0, 0]);
    expect(slopes((a, b) => sum(grad(hypot)(a, b)), 0, 0)).toEqual([0, 0]);
  });

  test("atan2 knows the quadrant and the sign of zero", () => {
    expect(of(atan2([0, -0, 0, -0, 1, -1], [1, 1, -1, -1, 0, 0]))).toEqual([0, -0, Math.PI, -Math.PI, Math.PI / 2, -Math.PI / 2]);
    expect(of(atan2([Infinity, -Infinity, 1, NaN], [Infinity, -Infinity, -Infinity, 1]))).toEqual([Math.PI / 4, (-3 * Math.PI) / 4, Math.PI, NaN]);
    const [byY = NaN, byX = NaN] = slopes(atan2, 3e200, -4e200);
    expect([byY / -1.6e-201, byX / -1.2e-201]).toEqual([expect.closeTo(1, 14), expect.closeTo(1, 14)]);
  });

  test("a small leg keeps its digits in the curvature", () => {
    expect(slope((a) => grad((x: Tensor) => hypot(x, 1e-8))(a), 1)).toBeCloseTo(1e-16, 30);
  });
});

describe("inverse hyperbolic functions and roots", () => {
  test("edges", () => {
    expect(of(asinh([0, -0, Infinity, -Infinity, NaN]))).toEqual([0, -0, Infinity, -Infinity, NaN]);
    expect(of(acosh([1, 0.5, -2, Infinity]))).toEqual([0, NaN, NaN, Infinity]);
    expect(of(atanh([1, -1, 1.5, -0]))).toEqual([Infinity, -Infinity, NaN, -0]);
    expect(of(cbrt([-8, 27, -0, Infinity]))).toEqual([-2, 3, -0, Infinity]);
    expect([slope(acosh, 1), slope(acosh, 0.5), slope(acosh, -2)]).toEqual([Infinity, NaN, NaN]);
    expect([slope(atanh, 1), slope(atanh, -1), slope(atanh, 1.5)]).toEqual([Infinity, Infinity, NaN]);
    expect([slope(cbrt, 0), slope(cbrt, 8), slope(cbrt, -8)]).toEqual([Infinity, 1 / 12, 1 / 12]);
    expect(slope(asinh, 1e200)).toBe(1e-200);
    expect([slope(asin, 1), slope(asin, 2)]).toEqual([Infinity, NaN]);
  });

  test("reciprocal keeps the sign of zero and finds the exact forms", () => {
    expect(of(reciprocal([4, 0, -0, Infinity]))).toEqual([0.25, Infinity, -Infinity, 0]);
    expect(slope(reciprocal, 2)).toBe(-0.25);
  });
});

describe("logarithms", () => {
  test("log2 and log10 are exact at powers, with the edges of log", () => {
    for (let power = -1074; power <= 1023; power++) expect(item(log2(2 ** power))).toBe(power);
    for (let power = 0; power <= 22; power++) expect(item(log10(10 ** power))).toBe(power);
    expect(of(log2([0, -1, Infinity]))).toEqual([-Infinity, NaN, Infinity]);
    expect(of(log10([0, -1, Infinity]))).toEqual([-Infinity, NaN, Infinity]);
  });

  test("log2 and log10 find what log finds", () => {
    expect(item(log2(sigmoid(-800)))).toBe(-800 / Math.LN2);
    expect(slope((x) => log10(sub(1, sigmoid(x))), 800)).toBe(-1 / Math.LN10);
    expect(of(mul([0, 1], log2([0, 2])))).toEqual([0, 1]);
  });

  test("xlogy is 0 at x = 0 with every number y, and so are its derivatives where y is not above 0", () => {
    expect(of(xlogy([0, 0, 0, 0, 2, 0, NaN], [0, -1, Infinity, NaN, 1, 3, 1]))).toEqual([0, 0, 0, NaN, 0, 0, NaN]);
    expect(slopes(xlogy, 0, 0)).toEqual([0, 0]);
    expect(slopes(xlogy, 0, Math.E)).toEqual([1, 0]);
    expect(slopes(xlogy, 2, 0)).toEqual([-Infinity, Infinity]);
    expect(item(grad((x: Tensor) => grad((y: Tensor) => xlogy(x, y))(add(4, 0)))(add(0, 0)))).toBe(0.25);
  });

  test("xlogy of a saturated softmax is exact", () => {
    const cost = (z: Tensor): Tensor => neg(sum(xlogy([1, 0], softmax(z))));
    expect(item(cost(add([-800, 0], 0)))).toBe(800);
    expect(of(grad(cost)(add([-800, 0], 0)))).toEqual([-1, 1]);
  });

  test("logaddexp is exact at the infinities, and so are its derivatives", () => {
    expect(of(logaddexp([Infinity, -Infinity, -Infinity, Infinity, NaN, -Infinity], [1, 1, -Infinity, Infinity, 1, Infinity]))).toEqual([
      Infinity,
      1,
      -Infinity,
      Infinity,
      NaN,
      Infinity,
    ]);
    expect(slopes(logaddexp, -Infinity, 1)).toEqual([0, 1]);
    expect(slopes(logaddexp, Infinity, 1)).toEqual([1, 0]);
    expect(slopes(logaddexp, -Infinity, -Infinity)).toEqual([0.5, 0.5]);
    expect(slopes(logaddexp, Infinity, Infinity)).toEqual([0.5, 0.5]);
    expect(slopes(logaddexp, 2, 2)).toEqual([0.5, 0.5]);
    expect(slope((a) => grad((x: Tensor) => logaddexp(x, 2))(a), 2)).toBe(0.25);
  });
});

describe("the gamma function", () => {
  test("poles and infinities", () => {
    expect(of(lgamma([0, -0, -1, -7, Infinity, -Infinity, NaN]))).toEqual([Infinity, Infinity, Infinity, Infinity, Infinity, Infinity, NaN]);
    expect(of(digamma([0, -0, -1, -7, Infinity, -Infinity, NaN]))).toEqual([-Infinity, Infinity, NaN, NaN, Infinity, NaN, NaN]);
    expect(of(trigamma([0, -0, -1, Infinity, -Infinity, NaN]))).toEqual([Infinity, Infinity, Infinity, 0, NaN, NaN]);
    expect(of(polygamma([0, -1], { order: 2 }))).toEqual([-Infinity, NaN]);
  });

  test("lgamma is 0 at 1 and 2, keeps its digits beside them, and is the logarithm of a factorial", () => {
    expect(of(lgamma([1, 2]))).toEqual([0, 0]);
    expect(item(lgamma(1 + 2 ** -40)) / -(2 ** -40)).toBeCloseTo(0.5772156649007, 12);
    let total = 0;
    for (let n = 1; n <= 170; n++) {
      expect(Math.abs(item(lgamma(n + 1)) - (total += Math.log(n)))).toBeLessThanOrEqual(1e-14 * Math.max(1, total));
    }
  });

  test("digamma keeps its digits beside its zero", () => {
    // ψ at the nearest float64 is -9.5e-17 times the slope of 0.967 there.
    expect(Math.abs(item(digamma(1.4616321449683622)) / -9.241265521729427e-17 - 1)).toBeLessThan(1e-12);
  });

  test("polygamma of order 0 and 1 are digamma and trigamma, and an order that is none is refused", () => {
    expect(nested(polygamma([0.3, 7], { order: 0 }))).toEqual(nested(digamma([0.3, 7])));
    expect(nested(polygamma([0.3, 7], { order: 1 }))).toEqual(nested(trigamma([0.3, 7])));
    expect(() => polygamma(1, { order: -1 })).toThrow("polygamma: the order must be a whole number, 0 or more, got -1");
    expect(() => polygamma(1, { order: 0.5 })).toThrow("got 0.5");
    expect(() => polygamma(1, { order: 171 })).toThrow("above 170");
  });

  test("polygamma keeps its digits where its factorial, or a power in it, leaves the range of float64", () => {
    const wanted: readonly (readonly [order: number, x: number, value: number])[] = [
      [1, 1e170, 1e-170],
      [1, 1e300, 1e-300],
      [2, 1e120, -1e-240],
      [20, 100000000000000, -1.2164510040884416e-263],
      [100, 2000, -7.547742835794974e-175],
      [100, 5, -2.366100684299145e87],
      [168, 100, -3.1063086554636675e-36],
      [140, 0.5, -3.752661376005212e283],
      [170, 1, -7.257415615307999e306],
      [170, 300, -4.335360007808032e-117],
      [170, 7.25, -5.533282853558688e159],
      [60, 0.001, -8.32098711274138e264],
      [50, 33.5, -6.56213348978731e-14],
      [134, -0.5, -3.3664707843078274e204],
      [150, -0.5, -1.4693095234403325e236],
      [150, -50.5, -19886.771450132583],
      [134, -1.5, -3.78088659858877e174],
      [133, -0.5, 6.477977550345138e266],
      [168, -1.5, -1.41444121703665e235],
      [170, -3.5, -1.450247545949265e195],
      [144, -0.4375, 6.345964793056374e301],
      [120, -2.25, 4.727731434981616e271],
    ];
    for (const [order, x, value] of wanted) expect(Math.abs(item(polygamma(x, { order })) / value - 1), `order ${order} at ${x}`).toBeLessThan(1e-13);
  });
});

test("isFinite is 1 at numbers of finite size, and has no derivative", () => {
  expect(of(isFinite([0, 1e308, Infinity, -Infinity, NaN]))).toEqual([1, 1, 0, 0, 0]);
  expect(slope((x) => mul(square(x), isFinite(x)), 3)).toBe(6);
});

test("both forms of gelu have their limit at +Infinity, and NaN at -Infinity and for a derivative at either", () => {
  for (const approximate of ["none", "tanh"] as const) {
    const f = (t: Tensor): Tensor => gelu(t, { approximate });
    expect(of(gelu([Infinity, -Infinity, NaN], { approximate }))).toEqual([Infinity, NaN, NaN]);
    expect([Infinity, -Infinity, NaN].map((x) => slope(f, x))).toEqual([NaN, NaN, NaN]);
  }
});

test("the second derivatives of gelu and atan, and the first of the gelu by tanh, hold where a square or a cube overflows", () => {
  const second = (f: (x: Tensor) => Tensor): ((x: number) => number) => slope.bind(undefined, grad(f));
  for (const x of [1.35e154, -1.35e154, 1e200, -1e300]) {
    expect([x, second((t) => gelu(t))(x)]).toEqual([x, expect.closeTo(0, 300)]);
    const approximate = (t: Tensor): Tensor => gelu(t, { approximate: "tanh" });
    expect([x, slope(approximate, x), second(approximate)(x)]).toEqual([x, x > 0 ? 1 : 0, expect.closeTo(0, 300)]);
  }
  expect(second(atan)(1e100) / -2e-300).toBeCloseTo(1, 14);
  expect(second(atan)(-1e90) / 2e-270).toBeCloseTo(1, 14);
  expect(second(atan)(0.5)).toBeCloseTo(-0.64, 15);
});
