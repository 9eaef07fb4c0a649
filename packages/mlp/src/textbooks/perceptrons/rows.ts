import { type Row } from "../row.ts";
import { deltaRows } from "./deltas.ts";
import { functionRows } from "./functions.ts";
import { learningRows } from "./learning.ts";
import { neuronRows } from "./neuron.ts";
import { obstacleRows } from "./obstacles.ts";
import { pathRows } from "./paths.ts";

const order = (id: string): number => Number(/\d+/.exec(id)?.[0]);

/** Neural Networks, the text on multilayer perceptrons, in reading order. */
export const perceptrons: readonly Row[] = [...functionRows, ...deltaRows, ...learningRows, ...neuronRows, ...obstacleRows, ...pathRows].toSorted(
  (p, q) => order(p.id) - order(q.id),
);
