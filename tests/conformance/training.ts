import { type Tensor, item, take, valueAndGrad } from "@nabla/autodiff";
import { type AdamOptions, type Optimiser, type Parameters, adaGrad, adam, adamW, descend, objective, rmsProp, sgd } from "@nabla/mlp";
import { type Checked, broken, compareNumber, compareTensor } from "./compare.ts";
import { type Engine } from "./engines.ts";
import { type Case, type ReferenceFile, recorded, toNumber, toleranceOf } from "./load.ts";
import { type NetworkAttrs, asColumn, build, costOf, rows } from "./networks.ts";
import { type Outcome, Skip } from "./report.ts";

type OptimiserAttrs = Readonly<Record<string, unknown>> & { readonly name: string };

interface Weights {
  readonly W: readonly unknown[];
  readonly b: readonly unknown[];
}

interface TrainingCase extends Case {
  readonly attrs: NetworkAttrs & { readonly optimizer: OptimiserAttrs };
  readonly W0: readonly unknown[];
  readonly b0: readonly unknown[];
  readonly X: unknown;
  readonly Y: unknown;
  readonly batches: readonly (readonly number[])[];
  readonly batchCosts: readonly unknown[];
  readonly costs: readonly unknown[];
  readonly first: Weights;
  readonly final: Weights;
}

/** Steps of an optimiser on given batches. */
export function runTraining(file: ReferenceFile, engine: Engine): Outcome[] {
  const tolerance = toleranceOf(file, { rtol: 1e-9, atol: 1e-11 });
  return file.cases.map((given) => ({
    name: given.name,
    run: () => {
      const each = given as TrainingCase;
      const net = build(each.attrs, each.W0, each.b0);
      const total = objective(net, costOf(each.attrs), each.attrs.lambda);
      const slope = valueAndGrad(total);
      const optimiser = optimiserOf(each.attrs.optimizer);
      const [x, y] = [rows(each.X), rows(each.Y)];
      let { parameters } = net;
      let state = optimiser.init(parameters);
      const checks: Checked[] = [];
      const checkWeights = (when: string, want: Weights, { layers }: Parameters): void => {
        const one = (what: string, got: Tensor | undefined, field: unknown): Checked => compareTensor(what, got, [recorded(field)], tolerance);
        want.W.forEach((W, l) => checks.push(one(`W of layer ${l + 1} ${when}`, layers[l]?.W, W)));
        want.b.forEach((b, l) => checks.push(one(`b of layer ${l + 1} ${when}`, asColumn(layers[l]?.b), b)));
      };
      each.batches.forEach((batch, step) => {
        const of = (t: Tensor): Tensor => take(t, { indices: { shape: [batch.length], data: batch }, axis: 0 });
        const { value, gradient } = engine.evaluate((g) => slope(g.parameters, g.x, g.y), { parameters, x: of(x), y: of(y) });
        checks.push(compareNumber(`batch cost of step ${step + 1}`, item(value), toNumber(each.batchCosts[step]), tolerance));
        ({ parameters, state } = descend(optimiser, gradient, state, parameters));
        const after = engine.evaluate((g) => total(g.parameters, g.x, g.y), { parameters, x, y });
        checks.push(compareNumber(`cost after step ${step + 1}`, item(after), toNumber(each.costs[step]), tolerance));
        if (step === 0) checkWeights("after step 1", each.first, parameters);
      });
      checkWeights("at the end", each.final, parameters);
      return broken(checks);
    },
  }));
}

/** Our optimiser with the hyper-parameters of the files, all of which are spelled out there. */
function optimiserOf(attrs: OptimiserAttrs): Optimiser {
  const number = (key: string): number => toNumber(attrs[key]);
  const flag = (key: string): boolean => attrs[key] === true;
  const common = { learningRate: number("lr"), weightDecay: number("weightDecay") };
  const moments = (): AdamOptions => ({ ...common, beta1: number("beta1"), beta2: number("beta2"), epsilon: number("eps"), amsgrad: flag("amsgrad") });
  switch (attrs.name) {
    case "SGD":
      return sgd({ ...common, momentum: number("momentum"), dampening: number("dampening"), nesterov: flag("nesterov") });
    case "Adam":
      return adam(moments());
    case "AdamW":
      return adamW(moments());
    case "RMSProp":
      return rmsProp({ ...common, alpha: number("alpha"), epsilon: number("eps"), momentum: number("momentum"), centered: flag("centered") });
    case "Adagrad":
      return adaGrad({ ...common, learningRateDecay: number("lrDecay"), initialAccumulator: number("initialAccumulatorValue"), epsilon: number("eps") });
    default:
      throw new Skip(`optimiser ${attrs.name} does not exist yet`);
  }
}
