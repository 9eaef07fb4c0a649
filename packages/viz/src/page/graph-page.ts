import { type Tape } from "@nabla/autodiff";
import { type Diagram, type DiagramNode } from "../diagram.ts";
import { wholeName } from "../describe.ts";
import { directionReader } from "../dot.ts";
import { markup } from "../escape.ts";
import { checkTape } from "../given.ts";
import { type NetworkDiagram } from "../network-picture.ts";
import { isNetwork, readPicture } from "../picture.ts";
import { type Fields, anything, maybe, readOptions, text } from "../schema.ts";
import { card } from "./card.ts";
import { type Marked, type Palette, drawing, paletteRules } from "./drawing.ts";
import { levels } from "./levels.ts";
import { type PageTheme, documentOf, pageTheme } from "./shell.ts";
import { flowsTo, walk } from "./walk.ts";

/** What a page should have beyond the picture. */
export interface PageOptions {
  /** The recording that the diagram was made from: with it the backward steps spell out their products in numbers. */
  readonly tape?: Tape;
  /** The title of the picture when absent. */
  readonly title?: string;
  /** The system's choice when absent; the page has a switch. */
  readonly theme?: PageTheme;
  /** LR, to the right, when absent; TB: down. */
  readonly direction?: "LR" | "TB";
}

const optionFields: Fields<PageOptions> = { tape: anything, title: maybe(text), theme: pageTheme, direction: directionReader };

/** Further folds are left out where a page would be larger than this, beside its style and script. */
const mostBytes = 269_000;

/**
 * A picture as one HTML file that needs nothing else and nobody: pan, zoom, search, cards with value, shape and formula, folds by layer, and
 * a walk through the forward and the backward pass, step by step, with the product of the chain rule in numbers. It works from a disk, by
 * keyboard alone, in light and dark, and its content policy allows no script but its own.
 *
 * Throws DiagramError as `toSvg` does.
 *
 * @example
 * (await toHtml({ title: "t", subtitle: "", nodes: [], edges: [] })).startsWith("<!doctype html>") // => true
 */
export async function toHtml(picture: Diagram | NetworkDiagram, options: PageOptions = {}): Promise<string> {
  const read = readPicture("toHtml", picture);
  const { tape, title = read.title, theme, direction = "LR" } = readOptions("toHtml", options, optionFields);
  if (tape !== undefined) checkTape("toHtml", tape);
  const palette: Palette = { names: new Map(), looks: new Map() };
  const drawn = isNetwork(read) ? await neurons(read, palette, direction) : await computation(read, tape, palette, direction);
  const stepped = drawn.steps.length > 0;
  const folds = drawn.choices.map(({ value, label }) => `<option value="${value}">${markup(label)}</option>`).join("");
  const body = `<header>
<h1>${markup(title === "" ? "Computation" : title)}</h1>
<div class="tools" role="search"><label for="search">Search</label><input id="search" type="search" autocomplete="off"><ul id="results" hidden aria-label="found"></ul></div>
<div class="tools"><label for="levels">Show</label><select id="levels"${drawn.choices.length < 2 ? " disabled" : ""}>${folds}</select>${drawn.note}</div>
<div class="tools" role="group" aria-label="view"><button id="further" aria-label="zoom out">−</button><button id="closer" aria-label="zoom in">+</button><button id="fit">Fit</button><button id="theme" aria-pressed="false">Light / dark</button></div>
</header>
<main id="stage" aria-label="picture">${drawn.svgs.join("\n")}<div id="card" role="tooltip" hidden></div></main>
<aside aria-label="steps"${stepped ? "" : " hidden"}>
<div class="stepper" role="group" aria-label="walk"><div class="row"><button id="first" aria-label="first step">|←</button><button id="previous">← Back</button><button id="next">Next →</button><button id="last" aria-label="last step">→|</button><span id="count"></span></div><div class="row"><button id="to-forward">Forward</button><input id="position" type="range" min="0" max="${Math.max(drawn.steps.length - 1, 0)}" value="0" aria-label="step"><button id="to-backward"${drawn.backward ? "" : " disabled"}>Backward</button></div></div>
<ol id="steps">${drawn.steps.join("\n")}</ol>
<p class="keys"><kbd>←</kbd> <kbd>→</kbd> step · <kbd>Shift</kbd> + arrows pan · <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> zoom · <kbd>/</kbd> search · <kbd>Esc</kbd> close</p>
</aside>
<p id="live" class="sr" role="status" aria-live="polite"></p>
<ul id="index" hidden>${drawn.index.join("")}</ul>
${drawn.cards.join("\n")}`;
  return documentOf({ title, theme, bodyClass: `graph${stepped ? " stepped" : ""}`, body, extraStyle: paletteRules(palette), scripted: true });
}

interface Drawn {
  readonly svgs: readonly string[];
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly steps: readonly string[];
  readonly backward: boolean;
  readonly cards: readonly string[];
  readonly index: readonly string[];
  readonly note: string;
}

async function computation(diagram: Diagram, tape: Tape | undefined, palette: Palette, direction: "LR" | "TB"): Promise<Drawn> {
  const keys = new Map(diagram.nodes.map(({ id }, at) => [id, at]));
  // What is only seen inside a fold has a number of its own.
  const keyOf = (id: string): number => keys.get(id) ?? (keys.set(id, keys.size).get(id) as number);
  const cards: string[] = [];
  const numbers = new Map<string, number>();
  const cardOf = (node: DiagramNode): number => {
    const key = node.lines === undefined ? `box ${node.id}` : `group ${node.name}`;
    const found = numbers.get(key);
    if (found !== undefined) return found;
    numbers.set(key, cards.length);
    return cards.push(card(cards.length, node)) - 1;
  };
  const all = levels(diagram);
  const svgs: string[] = [];
  let counted = 0;
  const choices: { readonly value: string; readonly label: string }[] = [];
  const steps = walk(diagram, tape);
  const index = diagram.nodes.map((node) => `<li>${markup(entry(node))}</li>`);
  let size = bytes([...steps, ...index]);
  for (const [at, level] of all.entries()) {
    const boxes = level.diagram.nodes.map((node): Marked => {
      const holds = (node.members ?? [node.id]).flatMap((member) => keys.get(member) ?? []);
      return { id: node.id, key: keyOf(node.id), holds, card: cardOf(node) };
    });
    const svg = await drawing(level.diagram, boxes, palette, direction);
    size += bytes([svg, ...cards.slice(counted)]);
    if (at > 0 && size > mostBytes) {
      cards.length = counted;
      break;
    }
    counted = cards.length;
    svgs.push(svg.replace("<svg", `<svg data-level="${at}"${at === 0 ? "" : " hidden"}`));
    choices.push({ value: String(at), label: level.label });
  }
  const left = all.length - choices.length;
  return {
    svgs,
    choices,
    steps,
    backward: diagram.nodes.some(flowsTo),
    cards,
    index,
    note: left === 0 ? "" : `<span class="hint">${left} folds left out to keep the page small</span>`,
  };
}

/** What a search finds a box by, and shows of it. */
function entry(node: DiagramNode): string {
  const { shape, gradient } = node;
  return `${wholeName(node)}${shape === "" ? "" : ` ${shape}`}${gradient === undefined ? "" : `, ${gradient.symbol}`}`;
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
    choices: [{ value: "0", label: `${all.length} neurons` }],
    steps: [],
    backward: false,
    cards: all.map(
      ({ label, value, bias }, at) =>
        `<template id="card-${at}"><h2>${markup(label)}</h2><dl>${said(value, "activation")}${said(bias, "bias")}</dl></template>`,
    ),
    index: all.map(({ label }) => `<li>${markup(label)}</li>`),
    note: "",
  };
}
