import { type Tensor, checkpoint, customGradient, exp, grad, hvp, input, item, jvp, mul, nested, sum, tensor, vjp, vmap } from "@nabla/autodiff";
import { expect, test } from "vitest";

/** 2x with a rule, forward and backward, that uses a value from outside: the slope is exp(w) x, whatever the function is. */
const ruled = (w: Tensor): ((x: Tensor) => Tensor) =>
  customGradient({
    name: "ruled",
    f: (x) => mul(2, x),
    vjp: (g, _y, [x]) => [mul(g, mul(exp(w), x))],
    jvp: ([dx], _y, [x]) => mul(dx as Tensor, mul(exp(w), x)),
  });
const three = tensor(3);
const w = tensor(0.5);

/** Each is exp(w) · 3, whose derivative by w is the same number. */
const slopes: Readonly<Record<string, (w: Tensor) => Tensor>> = {
  grad: (u) => grad((x: Tensor) => ruled(u)(x))(three),
  "grad of a later op": (u) => grad((x: Tensor) => mul(0.5, ruled(u)(mul(2, x))))(tensor(1.5)),
  vjp: (u) => vjp((x: Tensor) => ruled(u)(x), three).pullback(tensor(1)),
  jvp: (u) => jvp((x: Tensor) => ruled(u)(x), three, tensor(1)).tangent,
  "grad in a checkpoint": (u) => grad(checkpoint((x: Tensor) => ruled(u)(x)))(three),
  "grad under vmap": (u) => sum(vmap(grad((x: Tensor) => ruled(u)(x)))(tensor([1, 2]))),
  "vmap under grad": (u) => sum(grad((x: Tensor) => sum(vmap((each: Tensor) => ruled(u)(each))(x)))(tensor([1, 2]))),
  "jvp under vmap": (u) => sum(vmap((x: Tensor) => jvp((t: Tensor) => ruled(u)(t), x, tensor(1)).tangent)(tensor([1, 2]))),
};

test.each(Object.entries(slopes))("a rule's derivative by what it uses from outside is followed: %s", (_, slope) => {
  const expected = 3 * Math.exp(0.5);
  expect(item(slope(w))).toBeCloseTo(expected, 12);
  expect(item(grad(slope)(w))).toBeCloseTo(expected, 12);
  expect(item(grad(grad(slope))(w))).toBeCloseTo(expected, 12);
  expect(item(jvp(slope, w, tensor(1)).tangent)).toBeCloseTo(expected, 12);
  expect(item(hvp(slope)(w, tensor(1)))).toBeCloseTo(expected, 12);
  expect(nested(vmap(grad(slope))(tensor([0.5, 0])))).toEqual([item(grad(slope)(w)), 3]);
  expect(grad(slope)(input("w", [])).tracked).toBe(true);
});

test("what a rule uses of its own differentiation is no history, and neither is a constant", () => {
  const gradient = grad((x: Tensor) => customGradient({ name: "own", f: (t) => mul(2, t), vjp: (g) => [mul(g, mul(x, w))] })(x))(three);
  expect([item(gradient), gradient.tracked]).toEqual([1.5, false]);
  expect(grad((x: Tensor) => ruled(w)(x))(three).tracked).toBe(false);
});

test("a part that no rule has is refused, with what was probably meant", () => {
  const spec = { name: "mine", f: (x: Tensor) => x, vjp: (g: Tensor) => [g] };
  expect(() => customGradient({ ...spec, jpv: () => w } as never)).toThrow(
    "customGradient mine: there is no jpv in a rule; did you mean jvp? give { name, f, vjp }, and jvp for forward mode",
  );
});
