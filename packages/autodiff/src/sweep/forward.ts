import { accumulate, times } from "../ops/arithmetic.ts";
import { floatMask } from "../ops/mask.ts";
import { type Tensor, apply, asRule, effectiveInputs, standingFor } from "../tensor.ts";
import { GradientError, type Trace } from "./trace.ts";

/** What the user called, of which all that goes forward now is a part. */
let called: string | undefined;

/** The forward sweep of `caller`: tangents of `outputs`, given those of the watched values by id. A missing tangent is zero. */
export function forward(caller: string, traced: Trace, seeds: ReadonlyMap<number, Tensor>, outputs: readonly Tensor[]): (Tensor | undefined)[] {
  const before = called;
  called ??= caller;
  try {
    return swept(traced, seeds, outputs);
  } finally {
    called = before;
  }
}

function swept(traced: Trace, seeds: ReadonlyMap<number, Tensor>, outputs: readonly Tensor[]): (Tensor | undefined)[] {
  const tangents = new Map(seeds);
  const records = traced.records || [...seeds.values()].some(({ tracked }) => tracked);
  asRule(records, () => {
    for (const node of traced.order) {
      if (tangents.has(node.id)) continue;
      const dx = effectiveInputs(node).map((input) => tangents.get(input.id) ?? 0);
      const tangent = standingFor(node, "derivative", () => pushed(node, dx));
      if (tangent !== undefined) tangents.set(node.id, tangent);
    }
  });
  return outputs.map(({ id }) => tangents.get(id));
}

/** The tangent of one node from those of its operands, 0 where an operand does not move. */
export function pushed(node: Tensor, dx: readonly (Tensor | 0)[]): Tensor | undefined {
  if (dx.every((each) => each === 0)) return undefined;
  if (node.via !== undefined) return dx[0] === 0 ? undefined : dx[0];
  const { op, inputs, attrs } = node;
  const { calculus } = op;
  let total: Tensor | undefined;
  switch (calculus.rule) {
    case "partials":
      dx.forEach((tangent, operand) => {
        const share = tangent === 0 ? undefined : times(calculus.partial(operand, node, inputs, attrs), tangent);
        if (share !== undefined) total = accumulate(total, share);
      });
      return total;
    case "multilinear":
      dx.forEach((tangent, operand) => {
        if (tangent === 0) return;
        const along = (t: Tensor): Tensor =>
          op.kind === "leaf"
            ? t
            : apply(
                op,
                inputs.map((input, which) => (which === operand ? t : input)),
                attrs,
              );
        total = accumulate(total, op.kind === "view" ? floatMask(tangent, along) : along(tangent));
      });
      return total;
    case "general": {
      if (calculus.jvp === undefined)
        throw new GradientError(`${called ?? "jvp"}: ${op.name} has a reverse rule only, so forward mode cannot pass it; give it a jvp, or use ${otherWay()}`);
      const tangent = calculus.jvp(dx, node, inputs, attrs);
      return tangent === 0 ? undefined : tangent;
    }
    case "constant":
    case "leaf":
      return undefined;
    case "expansion":
      throw new Error(`internal: ${op.name} has no expansion to go through`);
    default:
      return calculus satisfies never;
  }
}

/** What the user may call instead: only Jacobians and Hessians have a mode. */
function otherWay(): string {
  return called === "jacobian" || called === "hessian" ? '{ mode: "reverse" }' : "vjp or grad";
}
