import { type Cells, type Diagram, type DiagramNode } from "./diagram.ts";
import { colour, markup } from "./escape.ts";
import { numerals } from "./numerals.ts";
import { type RoleStyle, type Theme, mix } from "./theme.ts";

/** A larger block shows its corner and an ellipsis. */
const mostRows = 6;
const mostColumns = 6;

const plain = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"';

/** Coloured text of one size; Graphviz refuses an empty tag. */
export function font(text: string, color: string, points: number): string {
  return text === "" ? "" : `<FONT COLOR="${colour(color)}" POINT-SIZE="${points}">${text}</FONT>`;
}

/** The whole label of a box: header, value row at port v, gradient row at port g, equation with its verdict. */
export function boxLabel(node: DiagramNode, theme: Theme, largestGradient: number): string {
  const style = theme.roles[node.role];
  const mark = style.mark === "" ? "" : `${style.mark} `;
  const header = `<TR><TD COLSPAN="2"><TABLE ${plain} CELLPADDING="1"><TR><TD ALIGN="LEFT">${font(`${mark}<B>${markup(node.name)}</B>`, style.border, 13)}</TD><TD WIDTH="8"></TD><TD ALIGN="RIGHT">${font(markup(node.operation), theme.muted, 9)}</TD></TR></TABLE></TD></TR>`;
  const rows = [
    header,
    ...(node.value === undefined
      ? []
      : [
          band(
            "v",
            theme.cell,
            font(markup(node.shape), theme.muted, 9),
            block(node.value, theme.ink, () => undefined),
          ),
        ]),
    ...(node.gradient === undefined ? [] : [gradientBand(node.gradient, theme, largestGradient)]),
    ...(node.equation === undefined ? [] : [verdict(node.equation, theme)]),
  ];
  return `<${table(style)}${rows.join("")}</TABLE>>`;
}

function table({ border, fill, width, dashed }: RoleStyle): string {
  return `<TABLE BORDER="${width}" COLOR="${border}" BGCOLOR="${fill}" STYLE="ROUNDED${dashed ? ",DASHED" : ""}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">`;
}

/** One row of a box, inset so that its background does not cover the rounded corners. */
function band(port: string, background: string, left: string, right: string): string {
  return `<TR><TD PORT="${port}" COLSPAN="2" CELLPADDING="4"><TABLE ${plain} CELLPADDING="2" BGCOLOR="${background}"><TR><TD WIDTH="34" ALIGN="LEFT">${left}</TD><TD>${right}</TD></TR></TABLE></TD></TR>`;
}

function gradientBand({ symbol, value }: NonNullable<DiagramNode["gradient"]>, theme: Theme, largest: number): string {
  const left = font(markup(symbol), theme.backward, 10);
  if (value === undefined) return band("g", theme.tint[0], left, font("not computed", theme.muted, 9));
  const tint = (entry: number): string => mix(theme.tint[0], theme.tint[1], largest > 0 ? Math.sqrt(Math.abs(entry) / largest) : 0);
  return band("g", theme.tint[0], left, block(value, theme.backward, tint));
}

/** Numbers between two bars, right-aligned. */
function block(cells: Cells, color: string, background: (entry: number) => string | undefined): string {
  const cut = cells.length > mostRows || (cells[0]?.length ?? 0) > mostColumns;
  const shown = cells.slice(0, cut ? mostRows - 1 : mostRows).map((row) => row.slice(0, cut ? mostColumns - 1 : mostColumns));
  const texts = numerals(shown);
  const single = cells.length === 1 && cells[0]?.length === 1;
  const rows = shown.map((row, i) => {
    const entries = row.map((entry, j) => {
      const fill = background(entry);
      return `<TD ALIGN="RIGHT"${fill === undefined ? "" : ` BGCOLOR="${fill}"`}>${font(texts[i]?.[j] ?? "", color, 11)}</TD>`;
    });
    const more = row.length < (cells[i]?.length ?? 0) ? `<TD>${font("…", color, 11)}</TD>` : "";
    return `<TR>${entries.join("")}${more}</TR>`;
  });
  if (shown.length < cells.length) rows.push(`<TR><TD ALIGN="RIGHT">${font("⋮", color, 11)}</TD></TR>`);
  if (rows.length === 0) return font("empty", color, 9);
  return `<TABLE BORDER="${single ? 0 : 1}"${single ? "" : ` SIDES="LR" COLOR="${color}"`} CELLBORDER="0" CELLSPACING="1" CELLPADDING="2">${rows.join("")}</TABLE>`;
}

function verdict({ tag, rule, agrees }: NonNullable<DiagramNode["equation"]>, theme: Theme): string {
  const sign = agrees === undefined ? "" : agrees ? font("<B>✓</B>", theme.good, 10) : font("<B>✗</B>", theme.bad, 10);
  return `<TR><TD COLSPAN="2">${font(`${markup(tag)}  ${markup(rule)}   `, theme.muted, 9)}${sign}</TD></TR>`;
}

/** The largest size of a finite gradient entry: what the deepest tint stands for. */
export function largestGradient({ nodes }: Diagram): number {
  let largest = 0;
  for (const { gradient } of nodes)
    for (const row of gradient?.value ?? []) for (const entry of row) if (Number.isFinite(entry)) largest = Math.max(largest, Math.abs(entry));
  return largest;
}

/** Title, subtitle and a legend of the roles that occur, as the label of the whole graph. */
export function graphLabel(diagram: Diagram, theme: Theme): string {
  const roles = (Object.keys(theme.roles) as (keyof Theme["roles"])[]).filter((role) => diagram.nodes.some((node) => node.role === role));
  const swatch = (role: keyof Theme["roles"]): string => {
    const style = theme.roles[role];
    return `<TD>${table(style).replace('CELLPADDING="3"', 'CELLPADDING="1"')}<TR><TD WIDTH="22" HEIGHT="12">${font(style.mark === "" ? " " : style.mark, style.border, 9)}</TD></TR></TABLE></TD><TD ALIGN="LEFT">${font(`${style.label}   `, theme.muted, 10)}</TD>`;
  };
  const arrows = diagram.edges.some(({ direction }) => direction === "backward")
    ? [
        `<TD>${font("→", theme.forward, 14)}</TD><TD ALIGN="LEFT">${font("forward, label = shape   ", theme.muted, 10)}</TD>`,
        `<TD>${font("⇠", theme.backward, 14)}</TD><TD ALIGN="LEFT">${font("backward, label = local derivative   ", theme.muted, 10)}</TD>`,
        `<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>${[0, 0.5, 1].map((share) => `<TD WIDTH="12" HEIGHT="14" BGCOLOR="${mix(...theme.tint, share)}"></TD>`).join("")}</TR></TABLE></TD><TD ALIGN="LEFT">${font("gradient, small to large", theme.muted, 10)}</TD>`,
      ]
    : [];
  const legend = [...roles.map(swatch), ...arrows];
  const line = (text: string): string => `<TR><TD ALIGN="LEFT">${text}</TD></TR>`;
  const head = [
    ...(diagram.title === "" ? [] : [line(font(`<B>${markup(diagram.title)}</B>`, theme.ink, 17))]),
    ...(diagram.subtitle === "" ? [] : [line(font(markup(diagram.subtitle), diagram.subtitle.startsWith("✓") ? theme.good : theme.muted, 12))]),
  ];
  return `<<TABLE ${plain} CELLPADDING="3">${head.join("")}<TR><TD ALIGN="LEFT"><TABLE ${plain} CELLPADDING="2"><TR>${legend.join("")}</TR></TABLE></TD></TR><TR><TD HEIGHT="10"></TD></TR></TABLE>>`;
}
