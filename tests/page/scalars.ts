import { type Tape, type Tensor, add, mul, record, square, sub, sum, tanh, tensor } from "@nabla/autodiff";

/** A network of which every weight is a tensor of its own, with a name, and nothing else has one. */
export function scalars(sizes: readonly number[], shape: readonly [] | readonly [1, 1] = []): Tape {
  let drawn = 0;
  const one = (): Tensor => {
    drawn += 1;
    const entry = ((0.137 + 0.618034 * drawn) % 1) - 0.5;
    return tensor(shape.length === 0 ? entry : [[entry]]);
  };
  const inputs = Array.from({ length: sizes[0] ?? 0 }, one);
  const layers = sizes.slice(1).map((outputs, l) => ({ outputs, l, width: sizes[l] ?? 0 }));
  const weights: Readonly<Record<string, Tensor>> = Object.fromEntries(
    layers.flatMap(({ outputs, l, width }) =>
      Array.from({ length: outputs }, (_, j) => [
        [`b${l + 1}_${j}`, one()] as const,
        ...Array.from({ length: width }, (__, k) => [`w${l + 1}_${j}${k}`, one()] as const),
      ]).flat(),
    ),
  );
  return record((p: typeof weights) => {
    const outputs = layers.reduce(
      (a, { outputs: count, l }) =>
        Array.from({ length: count }, (_, j) =>
          tanh(a.reduce((z, each, k) => add(z, mul(p[`w${l + 1}_${j}${k}`] as Tensor, each)), p[`b${l + 1}_${j}`] as Tensor)),
        ),
      inputs,
    );
    const cost = square(sub(outputs[0] as Tensor, 1));
    return shape.length === 0 ? cost : sum(cost);
  }, weights);
}
