import * as n from "@nabla/autodiff";
import { type Tensor, name, randomKey, tensor } from "@nabla/autodiff";
import { expect, test } from "vitest";
import { told } from "./misuse.ts";

const x = name(tensor([1, 2]), "x");
const W = name(tensor([[1, 2, 3], [4, 5, 6]]), "W"); // prettier-ignore
const key = randomKey(1);
const total = (t: Tensor): Tensor => n.sum(n.square(t));
/** What a caller without types may pass. */
const wrong = (value: unknown): never => value as never;
const parameters = (part: unknown): never => ({ layers: [{ W: x, b: part }] }) as never;
const ofLayers = (p: { readonly layers: readonly { readonly W: Tensor }[] }): Tensor => n.sum((p.layers[0] as { readonly W: Tensor }).W);
const holes: number[] = Object.assign(new Array<number>(3), { 0: 1, 2: 3 });
class Layer {
  readonly W: Tensor = x;
}
/** What a function was given while a transformation ran it. */
function kept(run: (keep: (t: Tensor) => Tensor) => unknown): Tensor {
  let inside: Tensor | undefined;
  run((t) => {
    inside = n.mul(t, 2);
    return t;
  });
  return inside as Tensor;
}
const own = (rules: object): ((...given: readonly Tensor[]) => Tensor) =>
  n.customGradient({ name: "mine", f: (a: Tensor) => a, vjp: (g: Tensor) => [g], ...rules });

const misuses: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
  grad: {
    "by the argument before the first": () => n.grad(total, { wrt: wrong(-1) }),
    "by half an argument": () => n.grad(total, { wrt: wrong(0.5) }),
    "by null": () => n.grad(total, { wrt: wrong(null) }),
    "by one argument too many": () => n.grad((a: Tensor, b: Tensor) => n.sum(n.mul(a, b)), { wrt: [0, 2] as never })(x, x),
    "with another library's name for wrt": () => n.grad(total, wrong({ argnums: 1 })),
    "with the tensor in place of the options": () => n.grad(total, wrong(x)),
    "with null for the options": () => n.grad(total, wrong(null)),
    "of a function that promises": () => n.grad(wrong(async (t: Tensor) => n.sum(t)))(x),
    "of a function that forgets to return": () => n.grad(wrong((t: Tensor) => void n.sum(t)))(x),
    "of a function that returns two costs": () => n.grad(wrong((t: Tensor) => [n.sum(t), n.sum(t)]))(x),
    "of a cost of one entry": () => n.grad((t: Tensor) => n.sum(t, { keepDims: true }))(x),
    "of a cost of no entries": () => n.grad((t: Tensor) => n.mul(t, 2))(n.zeros([0])),
    "of a cost made with operators": () => n.grad(wrong((t: number) => t * t))(x),
    "by a string in a record": () => n.grad(ofLayers)(parameters("0")),
    "by a Date in a record": () => n.grad(ofLayers)(parameters(new Date(0))),
    "by a truth in a record": () => n.grad(ofLayers)(parameters(true)),
    "by a big integer in a record": () => n.grad(ofLayers)(parameters(3n)),
    "by nothing in a record": () => n.grad(ofLayers)(parameters(null)),
    "by a function in a record": () => n.grad(ofLayers)(parameters(() => x)),
    "by a Map in a record": () => n.grad(ofLayers)(parameters(new Map([["W", x]]))),
    "by an object of a class": () => n.grad((layer: Layer) => n.sum(layer.W))(new Layer()),
    "by a typed array in a record": () => n.grad(ofLayers)(parameters(Float64Array.of(1))),
    "by an array with holes": () => n.grad(wrong((p: readonly Tensor[]) => n.sum(p[0] as Tensor)))(Object.assign(new Array<Tensor>(2), { 0: x }) as never),
    "by nested numbers": () => n.grad(wrong(total))([[1, 2]] as never),
    "by a promise": () => n.grad(wrong(total))(Promise.resolve(x) as never),
    "of a cost that uses nothing, where that is an error": () => n.grad(() => tensor(3), { unused: "error" })(wrong(x)),
    "twice, of a function that gives a vector": () => n.grad(n.grad((t: Tensor) => n.sum(n.square(t))))(x),
    "of what reads numbers of a symbol": () => n.grad((t: Tensor) => n.mul(t, n.item(t)))(n.input("rate", [])),
  },
  valueAndGrad: {
    "of no function": () => n.valueAndGrad(wrong(x)),
    "by an argument that is not given": () => n.valueAndGrad(total, { wrt: wrong(1) })(x),
    "of a vector": () => n.valueAndGrad((t: Tensor) => n.square(t))(x),
  },
  vjp: {
    "of a function that promises": () =>
      n.vjp(
        wrong(async (t: Tensor) => t),
        x,
      ),
    "of a function that returns numbers in a record": () =>
      n.vjp(
        wrong((t: Tensor) => ({ t, n: 3 })),
        x,
      ),
    "without an argument": () => n.vjp(total, wrong(undefined)),
    "with no cotangent": () => n.vjp(total, x).pullback(wrong(undefined)),
    "with a number for a cotangent": () => n.vjp(total, x).pullback(wrong(1)),
    "with a cotangent of one axis too many": () => n.vjp(total, x).pullback(tensor([1])),
    "with one cotangent of two": () => n.vjp((t: Tensor) => [t, t], x).pullback([x]),
    "with a tensor where the value is a record": () => n.vjp((t: Tensor) => ({ t }), x).pullback(wrong(x)),
    "with a cotangent of another shape in a record": () => n.vjp((t: Tensor) => ({ a: { b: t } }), x).pullback({ a: { b: W } }),
  },
  jvp: {
    "with several arguments": () => (n.jvp as unknown as (...given: readonly unknown[]) => unknown)(total, x, x, x),
    "without a tangent": () => n.jvp(total, x, wrong(undefined)),
    "with an array of numbers for a tangent": () => n.jvp(total, x, wrong([1, 0])),
    "with a tangent of another shape in a record": () => n.jvp((p: { readonly a: readonly Tensor[] }) => n.sum(p.a[0] as Tensor), { a: [x] }, { a: [W] }),
    "with a tangent that has fewer layers": () => n.jvp((p: readonly Tensor[]) => n.sum(p[0] as Tensor), [x, x], [x]),
    "with a tangent that is a record where the argument is a list": () =>
      n.jvp(
        wrong((p: readonly Tensor[]) => n.sum(p[0] as Tensor)),
        [x] as never,
        { 0: x } as never,
      ),
    "of a function that gives a number": () =>
      n.jvp(
        wrong(() => 3),
        x,
        x,
      ),
    "of a function that promises": () =>
      n.jvp(
        wrong(async (t: Tensor) => t),
        x,
        x,
      ),
  },
  jacobian: {
    "of a record": () => n.jacobian(wrong((t: Tensor) => ({ t })))(x),
    "of a function that promises": () => n.jacobian(wrong(async (t: Tensor) => t))(x),
    "by a number": () => n.jacobian((t: Tensor) => t)(wrong(3)),
    "in chunks that are text": () => n.jacobian((t: Tensor) => t, { chunk: wrong("2") }),
    "with null for the options": () => n.jacobian((t: Tensor) => t, wrong(null)),
    "with a misspelt option": () => n.jacobian((t: Tensor) => t, wrong({ modes: "forward" })),
    "forwards, through a rule that goes backwards": () => n.jacobian((t: Tensor) => own({})(t), { mode: "forward" })(x),
  },
  hessian: {
    "of no function": () => n.hessian(wrong(3)),
    "of a function that promises": () => n.hessian(wrong(async (t: Tensor) => t))(x),
    "through a rule that goes backwards": () => n.hessian((t: Tensor) => n.sum(n.square(own({})(t))))(x),
  },
  hvp: {
    "of no function": () => n.hvp(wrong(undefined)),
    "without a direction": () => n.hvp(total)(x, wrong(undefined)),
    "along a direction of another structure": () => n.hvp((p: { readonly a: Tensor }) => n.sum(p.a))({ a: x }, wrong({ b: x })),
    "of a vector": () => n.hvp((t: Tensor) => n.square(t))(x, x),
  },
  vmap: {
    "with a number for over": () => n.vmap(total, { over: wrong(0) }),
    "with positions for over": () => n.vmap(total, { over: wrong([0]) }),
    "with another library's name for over": () => n.vmap(total, wrong({ in_axes: 0 })),
    "with null for the options": () => n.vmap(total, wrong(null)),
    "without an argument": () => (n.vmap(total) as () => unknown)(),
    "over a scalar in a record": () => n.vmap((p: { readonly a: Tensor; readonly b: Tensor }) => n.add(p.a, p.b))({ a: x, b: tensor(1) }),
    "over a record of two sizes": () => n.vmap((p: { readonly a: Tensor; readonly W: Tensor }) => n.add(n.sum(p.a), n.sum(p.W)))({ a: tensor([1, 2, 3]), W }),
    "over numbers": () => n.vmap(wrong(total))([1, 2] as never),
    "of a function that promises": () => n.vmap(wrong(async (t: Tensor) => t))(x),
    "of a function that gives nothing": () => n.vmap(wrong(() => undefined))(x),
    "reading nested numbers inside": () => n.vmap((t: Tensor) => tensor(n.nested(t)))(W),
    "branching inside": () => n.vmap((t: Tensor) => (n.item(n.sum(t)) > 0 ? t : n.neg(t)))(W),
    "reading numbers inside, in a gradient": () => n.vmap(n.grad((t: Tensor) => n.mul(n.sum(t), n.values(t)[0] as number)))(W),
    "adding shapes that do not fit for one example": () => n.vmap((t: Tensor) => n.add(t, tensor([1, 2])))(W),
    "with an index out of range for one example": () => n.vmap((at: Tensor) => n.take(x, { indices: at, axis: 0 }))(tensor([0, 5])),
    "choosing by a key that is mapped over": () => n.vmap((k: Tensor) => n.uniform(wrong(k), { shape: [2] }))(W),
  },
  customGradient: {
    "of nothing": () => n.customGradient(wrong(undefined)),
    "without a name": () => own({ name: undefined }),
    "named by a number": () => own({ name: 3 }),
    "with a jvp that is none": () => own({ jvp: 3 }),
    "whose value is a promise": () => own({ f: async (a: Tensor) => a })(x),
    "whose value reads numbers": () => own({ f: (a: Tensor) => tensor(n.values(a)) })(x),
    "whose vjp gives one tensor, not a list": () => n.grad((t: Tensor) => n.sum(own({ vjp: (g: Tensor) => g })(t)))(x),
    "whose vjp gives one gradient too many": () => n.grad((t: Tensor) => n.sum(own({ vjp: (g: Tensor) => [g, g] })(t)))(x),
    "whose vjp gives none": () => n.grad((t: Tensor) => n.sum(own({ vjp: () => [] })(t)))(x),
    "whose vjp gives nothing": () => n.grad((t: Tensor) => n.sum(own({ vjp: () => undefined })(t)))(x),
    "whose vjp promises": () => n.grad((t: Tensor) => n.sum(own({ vjp: async (g: Tensor) => [g] })(t)))(x),
    "whose jvp gives nothing": () => n.jvp((t: Tensor) => own({ jvp: () => undefined })(t), x, x),
    "of no tensor": () => own({})(wrong("x")),
  },
  checkpoint: {
    "of a function that promises": () => n.checkpoint(wrong(async (t: Tensor) => t))(x),
    "of a function that gives a list": () => n.checkpoint(wrong((t: Tensor) => [t]))(x),
    "of a function that reads numbers": () => n.checkpoint((t) => n.mul(t, n.item(n.sum(t))))(x),
    "of no tensor": () => n.checkpoint((t) => t)(wrong({})),
  },
  composite: {
    "of nothing": () => n.composite(wrong(undefined)),
    "whose expansion is a number": () => n.composite({ name: "mine", expand: () => wrong(5) })(x),
    "whose expansion promises": () => n.composite({ name: "mine", expand: wrong(async (t: Tensor) => t) })(x),
    "of no tensor": () => n.composite({ name: "mine", expand: (t) => t })(wrong(undefined)),
  },
  "record, diagnose, checkGradient, countOperations": {
    "a record of no function": () => n.record(wrong(x)),
    "a record of a promise": () =>
      n.record(
        wrong(async (t: Tensor) => n.sum(t)),
        x as never,
      ),
    "a record of a symbol": () => n.record(total, n.input("s", [2])),
    "a diagnosis of a vector": () => n.diagnose((t: Tensor) => n.square(t), x),
    "a diagnosis of a symbol": () => n.diagnose(total, n.input("s", [2])),
    "a diagnosis of a string": () => n.diagnose(wrong(total), "x" as never),
    "a check of a vector": () => n.checkGradient((t: Tensor) => n.square(t), x),
    "a check of a symbol": () => n.checkGradient(total, n.input("s", [2])),
    "a check that allows NaN": () => n.checkGradient(total, x, { relative: Number.NaN }),
    "a check with a misspelt option": () => n.checkGradient(total, x, wrong({ tolerance: 1 })),
    "a count of what reads numbers": () => n.countOperations((t: Tensor) => n.mul(t, n.item(n.sum(t))), x),
    "a count of a number": () =>
      n.countOperations(
        wrong(() => 3),
        x as never,
      ),
    "the steps of a tensor": () => n.steps(wrong(x)),
    "the steps of half a tape": () => n.steps(wrong({ nodes: [3], output: 0 })),
  },
  "reading and writing": {
    "the number in a number": () => n.item(wrong(3)),
    "the values of an array": () => n.values(wrong([1, 2])),
    "nothing nested": () => n.nested(wrong(undefined)),
    "a number as text": () => n.text(wrong(3)),
    "a formula in LaTeX of nothing": () => n.latex(wrong(null)),
    "names given by numbers": () => n.text(n.neg(n.input("s", [])), () => wrong(3)),
    "a scope without a function": () => n.scope("layer 1", wrong(undefined)),
    "a scope without a name": () => n.scope(wrong(undefined), () => x),
    "a scope over what goes on": () => n.scope("layer 1", async () => n.neg(x)),
    "debugging what goes on": () => n.debug(async () => n.neg(x)),
    "a tree mapped by a function of a tensor alone that is no op": () => n.treeMap({ a: x }, n.stopGradient),
    "a tree mapped by nothing": () => n.treeMap({ a: x }, wrong(undefined)),
    "two trees zipped by nothing": () => n.treeZip({ a: x }, { a: x }, wrong(undefined)),
    "two trees of unequal length": () => n.treeZip([x, x], [x], (a) => a),
    "the leaves of a number": () => n.treeLeaves({ a: { b: wrong(3) } }),
    "labels that are missing": () => n.oneHot(wrong(undefined), 3),
    "labels in a tensor": () => n.oneHot(wrong(x), 3),
  },
  "one transformation inside another": {
    "a gradient of a gradient of a vector": () => n.grad(wrong(n.grad(total)))(x),
    "a Hessian of a gradient": () => n.hessian(wrong(n.grad(total)))(x),
    "a product with the Hessian of one": () => n.hvp(wrong(n.hvp(total)))(x, x),
    "a tangent of a transformation that was not called": () => n.jvp(wrong(n.grad), x as never, x as never),
    "a gradient of a gradient's value": () => n.grad(wrong(n.grad(total)(x))),
    "a batch of pullbacks": () => n.vmap(wrong((t: Tensor) => n.vjp(total, t)))(W),
    "a batch of a value": () => n.vmap(wrong(n.sum(x))),
    "a gradient of a function of a function": () => n.grad(wrong((t: Tensor) => () => n.sum(t)))(x),
    "a checkpoint of a gradient that was not called": () => n.checkpoint(wrong(n.grad))(x),
    "a checkpoint of a checkpoint's value": () => n.checkpoint(wrong(n.checkpoint(total)(x))),
    "a tape of a gradient": () => n.record(wrong(n.grad(total)), x as never),
    "a product with a Hessian without a direction, inside a gradient": () => n.grad(wrong((t: Tensor) => n.sum(n.hvp(total)(t, wrong(undefined)))))(x),
  },
  "what a function gives": {
    "a promise, to a check": () =>
      n.checkGradient(
        wrong(async (t: Tensor) => n.sum(t)),
        x,
      ),
    "a promise, to a diagnosis": () =>
      n.diagnose(
        wrong(async (t: Tensor) => n.sum(t)),
        x as never,
      ),
    "a promise, to a count": () =>
      n.countOperations(
        wrong(async (t: Tensor) => n.sum(t)),
        x as never,
      ),
    "a promise, to a product with the Hessian": () => n.hvp(wrong(async (t: Tensor) => n.sum(t)))(x, x),
    "a promise, to a value with its gradient": () => n.valueAndGrad(wrong(async (t: Tensor) => n.sum(t)))(x),
    "steps of a generator": () => n.grad(wrong(function* steps(t: Tensor) { yield n.sum(t); }))(x), // prettier-ignore
    "nothing, to a check": () =>
      n.checkGradient(
        wrong(() => undefined),
        x,
      ),
    "a list, to a diagnosis": () =>
      n.diagnose(
        wrong((t: Tensor) => [t]),
        x as never,
      ),
    "a record, to a Hessian": () => n.hessian(wrong((t: Tensor) => ({ t })))(x),
    "a number, to a product with the Hessian": () => n.hvp(wrong(() => 3))(x, x),
    "text, to a Jacobian": () => n.jacobian(wrong(() => "x"))(x),
    "null, to a pullback": () =>
      n.vjp(
        wrong(() => null),
        x,
      ),
    "the sine of numbers": () => n.grad(wrong((t: Tensor) => Math.sin(wrong(t))))(tensor(1)),
    "a rule's gradient by an operator": () => n.grad((t: Tensor) => n.sum(own({ vjp: (g: Tensor) => [wrong(g) * 2] })(t)))(x),
    "a rule's tangent in a list": () => n.jvp((t: Tensor) => own({ jvp: (dx: readonly Tensor[]) => dx })(t), x, x),
  },
  "what a function is given": {
    "a typed array": () => n.grad(wrong(total))(wrong(Float64Array.of(1, 2))),
    "a number": () => n.grad(wrong(total))(wrong(3)),
    "a big integer": () => n.grad(wrong(total))(wrong(3n)),
    "null": () => n.grad(wrong(total))(wrong(null)), // prettier-ignore
    "nested numbers, for a product with the Hessian": () => n.hvp(total)(wrong([1, 2]), wrong([1, 0])),
    "a typed array for a cotangent": () => n.vjp((t: Tensor) => t, x).pullback(wrong(Float64Array.of(1, 2))),
    "a typed array of examples": () => n.vmap(wrong(total))(wrong(Float64Array.of(1, 2))),
    "an array to check by": () => n.checkGradient(wrong(total), wrong([1, 2])),
    "a promise for an operand": () => n.sum(wrong(Promise.resolve(x))),
    "what JSON gave": () => n.sum(wrong(JSON.parse(JSON.stringify({ W })))),
    "an entry by an index": () => n.add(wrong((wrong(x) as readonly Tensor[])[0]), 1),
    "the length of a tensor": () => (wrong(x) as { readonly length: number }).length,
    "a loop over the length": () => {
      for (let i = 0; i < (wrong(x) as readonly number[]).length; i++) return i;
      return undefined;
    },
    "a list made of a tensor": () => tensor(Array.from(wrong(x) as ArrayLike<number>)),
    "a function for the options of debug": () =>
      n.debug(
        () => x,
        wrong(() => 3),
      ),
    "no axis to take from": () => n.take(x, wrong({ indices: [0] })),
    "no indices to take": () => n.take(x, wrong({ axis: 0 })),
    "no equation": () => n.einsum([x], wrong({})),
    "an equation before the tensors": () => n.einsum(wrong("i->i"), wrong([x])),
  },
  "tensors kept from inside": {
    "a batch, read": () =>
      n.values(
        n.add(
          kept((keep) => n.vmap(keep)(W)),
          1,
        ),
      ),
    "a batch, in a gradient": () => n.grad((t: Tensor) => n.sum(n.add(t, n.sum(kept((keep) => n.vmap(keep)(W))))))(x),
    "a batch, in a Jacobian": () => n.jacobian((t: Tensor) => n.add(t, n.sum(kept((keep) => n.vmap(keep)(W)))))(x),
    "a batch, in a tangent": () => n.jvp((t: Tensor) => n.add(t, n.sum(kept((keep) => n.vmap(keep)(W)))), x, x),
    "a checkpoint, read": () => n.values(kept((keep) => n.checkpoint(keep)(x))),
    "a checkpoint, in a batch": () => n.vmap((t: Tensor) => n.add(t, n.sum(kept((keep) => n.checkpoint(keep)(x)))))(W),
    "a rule, read": () => n.item(n.sum(kept((keep) => own({ f: keep })(x)))),
    "JSON of one example": () => n.vmap((t: Tensor) => tensor(JSON.parse(JSON.stringify(t)) as number))(x),
    "a branch on one example": () => n.vmap((t: Tensor) => (wrong(t) > 0 ? t : n.neg(t)))(x),
  },
  "values and shapes": {
    "an array with holes": () => tensor(holes),
    "an array of big integers": () => tensor(wrong([1n])),
    "a typed array of big integers": () => tensor(wrong(BigInt64Array.of(1n))),
    "an array of truths": () => tensor(wrong([true, false])),
    "an array of dates": () => tensor(wrong([new Date(0)])),
    "an array that contains itself": () => {
      const circle: unknown[] = [];
      circle.push(circle);
      return tensor(wrong(circle));
    },
    "tensors in an array": () => n.mean(wrong([x, W])),
    "a typed array in place of a tensor": () => n.sum(wrong(Float64Array.of(1, 2))),
    "a tensor given another shape": () => tensor(wrong(x), [2, 1]),
    "an infinite shape": () => n.zeros([Number.POSITIVE_INFINITY]),
    "a shape with a hole": () => n.zeros(Object.assign(new Array<number>(2), { 0: 1 })),
    "a shape that no memory holds": () => n.ones([2 ** 20, 2 ** 20]),
    "copies that no memory holds": () => n.tile(x, { copies: 2 ** 40 }),
    "a range that no memory holds": () => n.arange(2 ** 50),
    "the smallest of nothing": () => n.min(n.zeros([0])),
    "the largest two of one": () => n.topK([1], { k: 2 }),
    "a product of one tensor by null": () => n.pow(x, wrong(null)),
    "the joining of one tensor": () => n.concat(wrong(x), { axis: 0 }),
    "the stacking of one tensor": () => n.stack(wrong(x), { axis: 0 }),
    "a contraction of one tensor": () => n.einsum(wrong(x), { equation: "i->" }),
    "padding without widths": () => n.pad(x, wrong({})),
    "tiling without copies": () => n.tile(x, wrong({})),
    "a new axis nowhere": () => n.expandDims(x, wrong({})),
    "axes that are no list": () => n.transpose(W, { axes: wrong("10") }),
  },
  "random numbers": {
    "a key that is a seed": () => n.uniform(wrong(1), { shape: [2] }),
    "a key that is a tensor": () => n.normal(wrong(x), { shape: [2] }),
    "a key of one word": () => n.bernoulli(wrong([1]), { shape: [2] }),
    "a key of text": () => n.permutation(wrong(["0", "1"]), 3),
    "a key below 0": () => n.splitKey([-1, 0]),
    "fewer keys than none": () => n.splitKey(key, -1),
    "more keys than words": () => n.splitKey(key, 2 ** 40),
    "a seed that is text": () => randomKey(wrong("1")),
    "a seed beyond the whole numbers": () => randomKey(2 ** 60),
    "bounds that are text": () => n.uniform(key, { shape: [1], low: wrong("0") }),
    "weights that are text": () => n.choice(key, 3, { count: 1, weights: wrong("abc") }),
    "weights that are all 0": () => n.choice(key, 3, { count: 1, weights: [0, 0, 0] }),
    "a permutation of fewer than none": () => n.permutation(key, -1),
  },
};

test("what is asked of a transformation in vain is refused in a sentence that says what to do", async () => {
  const sentences = Object.entries(misuses).map(([called, each]) => [called, told(each).map((sentence) => `  ${sentence}`)] as const);
  const bad = sentences.flatMap(([, each]) => each).filter((each) => !/^ .*\n {4}(?:Shape|Value|Trace|Gradient)Error: /.test(each) || /internal/.test(each));
  expect(bad).toEqual([]);
  await expect(`${sentences.flatMap(([called, each]) => [called, ...each]).join("\n")}\n`).toMatchFileSnapshot("transformations.txt");
});
