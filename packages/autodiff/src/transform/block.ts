import { ancestors } from "../graph.ts";
import { returned } from "../ops/like.ts";
import { type Shape } from "../shape.ts";
import { type Tensor, apply, asUser, effectiveInputs, endTrace, standingFor, symbol } from "../tensor.ts";

/** A function of tensors as its graph, which can be run on other operands. */
export interface Block {
  readonly shape: Shape;
  /** What the function uses from outside and a derivative could flow to: operands that nobody handed over. */
  readonly captured: readonly Tensor[];
  /** The result on the operands, those handed over first and the captured ones behind them. */
  run(operands: readonly Tensor[]): Tensor;
}

/**
 * Traces `f` on symbols of the shapes of `x`.
 *
 * Throws ValueError when f gives no tensor, TraceError when it reads numbers.
 */
export function blockOf(caller: string, f: (...x: readonly Tensor[]) => Tensor, x: readonly Tensor[]): Block {
  // A symbol is made after everything that f can find outside.
  const since = symbol("start", []).id;
  const symbols = x.map(({ name, shape }, at) => symbol(name ?? `argument ${at}`, shape));
  const result: Tensor = returned(
    caller,
    "f",
    asUser(() => f(...symbols)),
  );
  endTrace(caller, symbols);
  const inner = ancestors([result], since);
  const outside = [result, ...inner.flatMap(effectiveInputs)].filter(({ tracked, id }) => tracked && id < since);
  const captured = [...new Set(outside)];
  const given = [...symbols, ...captured];
  return {
    shape: result.shape,
    captured,
    run: (operands) => {
      const found = new Map(given.map((each, at) => [each, operands[at] as Tensor]));
      const of = (each: Tensor): Tensor => found.get(each) ?? each;
      for (const node of inner) {
        if (found.has(node)) continue;
        const inputs = effectiveInputs(node).map(of);
        // A twin or an alias is what it stands for.
        const alias = node.via !== undefined || node.op.kind === "leaf";
        const copied = (): Tensor => apply(node.op, inputs, node.attrs, node.name);
        found.set(node, alias && inputs[0] !== undefined ? inputs[0] : standingFor(node, "copy", copied));
      }
      return of(result);
    },
  };
}
