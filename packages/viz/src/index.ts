export { type Cells, type Diagram, type DiagramEdge, type DiagramNode, DiagramError, type Equation, type Role } from "./diagram.ts";
export { type DotOptions, toDot } from "./dot.ts";
export { type TapePicture, fromTape } from "./from-tape.ts";
export { type NetworkPicture, networkDot } from "./network-picture.ts";
export { type Plot, type PlotOptions, type Series, plot } from "./plot.ts";
export { type Alternative, type PngOptions, toPng, toSvg } from "./render.ts";
export { type RoleStyle, type Theme, dark, light } from "./theme.ts";
