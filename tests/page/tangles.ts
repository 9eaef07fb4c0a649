import { type Tensor, add, input, matmul, mul, scope, sum, tanh } from "@nabla/autodiff";

/** Numbers below 1 by a linear congruence, the same in every run. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Graphs of thousands of steps that are no chains. */
export const tangles: Readonly<Record<string, () => Tensor>> = {
  "a hundred scopes with random arrows between them": () => {
    const random = draws(1);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const all: Tensor[] = [input("x", [])];
    for (let block = 1; block <= 100; block++) {
      scope(`block ${block}`, () => {
        const mine: Tensor[] = [];
        for (let step = 0; step < 50; step++) {
          const left = step > 0 && random() < 0.8 ? pick(mine) : pick(all);
          const right = random() < 0.1 ? pick(all) : (mine.at(-1) ?? pick(all));
          mine.push(pick([add, mul])(left, tanh(right)));
        }
        all.push(...mine);
      });
    }
    return all.at(-1) as Tensor;
  },
  "500 layers with skips": () => {
    const layers: Tensor[] = [input("x", [8])];
    for (let at = 0; at < 500; at++) {
      layers.push(
        scope(`layer ${at + 1}`, () => {
          const before = layers.at(-1) as Tensor;
          const skipped = at >= 2 ? add(before, layers.at(-3) as Tensor) : before;
          const far = at % 50 === 49 ? add(skipped, layers[at - 40] as Tensor) : skipped;
          return tanh(add(matmul(input(`W${at}`, [8, 8]), far), input(`b${at}`, [8])));
        }),
      );
    }
    return sum(layers.at(-1) as Tensor);
  },
  "10,000 random steps": () => {
    const random = draws(7);
    const all: Tensor[] = [0, 1, 2, 3].map((at) => input(`x${at}`, []));
    const pick = (from: readonly Tensor[]): Tensor => from[Math.floor(random() * from.length)] as Tensor;
    for (let step = 0; step < 10_000; step++) {
      const last = all.at(-1) as Tensor;
      all.push(random() < 0.5 ? add(pick(all), last) : mul(tanh(last), pick(all.slice(-200))));
    }
    return all.at(-1) as Tensor;
  },
};
