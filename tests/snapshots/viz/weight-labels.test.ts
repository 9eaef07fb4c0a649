import { network, pathSum, plainNetwork } from "@nabla/mlp";
import { fromNetwork, toDot } from "@nabla/viz";
import { expect, test } from "vitest";

interface Box {
  readonly id: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The boxes of labels, circles and biases, in inches, by DOT text. */
function boxes(dot: string): Box[] {
  const diameter = Number(/shape="circle" fixedsize="true" width="([\d.]+)"/.exec(dot)?.[1]);
  return [...dot.matchAll(/^ {2}"((?:w_|b_)?n\d+_\d+(?:_n\d+_\d+)?)" \[pos="([-\d.]+),([-\d.]+)!"([^\n]*)$/gm)].map(([, id = "", x, y, look = ""]) => {
    const number = (name: string): number => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(look)?.[1]);
    const label = /label="([^"]*)"/.exec(look)?.[1] ?? "";
    const [width, height] = id.startsWith("w_")
      ? [number("width"), number("height")]
      : id.startsWith("b_")
        ? [0.08 * label.length, 0.15]
        : [diameter, diameter];
    return { id, left: Number(x) - width / 2, right: Number(x) + width / 2, top: Number(y) + height / 2, bottom: Number(y) - height / 2 };
  });
}

function covered(all: readonly Box[]): string[] {
  const slack = 0.011; // positions are written in hundredths
  return all.flatMap((a, at) =>
    all.slice(at + 1).flatMap((b) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.top, b.top) - Math.max(a.bottom, b.bottom);
      return across > slack && down > slack ? [`${a.id} and ${b.id}`] : [];
    }),
  );
}

test.each([
  [3, 5, 5, 3],
  [4, 4, 4, 2],
  [5, 6, 5],
  [2, 3, 3, 1],
])("the weights of a %i-%i-%i-… network cover neither each other, nor a bias, nor a neuron", (...sizes) => {
  const layers = sizes.filter((size): size is number => typeof size === "number");
  const net = network({ sizes: layers, activations: layers.slice(1).map(() => "sigmoid" as const), key: 1 });
  const all = boxes(toDot(fromNetwork(plainNetwork(net, Array<number>(layers[0] ?? 0).fill(1)))));
  const count = layers.slice(1).reduce((sum, size, l) => sum + size * (layers[l] ?? 0) + size, 0);
  expect(all).toHaveLength(count + layers.reduce((sum, size) => sum + size, 0));
  expect(covered(all)).toEqual([]);
});

test("nor do the factors of all paths through a 3-5-5-3 network", () => {
  const net = network({ sizes: [3, 5, 5, 3], activations: ["sigmoid", "sigmoid", "sigmoid"], key: 1 });
  const paths = pathSum(net, "quadratic", [[1, 2, 3]], [[1, 0, 0]], { layer: 1, to: 0, from: 1 });
  expect(covered(boxes(toDot(fromNetwork({ ...plainNetwork(net, [1, 2, 3]), paths }))))).toEqual([]);
});

test("where two labels share a place, this test says so", () => {
  const box = { left: 0, right: 1, top: 1, bottom: 0 };
  expect(covered([{ ...box, id: "a" }, { ...box, id: "b" }])).toEqual(["a and b"]); // prettier-ignore
});
