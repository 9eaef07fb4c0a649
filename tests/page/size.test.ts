import { type Tape, type Tensor, add, name, record, tanh, tensor } from "@nabla/autodiff";
import { fromTape, toHtml } from "@nabla/viz";
import { describe, expect, test } from "vitest";
import { backward, expectSound, walkedBack } from "./arithmetic.ts";
import { scalars } from "./scalars.ts";

const chain = (count: number, step: (x: Tensor) => Tensor): Tape =>
  record((x: Tensor) => Array.from({ length: count }).reduce((at: Tensor) => step(at), x), name(tensor(0.3), "x"));

describe("the page of a recorded chain", () => {
  test.each([100, 1000, 10_000])("in two boxes is small however many steps they hide: %d", async (count) => {
    const tape = chain(count, tanh);
    const page = await toHtml(fromTape(tape, { fold: "named" }), { tape });
    expect(Buffer.byteLength(page)).toBeLessThan(40_000);
    expect(page).toContain(`${(count - 1).toLocaleString("en")} steps without a name folded into 2 boxes`);
  });

  test("writes the first few folded steps out, and then the adjoint of the next, which multiply to the gradient", async () => {
    const steps = await backward(chain(100, tanh), { fold: "named" });
    expectSound(steps);
    const { product = "" } = steps.at(-1) ?? {};
    expect(product.match(/<b>×/g)).toHaveLength(6);
    expect(product).toContain("<small>∂C/∂(tanh(tanh(");
    const whole = await backward(chain(5, tanh), { fold: "named" });
    expectSound(whole);
    expect(whole.at(-1)?.rules[0]).toMatch(/^∂C\/∂x = ∂C\/∂C × /);
  });

  test("of 10,000 steps that hand the adjoint on is written without recursion", async () => {
    const [, last] = await backward(
      chain(10_000, (x) => add(x, 1)),
      { fold: "named" },
    );
    expect(last?.rules).toEqual(["∂C/∂x = ∂C/∂C"]);
  });

  test("cuts the formulas of what has no box", async () => {
    const steps = await backward(chain(60, tanh), { fold: "named" });
    for (const { rules, product } of steps) {
      for (const rule of rules) expect(rule.length).toBeLessThanOrEqual(402);
      for (const [, label = ""] of product.matchAll(/<small>(.*?)<\/small>/g)) expect([...label].length).toBeLessThanOrEqual(80);
    }
  });
});

describe("a network in scalars", () => {
  test.each([[[2, 4, 4, 1]], [[3, 7, 7, 1]]])("of %j has a product for each gradient, in which no symbol explains itself", (sizes) => {
    const tape = scalars(sizes);
    for (const fold of ["none", "named"] as const) {
      const steps = walkedBack(tape, { fold });
      expectSound(steps);
      for (const { symbol, rules } of steps)
        for (const rule of rules) {
          const [, right = ""] = rule.split(/ = (.*)/);
          expect(right.split(/ [×⊙+] /), rule).not.toContain(symbol);
        }
    }
  });

  test("tells a local derivative over numbered values where names would make it long", () => {
    const { nodes } = scalars([2, 4, 4, 1]);
    const locals = nodes.flatMap(({ inputs }) => inputs.map(({ local }) => local));
    expect(locals.filter((local) => local.startsWith("∂") || local.includes("…"))).toEqual([]);
    expect(nodes.find(({ op }) => op === "square")?.inputs.map(({ local }) => local)).toEqual([expect.stringMatching(/^2 ⊙ v\d+$/)]);
    const steps = walkedBack(scalars([2, 4, 4, 1]), { fold: "none" });
    expect(steps.some(({ rules }) => rules.some((rule) => /^∂C\/∂w2_13 = ∂C\/∂v\d+ × v\d+$/.test(rule)))).toBe(true);
  });

  test.each<[readonly number[], readonly [] | readonly [1, 1]]>([
    [[3, 7, 7, 1], []],
    [
      [3, 7, 7, 1],
      [1, 1],
    ],
    [
      [3, 7, 6, 1],
      [1, 1],
    ],
  ])("of %j with values of shape %j has a page of at most 300 kB where it has a hundred boxes", async (sizes, shape) => {
    const tape = scalars(sizes, shape);
    const picture = fromTape(tape, { fold: "named" });
    expect(picture.nodes.length).toBeLessThanOrEqual(100);
    for (const { operation } of picture.nodes) expect(operation.length).toBeLessThanOrEqual(240);
    expect(Buffer.byteLength(await toHtml(picture, { tape }))).toBeLessThanOrEqual(300_000);
  });
});
