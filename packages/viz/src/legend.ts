import { type Diagram, type Role } from "./diagram.ts";
import { mix } from "./colour.ts";
import { colour, labelText } from "./escape.ts";
import { type LabelStyle, outline, tint } from "./html-label.ts";
import { textWidth } from "./font.ts";
import { font, plain } from "./html.ts";
import { type Row, meaningCell, pictureLabel, wrapped } from "./picture-label.ts";
import { type Theme } from "./theme.ts";

/** An entry of a legend: a small picture and what it means. */
interface Entry {
  readonly sign: string;
  readonly meaning: string;
}

/** Points of a sign with the cells around it. */
const signWidth = 46;
/** A box of the main line with the arrow before it, about. */
const boxWidth = 190;

/** Title, subtitle and legend of a graph. The legend lists what occurs. */
export function graphLabel(diagram: Diagram, { theme, dense }: Pick<LabelStyle, "theme" | "dense">): string {
  const boxes = diagram.nodes.filter(({ place }) => place.side === "line").length;
  const points = Math.max(420, boxes * boxWidth);
  const legend = wrapped(entries(diagram, theme, dense), points, widthOf).map((line): Row => ({
    width: widthOf(line),
    cells: (end) => [line.map((entry) => entryCells(entry, theme)).join("") + end],
  }));
  return pictureLabel(diagram, [], legend, points, theme);
}

function entries({ nodes, edges }: Diagram, theme: Theme, dense: boolean): Entry[] {
  const roles = (Object.keys(theme.roles) as Role[]).filter((role) => nodes.some((node) => node.role === role));
  const solid = edges.some(({ direction, adjoint }) => direction === "forward" && adjoint !== true);
  const sends = dense && edges.some(({ message = 0 }) => message > 0);
  const [back, on] = [!sends && edges.some(({ direction }) => direction === "backward"), edges.some(({ adjoint }) => adjoint === true)];
  const labelled = (direction: string, label: string): string => (dense ? direction : `${direction}, label = ${label}`);
  const barred = nodes.some(({ bars }) => bars !== undefined);
  const tinted =
    nodes.some(({ gradient, role }) => gradient?.value !== undefined && role !== "cost") && nodes.every(({ gradient }) => gradient?.formula === undefined);
  return [
    ...roles.map((role): Entry => {
      const { mark, border, label } = theme.roles[role];
      const swatch = `<TABLE ${outline(theme.roles[role])} CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR><TD WIDTH="22" HEIGHT="12">${font(mark === "" ? " " : labelText(mark), border, 9)}</TD></TR></TABLE>`;
      return { sign: swatch, meaning: label };
    }),
    ...(solid ? [{ sign: arrow(theme.forward, [24], "▸"), meaning: labelled("forward", "shape") }] : []),
    ...(sends ? [{ sign: lineSign(theme.backward, [24]), meaning: "colour and width: gradient sent back" }] : []),
    ...(back ? [{ sign: arrow(theme.backward, [5, 5, 5], "◂"), meaning: labelled("backward", "local derivative") }] : []),
    ...(on ? [{ sign: arrow(theme.backward, [5, 5, 5], "▸"), meaning: labelled("adjoint passed on", "local derivative") }] : []),
    ...(edges.some(({ marked }) => marked === true)
      ? [{ sign: arrow(sends ? theme.backward : theme.forward, [24], "▸", thick), meaning: "thick: path to the cost" }]
      : []),
    ...(barred ? [{ sign: lineSign(mix(theme.tint[1], theme.backward, 0.45), [24], 8), meaning: "bar = size of a gradient, ‖·‖" }] : []),
    ...(tinted ? [{ sign: tints(theme), meaning: "gradient size, small to large" }] : []),
  ];
}

/** Height of the line of a path that stands out. */
export const thick = 3;

/** A line with its head. */
export function arrow(color: string, pieces: readonly number[], head: "▸" | "◂", height: number = 1): string {
  const line = `<TD>${lineSign(color, pieces, height)}</TD>`;
  const tip = `<TD>${font(head, color, 14)}</TD>`;
  return `<TABLE ${plain} CELLPADDING="0"><TR>${head === "▸" ? line + tip : tip + line}</TR></TABLE>`;
}

/** A line of solid pieces with gaps, drawn with cells so that no font has a say in it. */
export function lineSign(color: string, pieces: readonly number[], height: number = 1): string {
  const piece = (width: number): string => `<TD WIDTH="${width}" HEIGHT="${height}" FIXEDSIZE="TRUE" BGCOLOR="${colour(color)}"></TD>`;
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0"><TR>${pieces.map(piece).join("")}</TR></TABLE>`;
}

function tints(theme: Theme): string {
  const cells = [0.04, 0.36, 1].map((share) => `<TD WIDTH="10" HEIGHT="11" BGCOLOR="${tint(theme, share)}"></TD>`);
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0"><TR>${cells.join("")}</TR></TABLE>`;
}

function entryCells({ sign, meaning }: Entry, theme: Theme): string {
  return `<TD>${sign}</TD>${meaningCell(meaning, theme)}`;
}

function widthOf(line: readonly Entry[]): number {
  return line.reduce((sum, { meaning }) => sum + signWidth + textWidth(`${meaning}    `, 10), 0);
}
