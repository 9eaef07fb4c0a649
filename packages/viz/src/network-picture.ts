import { DiagramError } from "./diagram.ts";
import { measure, markup, quoted } from "./escape.ts";
import { fontName } from "./dot.ts";
import { numeral, subscript, superscript } from "./numerals.ts";
import { type Theme, light } from "./theme.ts";

/** A fully connected network as it is drawn: columns of neurons. */
export interface NetworkPicture {
  /** Neurons per layer, inputs first. */
  readonly sizes: readonly number[];
  /** One per layer after the inputs, written under its column. */
  readonly activations?: readonly string[];
  readonly title?: string;
  /** Per layer the weights [n_out][n_in]: sign as colour and dash, size as width; numbers on the edges when they are few. */
  readonly weights?: readonly (readonly (readonly number[])[])[];
}

/** A layer above this many neurons shows the first three, an ellipsis, and the last two. */
const mostNeurons = 8;
const first = 3;
const last = 2;
/** More edges carry no numbers. */
const mostLabels = 60;

const columnGap = 2.4;
const rowGap = 0.72;
const diameter = 0.5;

/** A neuron that is drawn: its number in the layer, counted from 1, and where it stands in inches. */
interface Neuron {
  readonly id: string;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

interface Column {
  readonly neurons: readonly Neuron[];
  /** Neurons hidden behind the ellipsis. */
  readonly hidden: number;
  readonly x: number;
  readonly gapY: number;
}

/**
 * A network as DOT text with fixed positions: columns of neurons named xⱼ and aˡⱼ, wide layers with an ellipsis that says how many it
 * hides.
 *
 * Throws DiagramError for fewer than two layers, a size that is not a whole number above 0, or weights that do not fit the sizes.
 *
 * @example
 * networkDot({ sizes: [64, 32, 10] }).includes("⋮ 59 more ⋮") // => true
 */
export function networkDot(picture: NetworkPicture, { theme = light }: { readonly theme?: Theme } = {}): string {
  check(picture);
  const { sizes, activations = [], title = "", weights } = picture;
  const columns = sizes.map(column);
  const total = sizes.slice(1).reduce((sum, size, l) => sum + size * (sizes[l] ?? 0), 0);
  const numbered = weights !== undefined && total <= mostLabels;
  const largest = Math.max(1e-300, ...(weights ?? []).flat(2).map(Math.abs));
  const lines = [
    "digraph nabla {",
    `  graph [layout="neato" splines="line" bgcolor=${quoted(theme.page)} fontname=${quoted(fontName)} pad="0.3" outputorder="edgesfirst" tooltip=${quoted(title)}${title === "" ? "" : ` labelloc="t" labeljust="l" fontsize="17" fontcolor=${quoted(theme.ink)} label=${quoted(title)}`}];`,
    `  node [shape="circle" fixedsize="true" width=${quoted(measure(diameter))} fontname=${quoted(fontName)} fontsize="12" style="filled" penwidth="1.2"];`,
    `  edge [arrowhead="none" penwidth="0.7" color=${quoted(theme.muted)}];`,
    ...columns.flatMap((each, l) => [...neurons(each, l, sizes.length - 1, theme), ...captions(each, l, sizes, activations, theme)]),
    ...columns
      .slice(1)
      .flatMap((to, l) =>
        (columns[l]?.neurons ?? []).flatMap((source) =>
          to.neurons.flatMap((target) => edge(source, target, weights?.[l]?.[target.index - 1]?.[source.index - 1], largest, numbered, theme)),
        ),
      ),
    "}",
    "",
  ];
  return lines.join("\n");
}

function check({ sizes, weights }: NetworkPicture): void {
  if (sizes.length < 2) throw new DiagramError(`a network picture needs at least inputs and outputs, got ${sizes.length} layers`);
  sizes.forEach((size, l) => {
    if (!Number.isInteger(size) || size < 1) throw new DiagramError(`layer ${l} has ${size} neurons; a size is a whole number of at least 1`);
  });
  weights?.forEach((layer, l) => {
    if (layer.length !== sizes[l + 1] || layer.some((row) => row.length !== sizes[l]))
      throw new DiagramError(`the weights of layer ${l + 1} must be ${sizes[l + 1]} rows of ${sizes[l]} numbers`);
  });
}

function column(size: number, l: number): Column {
  const x = l * columnGap;
  const shown =
    size > mostNeurons
      ? [...Array.from({ length: first }, (_, i) => i + 1), ...Array.from({ length: last }, (_, i) => size - last + i + 1)]
      : Array.from({ length: size }, (_, i) => i + 1);
  const hidden = size - shown.length;
  const slots = shown.length + (hidden > 0 ? 1 : 0);
  const yOf = (slot: number): number => ((slots - 1) / 2 - slot) * rowGap;
  const neurons = shown.map((index, position) => ({ id: `n${l}_${index}`, index, x, y: yOf(hidden > 0 && position >= first ? position + 1 : position) }));
  return { neurons, hidden, x, gapY: yOf(first) };
}

const at = (x: number, y: number): string => `pos=${quoted(`${measure(x)},${measure(y)}!`)}`;

function neurons({ neurons: shown, hidden, x, gapY }: Column, l: number, lastLayer: number, theme: Theme): string[] {
  const style = theme.roles[l === 0 ? "input" : l === lastLayer ? "prediction" : "operation"];
  const circles = shown.map(({ id, index, y, x: left }) => {
    const label = l === 0 ? `x${subscript(index)}` : `a${superscript(l)}${subscript(index)}`;
    return `  ${quoted(id)} [${at(left, y)} label=${quoted(label)} color=${quoted(style.border)} fillcolor=${quoted(style.fill)} fontcolor=${quoted(theme.ink)}];`;
  });
  if (hidden > 0)
    circles.splice(
      first,
      0,
      `  ${quoted(`n${l}_more`)} [${at(x, gapY)} shape="plaintext" style="" fixedsize="false" fontsize="10" fontcolor=${quoted(theme.muted)} label=${quoted(`⋮ ${hidden} more ⋮`)}];`,
    );
  return circles;
}

function captions({ neurons: shown, x }: Column, l: number, sizes: readonly number[], activations: readonly string[], theme: Theme): string[] {
  const top = Math.max(...shown.map(({ y }) => y));
  const bottom = Math.min(...shown.map(({ y }) => y));
  const title = l === 0 ? "inputs" : l === sizes.length - 1 ? "outputs" : `layer ${l}`;
  const caption = (key: string, y: number, text: string, color: string): string =>
    `  ${quoted(`c${l}_${key}`)} [${at(x, y)} shape="plaintext" style="" fixedsize="false" fontsize="11" fontcolor=${quoted(color)} label=${quoted(text)}];`;
  const below = [sizes[l] === 1 ? "1 neuron" : `${sizes[l]} neurons`, ...(l > 0 && activations[l - 1] !== undefined ? [activations[l - 1] ?? ""] : [])].join(
    "\n",
  );
  return [caption("title", top + 0.62, title, theme.ink), caption("size", bottom - 0.66, below, theme.muted)];
}

function edge(source: Neuron, target: Neuron, weight: number | undefined, largest: number, numbered: boolean, theme: Theme): string[] {
  const line = `${quoted(source.id)} -> ${quoted(target.id)}`;
  if (weight === undefined) return [`  ${line};`];
  const color = weight < 0 ? theme.series[1] : theme.series[0];
  const look = `color=${quoted(color ?? theme.ink)} penwidth=${quoted(measure(0.4 + 3 * Math.sqrt(Math.abs(weight) / largest)))}${weight < 0 ? ' style="dashed"' : ""}`;
  if (!numbered) return [`  ${line} [${look}];`];
  // Labels of crossing lines keep clear of the crossing in the middle.
  const share = Math.abs(source.y - target.y) < rowGap / 4 ? 0.5 : 0.3;
  const x = source.x + (target.x - source.x) * share;
  const y = source.y + (target.y - source.y) * share;
  const label = `<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="${theme.page}"><TR><TD>${markup(numeral(weight).replace(/(\.\d\d)\d\d$/, "$1"))}</TD></TR></TABLE>>`;
  return [
    `  ${line} [${look}];`,
    `  ${quoted(`w_${source.id}_${target.id}`)} [${at(x, y)} shape="plain" style="" fixedsize="false" fontsize="9" fontcolor=${quoted(color ?? theme.ink)} label=${label}];`,
  ];
}
