import { network, withParameters } from "@nabla/mlp";
import { type Diagram, type NetworkDiagram, type Theme, describe, toDot } from "@nabla/viz";

/** A picture of the documents: DOT text for Graphviz, or an SVG that we draw ourselves. */
export interface Picture {
  readonly label: string;
  readonly title: string;
  readonly description: string;
  readonly dot?: string;
  readonly svg?: string;
}

/** The network of most pictures. */
export const small = withParameters(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"] }), {
  layers: [
    {
      W: [
        [0.8, -0.5],
        [0.3, 0.9],
      ],
      b: [0.1, -0.2],
    },
    { W: [[1.2, -0.7]], b: [0.2] },
  ],
});

/** A diagram as a picture of the documents, with its description. */
export function drawn(label: string, picture: Diagram | NetworkDiagram, theme?: Theme): Picture {
  const { description = "" } = describe(picture);
  return { label, title: picture.title, description, dot: toDot(picture, theme === undefined ? {} : { theme }) };
}
