import { type Tree } from "@nabla/autodiff";

/** A way to run a function of tensors; what every group computes goes through it. */
export interface Engine {
  readonly name: string;
  evaluate<A extends Tree, R>(f: (inputs: A) => R, inputs: A): R;
}

/** Every op runs when it is called. */
export const eager: Engine = { name: "eager", evaluate: (f, inputs) => f(inputs) };

export const engines: readonly Engine[] = [eager];
