export { contrast } from "./colour.ts";
export { describe } from "./describe.ts";
export { DiagramError } from "./diagram-error.ts";
export {
  type Bar,
  type Cells,
  type Diagram,
  type DiagramEdge,
  type DiagramNode,
  type Equation,
  type GradientRow,
  type Line,
  type Place,
  type Role,
} from "./diagram.ts";
export { type DotOptions, toDot } from "./dot.ts";
export { type FoldOptions, foldGroups } from "./groups.ts";
export { type TracedPicture, fromGraph } from "./from-graph.ts";
export { type GraphPicture } from "./from-steps.ts";
export { fromTape } from "./from-tape.ts";
export { type Column, type Connection, type NetworkDiagram, type Neuron } from "./network-diagram.ts";
export { type Highlight, type NetworkPicture } from "./network-options.ts";
export { fromNetwork } from "./network-picture.ts";
export { type Path, pathsOf } from "./paths.ts";
export { type WeightPaths, type WrittenPath } from "./weight-paths.ts";
export { numeral, numerals, subscript, superscript } from "./numerals.ts";
export { type PlotOptions } from "./canvas.ts";
export { type Confusion, confusionMatrix } from "./confusion-matrix.ts";
export { type Decision, decisionBoundary } from "./decision-boundary.ts";
export { type FunctionPanel, type Functions, functionPlot } from "./function-plot.ts";
export { checkDiagram } from "./picture.ts";
export { fromJson, toJson } from "./json.ts";
export { type Curves, type Series, trainingCurve } from "./plot.ts";
export { toText } from "./text.ts";
export { type WeightImages, weightImages } from "./weight-images.ts";
export { type Alternative, type PngOptions, toPng, toSvg } from "./render.ts";
export { type PageOptions, toHtml } from "./page/graph-page.ts";
export { type CheckedLine, type ComparedPage, type ReportOptions, comparisonHtml } from "./page/comparison-page.ts";
export { type RoleStyle, type Theme, type ThemeName, dark, light } from "./theme.ts";
export { type Words } from "./wording.ts";
