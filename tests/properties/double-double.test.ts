import { test as law, fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type DoubleDouble, doubleDouble } from "@nabla/mlp";

const { exactly, exp, expm1, log, log1p, minus, over, pi, plus, rounded, sqrt, times } = doubleDouble;

/** A rational number: numerator / denominator. */
type Rational = readonly [numerator: bigint, denominator: bigint];

/** A double as a fraction over a power of two, exactly. */
function rational(x: number): Rational {
  const [bits] = new BigUint64Array(new Float64Array([x]).buffer) as unknown as readonly [bigint];
  const exponent = Number((bits >> 52n) & 2047n);
  const fraction = (bits & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  const signed = bits >> 63n === 0n ? fraction : -fraction;
  const shift = (exponent === 0 ? 1 : exponent) - 1075;
  return shift >= 0 ? [signed << BigInt(shift), 1n] : [signed, 1n << BigInt(-shift)];
}

const add = ([a, b]: Rational, [c, d]: Rational): Rational => [a * d + c * b, b * d];
const of = ([high, low]: DoubleDouble): Rational => add(rational(high), rational(low));
const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

/** Whether |found - wanted| is at most 2^-bits |wanted|. */
function within([a, b]: Rational, [c, d]: Rational, bits: number): boolean {
  return magnitude(a * d - c * b) << BigInt(bits) <= magnitude(c * b);
}

/** A decimal of many digits as a fraction. */
function decimal(text: string): Rational {
  const [, sign = "", whole = "", part = "", exponent = "0"] = /^(-?)(\d+)\.?(\d*)(?:e(-?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent) - part.length;
  const digits = BigInt(sign + whole + part);
  return shift >= 0 ? [digits * 10n ** BigInt(shift), 1n] : [digits, 10n ** BigInt(-shift)];
}

const single = fc.double({ min: -1e30, max: 1e30, noNaN: true, noDefaultInfinity: true }).filter((x) => x === 0 || Math.abs(x) > 1e-30);
/** A double and a tail far below its last place. */
const pair = fc
  .tuple(single, fc.double({ min: -1, max: 1, noNaN: true }))
  .map(([high, tail]): DoubleDouble => plus(exactly(high), exactly(high * tail * 2 ** -54)));

describe("double-double arithmetic against fractions of whole numbers", () => {
  law.prop([pair, pair])("sum and difference are right to 100 bits of the larger operand, and of the result where the signs agree", (x, y) => {
    const wanted = add(of(x), of(y));
    const found = of(plus(x, y));
    expect(minus(x, [-y[0], -y[1]])).toEqual(plus(x, y));
    const scale = Math.max(Math.abs(x[0]), Math.abs(y[0]));
    fc.pre(scale > 0);
    const [error, below] = add(found, [-wanted[0], wanted[1]]);
    const [top, bottom] = rational(scale);
    expect((magnitude(error) << 100n) * bottom <= top * below).toBe(true);
    if (x[0] * y[0] >= 0) expect(within(found, wanted, 100)).toBe(true);
  });

  law.prop([pair, pair])("products are right to 100 bits", (x, y) => {
    const [a, b] = of(x);
    const [c, d] = of(y);
    expect(within(of(times(x, y)), [a * c, b * d], 100)).toBe(true);
  });

  law.prop([pair, pair.filter(([high]) => high !== 0)])("quotients are right to 98 bits", (x, y) => {
    const [a, b] = of(x);
    const [c, d] = of(y);
    const [numerator, denominator] = [a * d, b * c];
    expect(within(of(over(x, y)), denominator < 0n ? [-numerator, -denominator] : [numerator, denominator], 98)).toBe(true);
  });

  law.prop([pair])("the square of a root is right to 98 bits", (x) => {
    const root = sqrt(x[0] < 0 ? [-x[0], -x[1]] : x);
    const [a, b] = of(root);
    const [c, d] = of(x);
    expect(within([a * a, b * b], [magnitude(c), d], 98)).toBe(true);
  });

  test("factors that overflow when split, and results out of range", () => {
    const [a, b] = rational(1e300);
    const [c, d] = rational(3e-5);
    expect(within(of(times(exactly(1e300), exactly(3e-5))), [a * c, b * d], 100)).toBe(true);
    expect(times(exactly(1e300), exactly(1e300))).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(exp(exactly(1000))).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(rounded(exp(exactly(-1000)))).toBe(0);
  });
});

/** Values of 60 digits, computed with mpmath 1.3.0 at the exact double. */
const values60: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  exp: [
    [-700, "9.85967654375977085670537294784946510511560018140094171058647e-305"],
    [-40, "4.24835425529158899532923478285865801787956555416644628805082e-18"],
    [-1.5, "2.23130160148429828933280470764012521342171629361079328743835e-1"],
    [-0.1, "9.04837418035959568141392384216935595309064653757377126020805e-1"],
    [1e-8, "1.00000001000000005000000037589227747687415439406074830394627"],
    [0.3, "1.3498588075760030889973010316886340321417527975137801977703"],
    [1, "2.71828182845904523536028747135266249775724709369995957496697"],
    [20.25, "6.22964442198445483653938291384898950415878263212810121250222e8"],
    [700, "1.01423205473500450945532959523126761520467957224307334878054e304"],
  ],
  expm1: [
    [-40, "-9.99999999999999995751645744708411004670765217141341982120434e-1"],
    [-0.3, "-2.59181779318282125708391764055348015123652597260501406095953e-1"],
    [1e-8, "1.00000000500000003758922774768741543940607483039462726343113e-8"],
    [-1e-12, "-9.99999999999499979886647795942395386248577833883819315207414e-13"],
    [0.34, "4.04947590563593831161363129299719008188574755067948881090443e-1"],
    [0.36, "4.33329414560340238679906736236984290259771891781754407487076e-1"],
    [3, "1.90855369231876677409285296545817178969879078385541501443789e1"],
  ],
  log: [
    [1e-300, "-6.90775527898213705180338344570100502908613341583641344062547e2"],
    [0.1, "-2.3025850929940456285068402234265387271634735938763827768352"],
    [0.99, "-1.00503358535014501550480464487016083385586484560678710271645e-2"],
    [1.0000001, "9.99999950583870451775160996834544912302987959214771887459571e-8"],
    [2, "6.9314718055994530941723212145817656807550013436025525412068e-1"],
    [1e10, "2.30258509299404568401799145468436420760110148862877297603333e1"],
    [1e300, "6.90775527898213705257902196660513681150659990441493231550394e2"],
  ],
  log1p: [
    [1e-30, "1.00000000000000008333642060758548535093133602678531808175692e-30"],
    [1e-8, "9.99999995000000054255893704236201799631283904207236688581574e-9"],
    [9e-5, "8.99959502429836043485902981886549229388831596887705535252686e-5"],
    [0.0002, "1.99980002666266740238432546879619019945310684747513805200019e-4"],
    [0.5, "4.05465108108164381978013115464349136571990423462494197614014e-1"],
    [100000, "1.15129354649202287534207906267549877061007330384930702293821e1"],
  ],
};

/** How many bits of the result are right; the low part of a result near the end of the range is below the smallest double. */
const functions = { exp: [exp, 93], expm1: [expm1, 93], log: [log, 80], log1p: [log1p, 93] } as const;

describe("double-double functions against 60 digits", () => {
  const cases = Object.entries(values60).flatMap(([name, points]) => points.map(([x, wanted]) => [name as keyof typeof functions, x, wanted] as const));
  test.each(cases)("%s(%d)", (name, x, wanted) => {
    const [f, bits] = functions[name];
    expect(within(of(f(exactly(x))), decimal(wanted), x === -700 ? 62 : bits)).toBe(true);
  });

  test("π", () => {
    expect(within(of(pi), decimal("3.14159265358979323846264338327950288419716939937510582097494"), 104)).toBe(true);
  });

  test("a double alone is not right to 60 bits", () => {
    expect(within(rational(Math.exp(0.3)), decimal(values60["exp"]?.[5]?.[1] ?? ""), 60)).toBe(false);
  });
});
