import { transpose } from "@nabla/autodiff";
import { forward, tapeDeltas } from "@nabla/mlp";
import { broken, compareNumber, compareScaled } from "./compare.ts";
import { type Case, type ReferenceFile, toNumber, toleranceOf } from "./load.ts";
import { type NetworkAttrs, asColumn, build, costOf, rows } from "./networks.ts";
import { type Outcome } from "./report.ts";

interface NetworkCase extends Case {
  readonly attrs: NetworkAttrs;
  readonly W: readonly unknown[];
  readonly b: readonly unknown[];
  readonly X: unknown;
  readonly Y: unknown;
  readonly z: readonly unknown[];
  readonly a: readonly unknown[];
  readonly delta: readonly unknown[];
  readonly cost: unknown;
  readonly dW: readonly unknown[];
  readonly db: readonly unknown[];
}

/** A network's pass, cost, deltas and gradients. */
export function runNetworks(file: ReferenceFile): Outcome[] {
  const tolerance = toleranceOf(file, { rtol: 1e-11, atol: 1e-13 });
  const costTolerance = toleranceOf(file, { rtol: 1e-12, atol: 0 });
  return file.cases.map((given) => ({
    name: given.name,
    run: () => {
      const each = given as NetworkCase;
      const net = build(each.attrs, each.W, each.b);
      const x = rows(each.X);
      const { z, a } = forward(net, x);
      const { value, deltas, gradients } = tapeDeltas(net, costOf(each.attrs), x, rows(each.Y), each.attrs.lambda);
      const columns = (t: (typeof z)[number] | undefined): typeof t => t && transpose(t);
      return broken([
        compareNumber("cost", value, toNumber(each.cost), costTolerance),
        ...each.z.map((want, l) => compareScaled(`z of layer ${l + 1}`, columns(z[l]), want, tolerance)),
        ...each.a.map((want, l) => compareScaled(`a of layer ${l + 1}`, columns(a[l + 1]), want, tolerance)),
        ...each.delta.map((want, l) => compareScaled(`delta of layer ${l + 1}`, columns(deltas[l]), want, tolerance)),
        ...each.dW.map((want, l) => compareScaled(`dW of layer ${l + 1}`, gradients.layers[l]?.W, want, tolerance)),
        ...each.db.map((want, l) => compareScaled(`db of layer ${l + 1}`, asColumn(gradients.layers[l]?.b), want, tolerance)),
      ]);
    },
  }));
}
