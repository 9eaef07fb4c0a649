import { DiagramError } from "./diagram-error.ts";
import { readDiagramOf } from "./picture.ts";
import { untransposed } from "./formula.ts";
import { withReferences } from "./references.ts";
import { type Drawn } from "./tangle.ts";
import { mostRuns, runsOf } from "./runs.ts";
import { limit, list, maybe, readOptions, text } from "./schema.ts";
import { type Bar, type Diagram, type DiagramEdge, type DiagramNode, type Line, type Role, checkEnds } from "./diagram.ts";
import { openOne } from "./remedy.ts";

/** What stays open, and how many boxes there may be. */
export interface FoldOptions {
  /** Names of groups that keep their boxes, in a frame: `layer 2`, or `steps 1 to 250` of a fold before. */
  readonly open?: readonly string[];
  /** Where more boxes remain, consecutive steps without a group are folded into runs; no limit when absent. */
  readonly most?: number;
}

/**
 * The same picture with one box for each group, such as a layer: it says how many steps it stands for, which values and parameters it
 * holds, and how large their gradients are. Every folded box lists its `members`, so nothing is lost; `open` shows the insides of some.
 *
 * A picture that is folded already is folded anew, so `open` finds what was folded before.
 *
 * Throws DiagramError when a group to open does not exist, naming those that do.
 *
 * @example
 * const deep = scope("layer 1", () => exp(exp(input("x", []))));
 * foldGroups(fromGraph(deep, { fold: "none" })).nodes.map(({ name, operation }) => `${name}: ${operation}`) // => ["x: input", "layer 1: 2 steps"]
 */
export function foldGroups(diagram: Diagram, options: FoldOptions = {}): Diagram {
  const { whole, ...given } = readDiagramOf("foldGroups", diagram);
  const { open = [], most = mostOf(given, whole) } = readOptions("foldGroups", options, { open: maybe(list(text)), most: maybe(limit) });
  return folded(whole ?? given, open, most, "foldGroups");
}

/** What was folded into runs of steps is folded so again. */
function mostOf({ nodes }: Diagram, whole: Diagram | undefined): number {
  const groups = new Set(whole?.nodes.map(({ group }) => group));
  return whole !== undefined && nodes.some(({ name, lines }) => lines !== undefined && !groups.has(name)) ? mostRuns : Number.POSITIVE_INFINITY;
}

/** The same of a diagram that is known to be one. */
export function folded(diagram: Diagram, open: readonly string[], most: number, caller: string): Diagram {
  const scoped = new Map(diagram.nodes.flatMap(({ id, group }) => (group === undefined ? [] : [[id, group] as const])));
  const groups = new Map([...scoped].filter(([, group]) => !open.includes(group)));
  const runs = visible(diagram, groups) > most ? runsOf(diagram, scoped, most, open) : { groups: new Map<string, string>(), names: new Set<string>() };
  for (const [id, run] of runs.groups) groups.set(id, run);
  const names = new Set([...scoped.values(), ...runs.names]);
  const unknown = open.find((each) => !names.has(each));
  if (unknown !== undefined)
    throw new DiagramError(
      `${caller}: there is no group ${JSON.stringify(unknown)} to open; there ${names.size === 0 ? "are none" : `is ${listed([...names])}`}`,
    );
  return contract(diagram, groups, open, most);
}

function visible({ nodes }: Diagram, groups: ReadonlyMap<string, string>): number {
  const folded = new Set(nodes.flatMap(({ id }) => groups.get(id) ?? []));
  return folded.size + nodes.filter(({ id }) => !groups.has(id)).length;
}

function contract(diagram: Diagram, groups: ReadonlyMap<string, string>, open: readonly string[], most: number): Diagram {
  const members = new Map<string, DiagramNode[]>();
  for (const node of diagram.nodes) {
    const group = groups.get(node.id);
    if (group === undefined) continue;
    const known = members.get(group);
    if (known === undefined) members.set(group, [node]);
    else known.push(node);
  }
  const boxOf = new Map(diagram.nodes.map(({ id }) => [id, groups.has(id) ? (members.get(groups.get(id) ?? "")?.at(-1)?.id ?? id) : id]));
  const frames = open.filter((each) => diagram.nodes.some(({ group }) => group === each));
  // A box that stood beside one that is folded moves to the line; so do all where a frame keeps its own boxes together.
  const rewritten = rewriting(members);
  const nodes = diagram.nodes.flatMap((given): DiagramNode[] => {
    const group = groups.get(given.id);
    const node = group === undefined ? withTexts(given, rewritten) : given;
    if (group === undefined)
      return [node.place.side !== "line" && (frames.length > 0 || groups.has(node.place.of)) ? { ...node, place: { side: "line" } } : node];
    const held = members.get(group) ?? [];
    return held.at(-1) === node ? [foldedBox(group, held)] : [];
  });
  const edges = joined(diagram.edges, boxOf).map((edge) => ({ ...edge, label: rewritten(edge.label) }));
  const { notes = [], ...drawn }: Drawn = most === Number.POSITIVE_INFINITY ? { nodes, edges } : withReferences({ nodes, edges });
  const steps = diagram.nodes.length;
  const told =
    most === Number.POSITIVE_INFINITY ? [] : [`${thousands(steps)} steps folded into ${thousands(nodes.length)} boxes${openOne([...members.keys()][0] ?? "")}`];
  const subtitle = [diagram.subtitle, ...told].filter((part) => part !== "").join(" · ");
  return checkEnds("foldGroups", {
    ...diagram,
    subtitle,
    ...drawn,
    ...(notes.length > 0 && { notes: [...(diagram.notes ?? []), ...notes] }),
    ...(frames.length > 0 && { frames }),
    whole: diagram,
  });
}

/** A step without a name of its own. */
const numbered = /(?<![\p{L}\d_])(∂?)(v\d+)(?![A-Za-z\d_])/gu;

/** Texts over what is left: a numbered step that a fold gives is called by the fold, and another inside is written out. */
function rewriting(members: ReadonlyMap<string, readonly DiagramNode[]>): (text: string) => string {
  const inside = new Map<string, string>();
  const gives = new Map<string, string>();
  for (const [group, held] of members) {
    for (const { name, operation } of held) if (numberOnly.test(name)) inside.set(name, operation.replaceAll(numbered, "…"));
    const last = held.at(-1)?.name ?? "";
    if (inside.has(last)) gives.set(last, group);
  }
  return (text) =>
    inside.size === 0
      ? text
      : untransposed(
          text.replaceAll(numbered, (found, by: string, name: string, at: number) => {
            const group = gives.get(name);
            if (by === "") return group === undefined ? (inside.get(name) ?? found) : /^[ᵀ^²′]/.test(text.slice(at + found.length)) ? `(${group})` : group;
            return group === undefined ? found : `∂(${group})`;
          }),
        );
}

function withTexts(node: DiagramNode, rewritten: (text: string) => string): DiagramNode {
  const { operation, gradient } = node;
  return {
    ...node,
    operation: rewritten(operation),
    ...(gradient?.formula !== undefined && { gradient: { ...gradient, formula: rewritten(gradient.formula) } }),
  };
}

const numberOnly = /^v\d+$/;

/** Edges between the boxes that are left; several of one direction become one that counts them. */
function joined(edges: readonly DiagramEdge[], boxOf: ReadonlyMap<string, string>): DiagramEdge[] {
  const bundles = new Map<string, DiagramEdge[]>();
  for (const edge of edges) {
    const [from, to] = [boxOf.get(edge.from) ?? edge.from, boxOf.get(edge.to) ?? edge.to];
    if (from === to) continue;
    const key = JSON.stringify([from, to, edge.direction]);
    const bundle = bundles.get(key);
    const moved = { ...edge, from, to };
    if (bundle === undefined) bundles.set(key, [moved]);
    else bundle.push(moved);
  }
  return [...bundles.values()].map((bundle) => {
    const [first] = bundle as [DiagramEdge];
    if (bundle.length === 1) return first;
    const { message: _message, ...rest } = first;
    const sizes = bundle.flatMap(({ message }) => message ?? []);
    return {
      ...rest,
      label: first.label !== "" && bundle.every(({ label }) => label === first.label) ? `${bundle.length}× ${first.label}`.trim() : `${bundle.length} values`,
      ...(sizes.length === bundle.length && { message: Math.hypot(...sizes) }),
    };
  });
}

/** Among the members of a folded box, the role that says most. */
const telling: readonly Role[] = ["cost", "prediction", "operation", "gradient", "input", "parameter", "constant"];

function foldedBox(group: string, held: readonly DiagramNode[]): DiagramNode {
  const last = held.at(-1) as DiagramNode;
  const role = telling.find((each) => held.some((node) => node.role === each)) ?? "operation";
  const steps = held.filter((node) => node.role !== "parameter" && node.role !== "constant" && node.role !== "input");
  const members = held.flatMap(({ id, members: inside }) => inside ?? [id]);
  const bars = held.flatMap((node): Bar[] => barOf(node));
  return {
    id: last.id,
    role,
    name: group,
    operation: `${thousands(steps.length)} step${steps.length === 1 ? "" : "s"}`,
    shape: last.shape,
    value: undefined,
    members: [...new Set(members)],
    lines: linesOf(held, last),
    ...(bars.length > 0 && { bars: bars.slice(0, mostBars) }),
    folded: told(held.map(({ name }) => name)),
    place: { side: "line" },
  };
}

const mostNamed = 30;

/** The first names of what a box stands for; the others are counted. */
export function told(names: readonly string[]): string[] {
  return names.length <= mostNamed ? [...names] : [...names.slice(0, mostNamed - 1), `${thousands(names.length - mostNamed + 1)} more`];
}

const mostBars = 6;
const mostNames = 5;

/** What a folded box says of its insides: named values, parameters counted, what it gives. */
function linesOf(held: readonly DiagramNode[], last: DiagramNode): Line[] {
  const names = held.filter(({ name, role }) => !numberOnly.test(name) && role !== "parameter").map(({ name }) => name);
  const trained = held.filter(({ role }) => role === "parameter");
  const counts = trained.map(({ shape }) => shape.split("×").reduce((product, extent) => product * Number(extent === "" ? 1 : extent), 1));
  const total = counts.reduce((sum, each) => sum + each, 0);
  const shapes = trained.map(({ shape }) => (shape === "" ? "1" : shape)).join(" + ");
  const slopes = trained.flatMap(({ gradient }) => (gradient?.formula === undefined ? [] : [gradient.symbol]));
  const shown = (all: readonly string[]): string => `${all.slice(0, mostNames).join(", ")}${all.length > mostNames ? `, +${all.length - mostNames} more` : ""}`;
  return [
    ...(names.length === 0 ? [] : [{ label: "holds", text: shown(names) }]),
    ...(trained.length === 0 ? [] : [{ label: "parameters", text: `${thousands(total)}${trained.length > 1 && trained.length <= 4 ? ` = ${shapes}` : ""}` }]),
    ...(slopes.length === 0 ? [] : [{ label: "gradients", text: shown(slopes) }]),
    {
      label: "gives",
      text: `${numberOnly.test(last.name) ? last.operation.replaceAll(numbered, "…") : last.name}${last.shape === "" ? "" : ` (${last.shape})`}`,
    },
  ];
}

/** The size of a gradient that was computed and is worth a bar: of a parameter, or one with a symbol of its own. */
function barOf({ role, gradient }: DiagramNode): Bar[] {
  if (gradient?.value === undefined || (role !== "parameter" && gradient.symbol.startsWith("∂"))) return [];
  return [{ symbol: `‖${gradient.symbol}‖`, size: Math.sqrt(gradient.value.flat().reduce((sum, each) => sum + each * each, 0)) }];
}

/** More names than these would hide the sentence that they belong to. */
const mostListed = 24;

function listed(names: readonly string[]): string {
  return `${names.slice(0, mostListed).join(", ")}${names.length > mostListed ? ` and ${names.length - mostListed} more` : ""}`;
}

/** 10,001. */
export function thousands(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
