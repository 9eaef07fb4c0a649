import { type Tape } from "@nabla/autodiff";
import { type Diagram, type DiagramEdge, type DiagramNode, type Equation } from "../diagram.ts";
import { wholeName } from "../describe.ts";
import { markup } from "../escape.ts";
import { type Chain, chains } from "./backward.ts";
import { matrix } from "./matrix.ts";

/** The steps of a diagram as items of a list: an overview, then each box forward, then each gradient backward. */
export function walk(diagram: Diagram, tape: Tape | undefined): string[] {
  const chain = tape === undefined ? () => undefined : chains(diagram, tape);
  const keys = new Map(diagram.nodes.map(({ id }, at) => [id, at]));
  const keyed = (node: DiagramNode, direction: DiagramEdge["direction"]): Place => ({ key: keys.get(node.id) ?? -1, from: sources(node, direction) });
  const sources = (node: DiagramNode, direction: DiagramEdge["direction"]): number[] =>
    diagram.edges.filter((edge) => edge.to === node.id && edge.direction === direction).map(({ from }) => keys.get(from) ?? -1);
  const forward = diagram.nodes;
  const backward = diagram.nodes.filter(flowsTo).toReversed();
  return [
    overview(forward.length, backward.length),
    ...forward.map((node) => forwardStep(node, keyed(node, "forward"))),
    ...backward.map((node) => backwardStep(node, keyed(node, "backward"), chain(node))),
  ];
}

/** Whether a gradient flows to a box that can be told: as numbers, or as a formula where the graph has none. */
export function flowsTo({ gradient }: DiagramNode): boolean {
  return gradient?.value !== undefined || gradient?.formula !== undefined;
}

function overview(forward: number, backward: number): string {
  const values = forward === 1 ? "1 step computes the value" : `${forward} steps compute the values`;
  const back = backward === 1 ? "1 step walks back" : `${backward} steps walk back`;
  const rule = backward === 0 ? "" : ` Then ${back} from the cost${backward === 1 ? "" : ": each multiplies what comes from above by a local derivative"}.`;
  return `<li data-direction="overview"><h2>One step at a time</h2><p>${values}, operands before uses.${rule}</p></li>`;
}

/** The number of a box and of those that its step takes from. */
interface Place {
  readonly key: number;
  readonly from: readonly number[];
}

/** A step, in which the script writes its place among those of its direction. */
function item({ key, from }: Place, direction: string, content: string, more: string = ""): string {
  return `<li hidden data-direction="${direction}" data-box="${key}" data-from="${from.join(" ")}"${more}>${content}</li>`;
}

function forwardStep(node: DiagramNode, place: Place): string {
  const { value, shape } = node;
  const numbers = value === undefined ? "" : `<div class="product"><i class="result">${matrix(value)}<small>${markup(node.name)}</small></i></div>`;
  const kind = `<p class="hint">${shape === "" ? "a scalar" : `shape ${markup(shape)}`}</p>`;
  // A gradient that flows has a step, by which a search finds it.
  const symbol = node.gradient === undefined || flowsTo(node) ? "" : ` data-symbol=", ${markup(node.gradient.symbol)}"`;
  // The name apart, since names may have any sign in them.
  const heading = markup(node.name) + "<wbr>" + markup(wholeName(node).slice(node.name.length));
  return item(place, "forward", `<h2>${heading}</h2>${numbers}${kind}`, symbol);
}

function backwardStep(node: DiagramNode, place: Place, chain: Chain | undefined): string {
  const symbol = node.gradient?.symbol ?? "";
  const { value, formula } = node.gradient ?? {};
  const rule = node.equation === undefined ? "" : equation(symbol, node.equation);
  const written = formula === undefined ? "" : `<p class="rule"><span class="backward">${markup(symbol)}</span> = ${markup(formula)}</p>`;
  const result = value === undefined ? "" : `<div class="product"><i class="result">${matrix(value)}<small>${markup(symbol)}</small></i></div>`;
  const numbers = chain?.html ?? written + result;
  const ways = node.gradient?.summands ?? 1;
  const sum = ways > 1 ? `<p class="hint">${markup(node.name)} is used in ${ways} places, so what comes back from them adds up.</p>` : "";
  return item(place, "backward", `<h2>${markup(symbol)}</h2>${rule}${numbers}${sum}`);
}

/** The equation of the textbook with its verdict in words and a sign. */
export function equation(symbol: string, { tag, rule, agrees }: Equation): string {
  const verdict =
    agrees === undefined ? "" : agrees ? ' <span class="good">✓ agrees with the tape</span>' : ' <span class="bad">✗ differs from the tape</span>';
  return `<p class="rule"><span class="tag">${markup(tag)}</span> ${markup(symbol)} = ${markup(rule)}${verdict}</p>`;
}
