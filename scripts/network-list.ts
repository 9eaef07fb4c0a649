import { network, pathSum, plainNetwork } from "@nabla/mlp";
import { type NetworkDiagram, fromNetwork } from "@nabla/viz";
import { type Picture, drawn, small } from "./picture.ts";

/** The networks of the documents. */
export function networks(): Picture[] {
  const blank = (sizes: readonly number[]): string[][] => sizes.map((size) => Array.from({ length: size }, () => ""));
  const wide = network({ sizes: [12, 8, 3], activations: ["relu", "softmax"], key: 2 });
  return [
    drawn("network-2-2-1", fromNetwork({ ...plainNetwork(small, [0.6, -1]), title: "A 2-2-1 network with one example" })),
    drawn(
      "network-64-32-10",
      fromNetwork({
        sizes: [64, 32, 10],
        activations: ["relu", "softmax"],
        title: "A network for handwritten digits",
        subtitle: "8 × 8 pixels to 10 classes, 2,410 parameters",
      }),
    ),
    drawn(
      "network-weights",
      fromNetwork({
        sizes: [12, 8, 3],
        activations: ["relu", "softmax"],
        title: "Weights as colour, dash and width",
        weights: plainNetwork(wide).weights,
      }),
    ),
    drawn(
      "perceptron",
      fromNetwork({
        sizes: [3, 1],
        look: "ink",
        title: "A perceptron with three inputs",
        names: [["x₁", "x₂", "x₃"], [""]],
        weightNames: [[["w₁", "w₂", "w₃"]]],
        outputs: ["output"],
      }),
    ),
    drawn("network-3-3-1", fromNetwork({ sizes: [3, 3, 1], look: "ink", title: "One class: a 3-3-1 network", names: blank([3, 3, 1]), outputs: ["output"] })),
    drawn(
      "network-3-5-5-3",
      fromNetwork({
        sizes: [3, 5, 5, 3],
        look: "ink",
        title: "Three classes: a 3-5-5-3 network",
        names: blank([3, 5, 5, 3]),
        outputs: ["class 1", "class 2", "class 3"],
      }),
    ),
    drawn(
      "network-activations",
      fromNetwork({ sizes: [3, 5, 5, 3], inputLayer: 1, title: "The activations of a 3-5-5-3 network, the input layer counted as 1" }),
    ),
    drawn(
      "network-nielsen",
      fromNetwork({ sizes: [2, 2, 1], look: "ink", inputLayer: 1, weightNames: true, title: "Weights named as Nielsen names them", outputs: ["output"] }),
    ),
    drawn(
      "two-layers",
      fromNetwork({
        sizes: [4, 4],
        look: "ink",
        title: "From layer l to layer l + 1",
        subtitle: "zˡ⁺¹ⱼ = Σₖ wˡ⁺¹ⱼₖ aˡₖ + bˡ⁺¹ⱼ",
        captions: [
          ["layer l", "n = Nₗ nodes"],
          ["layer l + 1", "n = Nₗ₊₁ nodes"],
        ],
        names: [
          ["aˡ₁", "aˡ₂", "⋮", "aˡₙ"],
          ["zˡ⁺¹₁", "zˡ⁺¹₂", "⋮", "zˡ⁺¹ₙ"],
        ],
      }),
    ),
    drawn("network-paths", networkPaths()),
  ];
}

/** All four paths from w¹₁₁ to the cost of a 2-2-2-2 network. */
function networkPaths(): NetworkDiagram {
  const net = network({ sizes: [2, 2, 2, 2], activations: ["softplus", "softplus", "sigmoid"], key: 6 });
  const [x, y] = [[0.6, -1], [1, 0]]; // prettier-ignore
  const { sizes, weights, sample = [] } = plainNetwork(net, x);
  return fromNetwork({
    sizes,
    weights,
    sample,
    title: "The gradient of a weight is the sum over all paths from it to the cost",
    paths: pathSum(net, "quadratic", [x], [y], { layer: 1, to: 0, from: 0 }),
  });
}
