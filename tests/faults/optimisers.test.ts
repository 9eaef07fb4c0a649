import { type Tensor, square, sum, tensor } from "@nabla/autodiff";
import { type Optimiser, adaGrad, adam, adamW, chain, descend, fit, minimise, rmsProp, scale, scaleByAdam, sgd, trace } from "@nabla/mlp";
import { describe, expect, test } from "vitest";
import { data, start } from "../properties/regression.ts";

const f = (p: Tensor): Tensor => sum(square(p));
const no = (): number => Number.NaN;

describe("an optimiser speaks under the name that it was made by", () => {
  test.each([
    ["adam", () => adam({ learningRate: 0.1, beta1: 1.5 })],
    ["adamW", () => adamW({ learningRate: 0.1, epsilon: -1 })],
    ["rmsProp", () => rmsProp({ learningRate: 0.1, alpha: 2 })],
    ["adaGrad", () => adaGrad({ learningRate: 0.1, epsilon: -1 })],
    ["sgd", () => sgd({ learningRate: 0.1, momentum: 2 })],
    ["scaleByAdam", () => scaleByAdam({ beta1: 1.5 })],
    ["trace", () => trace({ momentum: 2 })],
  ])("%s, of an option out of range", (name, made) => {
    expect(made).toThrow(new RegExp(`^${name}: .* must be a number`));
  });

  test.each([
    ["sgd", sgd],
    ["adam", adam],
    ["adamW", adamW],
    ["rmsProp", rmsProp],
    ["adaGrad", adaGrad],
  ])("%s, of a schedule that gives NaN", (name, made) => {
    const optimiser = made({ learningRate: no });
    expect(() => minimise(f, tensor([1]), { optimiser, steps: 1 })).toThrow(`${name}: the schedule gives NaN for update 0; a rate is a number of at least 0`);
  });

  test("training, of the learning rate that it was given", () => {
    const words = "the schedule gives NaN for update 0; a rate is a number of at least 0";
    expect(() => fit(start, data, { cost: "quadratic", learningRate: no, epochs: 1 })).toThrow(`fit: ${words}`);
    expect(() => minimise(f, tensor([1]), { learningRate: no, steps: 1 })).toThrow(`minimise: ${words}`);
  });

  test.each([
    ["adam", adam],
    ["rmsProp", rmsProp],
  ])("%s, of the state of another", (name, made) => {
    const { update } = made({ learningRate: 0.1 });
    expect(() => update(tensor(1), [undefined, undefined, undefined, undefined].slice(0, name === "adam" ? 3 : 4), tensor(1))).toThrow(
      new RegExp(`^${name}: the state is undefined`),
    );
  });
});

describe("an optimiser of somebody's own that forgets something is told so", () => {
  const giving = (given: unknown): Optimiser => ({ name: "mine", init: () => undefined, update: () => given as never });
  const said = "the optimiser mine must give { updates, state }";

  test.each([undefined, null, 3, []])("where its update gives %o", (given) => {
    expect(() => descend(giving(given), tensor(1), undefined, tensor(1))).toThrow(`descend: ${said}, got`);
    expect(() => chain(giving(given), scale(-1)).update(tensor(1), [undefined, undefined], tensor(1))).toThrow(`chain: ${said}, got`);
    expect(() => minimise(f, tensor([1]), { optimiser: giving(given), steps: 1 })).toThrow(`minimise: ${said}, got`);
    expect(() => fit(start, data, { cost: "quadratic", optimiser: giving(given), epochs: 1 })).toThrow(`fit: ${said}, got`);
  });

  test("did you forget return, and await", () => {
    expect(() => descend(giving(undefined), tensor(1), undefined, tensor(1))).toThrow("got undefined; did you forget return?");
    expect(() => descend(giving(Promise.resolve({})), tensor(1), undefined, tensor(1))).toThrow("got a promise; an update does not wait");
  });

  test("where its updates would broadcast the parameters to another shape", () => {
    expect(() => descend(giving({ updates: tensor([1, 2]), state: 0 }), tensor(1), undefined, tensor(1))).toThrow(
      "descend: what the optimiser mine gives as updates has shape [2], but the parameter has []; give one of that shape, which no step changes",
    );
    expect(() => descend(giving({ updates: { w: tensor([1]) }, state: 0 }), { w: tensor([1, 2]) }, undefined, { w: tensor([1, 2]) })).toThrow(
      "gives as updates of w has shape [1], but the parameter has [2]",
    );
  });

  test("where the gradients would", () => {
    expect(() => descend(sgd({ learningRate: 1 }), tensor([1, 2]), [], tensor(1))).toThrow(
      "descend: the argument of gradients has shape [2], but the parameter has []",
    );
  });

  test("where its updates are of another structure", () => {
    expect(() => descend(giving({ updates: { v: tensor([1]) }, state: 0 }), { w: tensor([1]) }, undefined, { w: tensor([1]) })).toThrow(
      "descend: what the optimiser mine gives as updates has the tensors v, want one for each parameter: w",
    );
  });
});
