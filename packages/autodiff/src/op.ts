import { type Kernel } from "./kernel.ts";
import { type Attrs } from "./kernel/dense.ts";
import { type Shape } from "./shape.ts";

/**
 * One value of a computation: how it was made and, once known, what it is. Immutable. The tape, the traced graph, the symbolic formula
 * and the source of a drawing are all this one structure.
 */
export interface Tensor {
  /** Order of creation, so sorting by it is a topological order. */
  readonly id: number;
  readonly op: Op;
  /** Operands; empty for a leaf and for an untracked result, which forgets them at birth. */
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
  readonly shape: Shape;
  /** Depends on a watched value or on a symbolic input. */
  readonly tracked: boolean;
  /** Present when every leaf below is concrete. Row-major; the tensor's own array, which nobody may write to. `values` copies it. */
  readonly data: Float64Array | undefined;
  readonly name: string | undefined;
  /** The scope it was made in, such as "layer 1". */
  readonly scope: string | undefined;
  /** Another node of the same real value that sweeps and compilers go through: the rounding-safe twin, or a composite's expansion. */
  readonly via: Tensor | undefined;
  /** What an untracked result was made by, over bare data and a bounded number of levels deep, so that identities still find it. */
  readonly recall: Recall | undefined;
  /** The reverse sweep over a symbolic graph that made it. */
  readonly sweep: Sweep | undefined;
  /** The tensor in one line, as a console shows it. */
  toString(): string;
}

/** A reverse sweep over a symbolic graph, so that pictures can tell the backward pass from the forward one. */
export interface Sweep {
  /** 1 for a gradient, 2 for the gradient of a gradient. */
  readonly order: number;
  /** What was differentiated. */
  readonly outputs: readonly Tensor[];
  /** The adjoint of every node that it passed, twins among them; none where nothing flows. */
  readonly adjoints: ReadonlyMap<Tensor, Tensor>;
  /**
   * What a node hands on to an operand as a formula over the names given: the partial for an elementwise op (`b`, `σ′(z)`, `1`), and for others
   * the map itself with `·` in place of the adjoint (`Wᵀ ·`).
   */
  localDerivative(t: Tensor, slot: number, naming: (t: Tensor) => string | undefined): string;
}

/** How a value was made. */
export interface Definition {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
}

/** A definition seen through wrappers (views, sign changes, names) that were applied on top of it. */
export interface Recall extends Definition {
  readonly wrappers: Wrapper | undefined;
  /** How many levels are remembered, this one among them; 0 where no more than that there was something. */
  readonly depth: number;
  /** An exponential is below, so that logarithms and quotients may know more. */
  readonly exponential: boolean;
}

/** One wrapper, outermost first; `below` is the one applied before it. */
export interface Wrapper {
  readonly op: Op;
  readonly attrs: Attrs;
  /** The operands after the wrapped one, such as the indices of a take. */
  readonly rest: readonly Tensor[];
  readonly below: Wrapper | undefined;
}

/** A partial derivative where `mask` is not 0, and a zero that is meant elsewhere. */
export interface Masked {
  readonly mask: Tensor;
  readonly partial: Tensor | 1 | -1;
}

/** The local derivative of an elementwise op: a tensor, or a value so common that it deserves no node. */
export type Partial = Tensor | Masked | 0 | 1 | -1;

/** How an op differentiates, as data: vjp and jvp both follow from each form. Rules are written in ops, so gradients differentiate again. */
export type Calculus<A extends Attrs = Attrs> =
  | { readonly rule: "partials"; partial(operand: number, y: Tensor, x: readonly Tensor[], attrs: A): Partial }
  | { readonly rule: "multilinear"; adjoint(operand: number, g: Tensor, x: readonly Tensor[], attrs: A): Tensor }
  | {
      readonly rule: "general";
      vjp(operand: number, g: Tensor, y: Tensor, x: readonly Tensor[], attrs: A): Tensor | 0;
      /** 0 where an operand does not move; at least one does. */
      jvp?(dx: readonly (Tensor | 0)[], y: Tensor, x: readonly Tensor[], attrs: A): Tensor | 0;
    }
  | { readonly rule: "expansion"; expand(x: readonly Tensor[], attrs: A): Tensor }
  | { readonly rule: "constant" }
  | { readonly rule: "leaf" };

/** How an op is written. `precedence`: 1 sum, 2 product, 3 sign, 4 power, 5 postfix, 6 call or name. */
export interface Notation<A extends Attrs = Attrs> {
  text(operands: readonly string[], attrs: A): string;
  latex(operands: readonly string[], attrs: A): string;
  readonly precedence: number;
  /** The least precedence that each operand may have without parentheses; the last entry serves for all that follow. What is written
   * as its operand alone binds as that operand does. */
  readonly operands: readonly number[];
}

/** Everything there is to know about an operation, in one place. */
export type Op<A extends Attrs = Attrs> = Kernel<A> & {
  readonly name: string;
  readonly notation: Notation<A>;
  readonly calculus: Calculus<A>;
  /** The result's shape. Throws ShapeError naming the operands. */
  shape(x: readonly Tensor[], attrs: A): Shape;
  /** The expansion in ops that explains a composite, also where it has a kernel and a rule of its own. */
  expand?(x: readonly Tensor[], attrs: A): Tensor;
  /** A node of the same real value that keeps the digits which this op would lose on these operands. It asks them what is `known`. */
  twin?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** Exact forms of functions of this op's result. */
  readonly known?: Known<A>;
  /** Whether identities look for this op on these operands: its untracked results then keep `recall`. "masks" are kept inside sweeps too. */
  readonly recalled?: "masks" | ((x: readonly Tensor[]) => boolean);
  /** Its result is positive and may leave the range of numbers, while its logarithm, which is `known`, does not. */
  readonly exponential?: boolean;
  /** Identities look through it to its first operand: views and names keep every value, "sign" changes the sign of all. */
  readonly wrapper?: "view" | "sign";
  /** What to do when the result is NaN or infinite, for a diagnosis. */
  readonly advice?: string;
  /** Its operand is a symmetric matrix, and it differentiates among symmetric ones only. */
  readonly symmetric?: boolean;
  /** What of it is made of the user's own ops, so that who looks for a fault looks inside: the value alone, or its derivative too. */
  readonly holds?: "value" | "derivative";
};

/**
 * What is known exactly of functions of a result y, given how y was made; undefined where nothing better than the plain formula is.
 * An outer op asks, the inner op answers, so that an identity is written once for all the ways in which people write it.
 */
export interface Known<A extends Attrs = Attrs> {
  log?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  exp?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  square?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 - y */
  complement?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 - y^2 */
  squareComplement?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** log(-y) */
  logNegative?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** log(1 + y) */
  log1p?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** log(1 - y) */
  log1m?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 / y */
  reciprocal?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** 1 / (1 + y) */
  logistic?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** y / total, where y is one of the terms of the total */
  share?(y: Tensor, total: Tensor): Tensor | undefined;
  /** above - y, where y, under the views of `rewrap`, was made of `above` */
  below?(x: readonly Tensor[], attrs: A, above: Tensor, rewrap: (core: Tensor) => Tensor): Tensor | undefined;
  /** 1 + y */
  successor?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** u with y = u^2 */
  base?(x: readonly Tensor[], attrs: A): Tensor | undefined;
  /** x where y is a logarithm of x, so that a constant 0 times y is a zero that is meant, also at x = 0 */
  argument?(x: readonly Tensor[], attrs: A): Tensor | undefined;
}

/** Somebody who sees every tensor at its birth. */
export interface Observer {
  made(t: Tensor): void;
  /** An op is applied by `make`; what its twin, its expansion or its kernel makes is made inside. */
  applied(definition: Definition, make: () => Tensor): Tensor;
  /** What `f` makes is made by the rule of `t`, or in its place. */
  standing<R>(t: Tensor, as: "derivative" | "copy", f: () => R): R;
  /** It is differentiated, and may be dropped for its derivative. */
  differentiated(t: Tensor): void;
}
