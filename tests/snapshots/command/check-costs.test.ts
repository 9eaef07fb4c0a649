import { run } from "@nabla/cli";
import { type ActivationName, type Comparison, type CostName, activations, costs } from "@nabla/mlp";
import { expect, test, vi } from "vitest";

// The command without the equations, which need not hold again for each cost.
vi.mock("@nabla/mlp", async (original) => ({ ...(await original<typeof import("@nabla/mlp")>()), textbookRows: [] }));

/** Outputs inside the domain of a cost with logarithms. Softmax over one neuron is 1 whatever its input, where log(1 - a) has no number. */
const inside = ["sigmoid 1", "sigmoid 3", "softmax 3"];
const above = [...inside, "softmax 1", "softplus 1", "softplus 3"];
const domains: Partial<Readonly<Record<CostName, readonly string[]>>> = {
  binaryCrossEntropy: inside,
  logLikelihood: inside,
  focal: inside,
  categoricalFocal: above,
  categoricalCrossEntropy: above,
  kullbackLeibler: above,
  poisson: above,
};

interface Printed {
  readonly networks: readonly { readonly comparison: Comparison }[];
}

test("nabla draw takes one class as the target of softmax outputs, where none is given", async () => {
  const said: string[] = [];
  const complain = (): void => undefined;
  const call = ["draw", "--network", "2-3-3", "--activations", "tanh,softmax", "--sample", "1,2", "--backward", "--format", "json"];
  expect(await run(call, { print: (text) => void said.push(text), complain })).toBe(0);
  const { nodes } = JSON.parse(said.join("\n")) as { readonly nodes: readonly { readonly name: string; readonly value: number[][] }[] };
  expect(
    nodes
      .find(({ name }) => name === "y")
      ?.value.flat()
      .toSorted(),
  ).toEqual([0, 0, 1]);
});

test.each(Object.keys(costs) as CostName[])("nabla check --cost %s compares it over every activation, or says why not", async (cost) => {
  for (const output of Object.keys(activations) as ActivationName[])
    for (const neurons of [1, 3]) {
      const sizes = `2-3-${neurons}`;
      const [said, complained]: string[][] = [[], []];
      const code = await run(["check", "--network", sizes, "--activations", `tanh,${output}`, "--cost", cost, "--json"], {
        print: (text) => void said?.push(text),
        complain: (text) => void complained?.push(text),
      });
      const call = `${sizes} tanh,${output}`;
      if (output === "step") expect([code, complained]).toEqual([2, [expect.stringMatching(/^nabla: --activations step: there is no gradient to check; /)]]);
      else if (domains[cost]?.includes(`${output} ${neurons}`) ?? true) {
        expect([call, code, complained]).toEqual([call, 0, []]);
        expect((JSON.parse(said?.join("\n") ?? "") as Printed).networks.map(({ comparison }) => comparison.agrees)).toEqual([true]);
      } else expect([call, code, complained]).toEqual([call, 2, [expect.stringMatching(/^nabla: compare: the cost \w+ is -?(NaN|Infinity) here, so /)]]);
    }
});
