import { type Tape } from "@nabla/autodiff";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { directionReader } from "../dot.ts";
import { DiagramError } from "../diagram-error.ts";
import { clip, markup } from "../escape.ts";
import { checkTape } from "../given.ts";
import { thousands } from "../groups.ts";
import { type NetworkDiagram } from "../network-diagram.ts";
import { isNetwork, readPicture } from "../picture.ts";
import { idOf } from "../steps.ts";
import { type Fields, anything, maybe, readOptions, text } from "../schema.ts";
import { type Theme, type ThemeName, themeReader } from "../theme.ts";
import { card } from "./card.ts";
import { type Marked, type Palette, drawing, paletteRules } from "./drawing.ts";
import { hiddenSteps } from "./hidden.ts";
import { isFold, levels } from "./levels.ts";
import { documentOf, lookOf } from "./shell.ts";
import { flowsTo, walk } from "./walk.ts";

/** What a page should have beyond the picture. */
export interface PageOptions {
  /** The recording that the diagram was made from: with it the backward steps spell out their products in numbers. */
  readonly tape?: Tape;
  /** The title of the picture when absent. */
  readonly title?: string;
  /** The system's choice when absent; the page has a switch. Colours of your own are kept by day and by night. */
  readonly theme?: Theme | ThemeName;
  /** LR, to the right, when absent; TB: down. */
  readonly direction?: "LR" | "TB";
}

const optionFields: Fields<PageOptions> = { tape: anything, title: maybe(text), theme: maybe(themeReader), direction: directionReader };

/** Further folds are left out where a page would be larger than this, beside its style and script. */
const mostBytes = 269_000;

/**
 * A picture as one HTML file that needs nothing else and nobody: pan, zoom, search, cards with value, shape and formula, folds by layer, and
 * a walk through the forward and the backward pass, step by step, with the product of the chain rule in numbers. It works from a disk, by
 * keyboard alone, in light and dark, and its content policy allows no script but its own.
 *
 * Throws DiagramError as `toSvg` does, and when the picture was not made from the tape.
 *
 * @example
 * (await toHtml({ title: "t", subtitle: "", nodes: [], edges: [] })).startsWith("<!doctype html>") // => true
 */
export async function toHtml(picture: Diagram | NetworkDiagram, options: PageOptions = {}): Promise<string> {
  const read = readPicture("toHtml", picture);
  const { tape, title = read.title, theme, direction = "LR" } = readOptions("toHtml", options, optionFields);
  if (tape !== undefined) checkTape("toHtml", tape);
  if (tape !== undefined && !isNetwork(read)) checkSource(read, tape);
  const look = lookOf(theme);
  const palette: Palette = { look, names: new Map(), looks: new Map() };
  const drawn = isNetwork(read) ? await neurons(read, palette, direction) : await computation(read, tape, palette, direction);
  const stepped = drawn.steps.length > 0;
  const folds = drawn.choices.map(({ value, label, opened }) => `<option value="${value}"${opened}>${markup(label)}</option>`).join("");
  const body = `<header>
<h1>${markup(title === "" ? "Computation" : title)}</h1>
<div class="tools" role="search"><label for="search">Search</label><input id="search" type="search" autocomplete="off"><ul id="results" hidden aria-label="found"></ul></div>
<div class="tools"><label for="levels">Show</label><select id="levels"${drawn.choices.length < 2 ? " disabled" : ""}>${folds}</select><button id="open" disabled${drawn.hidden === "" ? " hidden" : ""}>Open</button><button id="out" disabled${drawn.hidden === "" ? " hidden" : ""}>Out</button></div>
<div class="tools" role="group" aria-label="view"><button id="further" aria-label="zoom out">−</button><button id="closer" aria-label="zoom in">+</button><button id="fit">Fit</button><button id="theme" aria-pressed="false"${look.day === look.night ? " disabled" : ""}>Light / dark</button></div>
${drawn.note}</header>
<main id="stage" aria-label="picture">${drawn.svgs.join("\n")}<div id="card" role="tooltip" hidden></div></main>
<aside aria-label="steps"${stepped ? "" : " hidden"}>
<div class="stepper" role="group" aria-label="walk"><div class="row"><button id="first" aria-label="first step">|←</button><button id="previous">← Back</button><button id="next">Next →</button><button id="last" aria-label="last step">→|</button><span id="count"></span></div><div class="row"><button id="to-forward">Forward</button><input id="position" type="range" min="0" max="${Math.max(drawn.steps.length - 1, 0)}" value="0" aria-label="step"><button id="to-backward"${drawn.backward ? "" : " disabled"}>Backward</button></div></div>
<ol id="steps">${drawn.steps.join("\n")}</ol>
<p class="keys"><kbd>←</kbd> <kbd>→</kbd> step · <kbd>Shift</kbd> + arrows pan · <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> zoom · <kbd>/</kbd> search · ${drawn.hidden === "" ? "" : "<kbd>O</kbd> open · <kbd>U</kbd> out · "}<kbd>Esc</kbd> close</p>
</aside>
<p id="live" class="sr" role="status" aria-live="polite"></p>
<ul id="index" hidden>${drawn.index.join("")}</ul>
${drawn.cards.join("\n")}${drawn.hidden}`;
  return documentOf({ title, look, bodyClass: `graph${stepped ? " stepped" : ""}`, body, extraStyle: paletteRules(palette), scripted: true });
}

/** Throws DiagramError when a picture was not made from a tape: what it says of the steps would be wrong. */
function checkSource({ nodes }: Diagram, tape: Tape): void {
  const steps = new Map(tape.nodes.map((node) => [idOf(node), node]));
  const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
  for (const { id, name, shape, value, reference } of nodes) {
    if (reference !== undefined) continue;
    const step = steps.get(id);
    const isSame =
      step !== undefined &&
      sizeOf(step.shape) === sizeOf(shape === "" ? [] : shape.split("×").map(Number)) &&
      (value === undefined || value.flat().every((entry, at) => entry === step.value[at] || (Number.isNaN(entry) && Number.isNaN(step.value[at]))));
    if (isSame) continue;
    const is =
      step === undefined
        ? `has no step ${id}`
        : `has ${step.name ?? step.formula} there, of shape [${step.shape.join(", ")}]${sizeOf(step.shape) <= 4 ? ` with ${[...step.value].join(", ")}` : ""}`;
    throw new DiagramError(
      `toHtml: the picture was not made from this tape: it has the box ${name} where the tape ${clip(is, 200)}; give the tape that fromTape got, or none`,
    );
  }
}

/** An entry of the list of folds, with the number of the box whose inside it is as an attribute. */
interface Choice {
  readonly value: string;
  readonly label: string;
  readonly opened: string;
}

interface Drawn {
  readonly svgs: readonly string[];
  readonly choices: readonly Choice[];
  readonly steps: readonly string[];
  readonly backward: boolean;
  readonly cards: readonly string[];
  /** What a search finds beside the steps. */
  readonly index: readonly string[];
  /** Steps that no drawing shows, as data for the script. */
  readonly hidden: string;
  readonly note: string;
}

async function computation(diagram: Diagram, tape: Tape | undefined, palette: Palette, direction: "LR" | "TB"): Promise<Drawn> {
  const keys = new Map(diagram.nodes.map(({ id }, at) => [id, at]));
  // What a fold holds is numbered after the boxes, and then what is seen inside a fold and is no step.
  const base = keys.size;
  const held = new Map(diagram.whole?.nodes.map(({ id }, at) => [id, base + at]));
  for (const [id, key] of held) if (!keys.has(id)) keys.set(id, key);
  let next = base + held.size;
  const keyOf = (id: string): number => keys.get(id) ?? (keys.set(id, next++).get(id) as number);
  const outermost = new Set(diagram.nodes);
  const cards: string[] = [];
  const numbers = new Map<string, number>();
  const cardOf = (node: DiagramNode): number => {
    const which = node.lines === undefined ? `box ${node.id}` : `group ${node.id} ${node.name}`;
    const found = numbers.get(which);
    if (found !== undefined) return found;
    const number = outermost.has(node) ? keyOf(node.id) : next++;
    numbers.set(which, number);
    if (!outermost.has(node) || !isTold(node)) cards.push(card(number, node));
    return number;
  };
  const marked = (node: DiagramNode): Marked => {
    const { id, name, members = [id] } = node;
    const numbers = new Set(members.flatMap((member) => [keys.get(member) ?? [], held.get(member) ?? []].flat()));
    const holds = [...numbers].toSorted((a, b) => a - b);
    const isOpenable = diagram.whole !== undefined && isFold(node);
    // A fold within a fold may have the id of the fold around it, which is that of the last step.
    const key = keyOf(isOpenable && !outermost.has(node) ? `\0${id}` : id);
    return { id, key, holds, card: cardOf(node), ...(isOpenable && { fold: name }) };
  };
  const svgs: string[] = [];
  const choices: Choice[] = [];
  let left = 0;
  let counted = 0;
  const steps = walk(diagram, tape);
  let size = bytes(steps);
  for (const { label, draw, inside } of levels(diagram)) {
    const value = String(choices.length);
    const opened = inside === undefined ? "" : ` data-inside="${keyOf(inside.id)}"`;
    if (size <= mostBytes || svgs.length === 0) {
      const level = draw();
      const svg = await drawing(level, level.nodes.map(marked), palette, direction);
      size += bytes([svg, ...cards.slice(counted)]);
      if (size <= mostBytes || svgs.length === 0) {
        counted = cards.length;
        svgs.push(svg.replace("<svg", `<svg data-level="${value}"${opened}${svgs.length === 0 ? "" : " hidden"}`));
        choices.push({ value, label: `${label} (${level.nodes.length} boxes)`, opened });
        continue;
      }
      cards.length = counted;
    }
    if (inside === undefined) left += 1;
    else choices.push({ value, label: `${label} (${thousands(inside.members?.length ?? 1)} steps)`, opened });
  }
  const { whole } = diagram;
  const shown = new Set(diagram.nodes.flatMap((node) => (isFold(node) ? [] : [node.id])));
  return {
    svgs,
    choices,
    steps,
    backward: diagram.nodes.some(flowsTo),
    cards,
    index: [],
    hidden: whole === undefined ? "" : hiddenSteps(whole, shown, base),
    note: whole !== undefined ? howToOpen(whole, diagram) : left === 0 ? "" : `<span class="hint">${left} folds left out to keep the page small</span>`,
  };
}

/** What is folded, and the ways into it. */
function howToOpen(whole: Diagram, { nodes }: Diagram): string {
  const folds = nodes.filter(isFold);
  const steps = folds.reduce((sum, { members = [] }) => sum + members.length, 0);
  return folds.length === 0
    ? ""
    : `<span class="hint">${thousands(steps)} of ${thousands(whole.nodes.length)} steps are folded into ${folds.length} boxes: open one by a double-click, by its name in this list, or by a search for a step</span>`;
}

/** Whether the steps of a box say all that a card would, so that the script can make it from them. */
function isTold({ lines, equation, reference, gradient }: DiagramNode): boolean {
  return lines === undefined && equation === undefined && reference === undefined && (gradient === undefined || gradient.value !== undefined);
}

/** The bytes that texts take in UTF-8, where signs of mathematics take three. */
function bytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 2 * (text.match(/[^\0-\u007F]/g)?.length ?? 0), 0);
}

async function neurons(network: NetworkDiagram, palette: Palette, direction: "LR" | "TB"): Promise<Drawn> {
  const all = network.columns.flatMap((column) => column.neurons);
  const boxes = all.map(({ id }, at): Marked => ({ id, key: at, holds: [at], card: at }));
  const said = (value: string | undefined, label: string): string => (value === undefined ? "" : `<dt>${label}</dt><dd>${markup(value)}</dd>`);
  return {
    svgs: [(await drawing(network, boxes, palette, direction)).replace("<svg", '<svg data-level="0"')],
    choices: [{ value: "0", label: `${all.length} neurons`, opened: "" }],
    steps: [],
    backward: false,
    cards: all.map(
      ({ label, value, bias }, at) =>
        `<template id="card-${at}"><h2>${markup(label)}</h2><dl>${said(value, "activation")}${said(bias, "bias")}</dl></template>`,
    ),
    index: all.map(({ label }) => `<li>${markup(label)}</li>`),
    hidden: "",
    note: "",
  };
}
