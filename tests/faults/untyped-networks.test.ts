import { GradientError, ShapeError, TraceError, ValueError, randomKey, square, sum, tensor } from "@nabla/autodiff";
import * as mlp from "@nabla/mlp";
import { describe, expect, test } from "vitest";

const net = mlp.network({ sizes: [2, 2, 1], activations: ["tanh", "sigmoid"] });
const data = { x: [[0, 1], [1, 0]], y: [[1], [0]] }; // prettier-ignore
const vector = tensor([1, 2]);
const ragged = [[1, 2], [3]];
const layerless = { layers: [], parameters: { layers: [] } };
const [nothing, text] = [{}, "text"];
const f = (): unknown => sum(square(vector));

/** What a caller without types may pass. */
const lists: Readonly<Record<string, readonly unknown[]>> = {
  "()": [],
  "(null)": [null],
  "(undefined, undefined)": [undefined, undefined],
  "(3)": [3],
  "(NaN)": [Number.NaN],
  "(-1, -1)": [-1, -1],
  "(text)": [text],
  "(true)": [true],
  "([])": [[]],
  "({})": [nothing],
  "(function)": [f],
  "(ragged array)": [ragged],
  "(tensor)": [vector],
  "(tensor, tensor, tensor)": [vector, vector, vector],
  "(numbers, numbers)": [[[0, 1]], [[0, 1]]],
  "(null, null, null, null, null)": [null, null, null, null, null],
  "({}, {}, {}, {}, {})": [nothing, nothing, nothing, nothing, nothing],
  "(text, text, text, text, text)": [text, text, text, text, text],
  "(functions)": [f, f, f, f],
  "(symbol, symbol)": [Symbol("s"), Symbol("s")],
  "(network without layers)": [layerless, [[1]], [[1]], [[1]]],
  "(network)": [net],
  "(network, null)": [net, null, null],
  "(network, {})": [net, nothing, nothing],
  "(network, text)": [net, text, text, text],
  "(network, ragged)": [net, ragged, ragged],
  "(network, NaN)": [net, [[Number.NaN, 1]], [[Number.NaN]]],
  "(network, data)": [net, data],
  "(network, data, null)": [net, data, null],
  "(network, data, 3)": [net, data, 3],
  "(network, cost)": [net, "quadratic"],
  "(network, cost, null)": [net, "quadratic", null, null, null],
  "(network, cost, ragged)": [net, "quadratic", ragged, ragged, ragged],
  "(network, cost, data)": [net, "quadratic", data.x, data.y],
  "(network, cost, data, null, null)": [net, "quadratic", data.x, data.y, null, null],
  "(network, cost, data, 3, 3)": [net, "quadratic", data.x, data.y, 3, 3],
  "(network, costs)": [net, mlp.quadratic, vector, vector],
  "(network, tensor, {layers: []})": [net, tensor(data.x), { layers: [] }, 3, 3],
  "(f, parameters)": [f, { w: vector }],
  "(f, parameters, 3)": [f, { w: vector }, 3],
  "(text, f)": [text, f],
  "(text, f, 3)": [text, f, 3],
  "(text, f, {normalisation})": [text, f, { normalisation: "average" }],
  "(text, 3)": [text, 3],
  "(key)": [randomKey(1)],
  "(key, 2)": [randomKey(1), 2],
  "({name})": [{ name: text }],
  "({learningRate: text})": [{ learningRate: "0.1" }],
  "({rate: text})": [{ rate: "0.1", steps: "10", decay: "1", every: "1" }],
  "({unknown})": [{ learningRate: 0.1, unknown: 1 }],
  "([{}])": [[nothing]],
  "([null])": [[null]],
  "({rows: null})": [{ rows: null }],
  "({rows: [{}]})": [{ rows: [nothing] }],
};

const functions = Object.entries(mlp as Readonly<Record<string, unknown>>).filter(([, each]) => typeof each === "function") as [
  string,
  (...args: unknown[]) => unknown,
][];
const own = [GradientError, ShapeError, TraceError, ValueError];

describe("what a caller without types passes", () => {
  test.each(functions)("%s takes it, or refuses it by its own name in one sentence", (label, call) => {
    const bad = Object.entries(lists).flatMap(([written, args]) => {
      try {
        call(...args);
        return [];
      } catch (error) {
        const { message } = error as Error;
        const fine = own.some((each) => error instanceof each) && message.startsWith(label) && !/undefined is not|is not a function|cannot read/i.test(message);
        return fine ? [] : [`${label}${written}: ${String(error)}`];
      }
    });
    expect(bad.slice(0, 3)).toEqual([]);
  });
});
