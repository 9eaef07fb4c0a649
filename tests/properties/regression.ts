import { add, matmul, normal, randomKey, splitKey, tensor } from "@nabla/autodiff";
import { network } from "@nabla/mlp";

const [inputKey, noiseKey] = splitKey(randomKey(11)) as [ReturnType<typeof randomKey>, ReturnType<typeof randomKey>];

/** 53 noisy points of a plane, the data of the tests of training. */
export const x = normal(inputKey, { shape: [53, 3] });
export const y = add(matmul(x, tensor([[1], [-2], [0.5]])), normal(noiseKey, { shape: [53, 1], deviation: 0.3 }));
export const data = { x, y } as const;

/** The network that learns it. */
export const start = network({ sizes: [3, 4, 1], activations: ["tanh", "identity"], key: 1 });
