import { checkWords, sharedNames, sharedNote } from "./called.ts";
import { type Cells, type Diagram, type DiagramEdge, type DiagramNode, type GradientRow, type Role, checkEnds } from "./diagram.ts";
import { boxing, hiding } from "./boxing.ts";
import { type Folded, type Link, foldInto } from "./fold.ts";
import { folded as foldedInto, told } from "./groups.ts";
import { type Path, markPaths } from "./paths.ts";
import { placesOf, spineOf } from "./places.ts";
import { mostBoxes, mostRuns } from "./runs.ts";
import { type Flow, type Lane, type Step, type Steps, idOf } from "./steps.ts";
import { type Wording, type Words, wordingOf } from "./wording.ts";

/** How a computation becomes a picture, and what the picture should say beyond what the computation knows. */
export interface GraphPicture extends Words {
  readonly title?: string;
  readonly subtitle?: string;
  /**
   * "named": unnamed steps are folded into the named value that they lead to, and the subtitle counts them where they are more than a few; the
   * default when a value between arguments and results has a name. "none": one box for each step. "groups": one box for each scope, such as
   * a layer.
   */
  readonly fold?: "named" | "none" | "groups";
  /** Groups that stay open, in a frame, where the others are folded: `layer 2`. */
  readonly open?: readonly string[];
  /** false: boxes have names, operations and shapes, and no numbers. */
  readonly values?: boolean;
  /** Paths from one value to the cost, to be marked, with the product along each and their sum. */
  readonly paths?: readonly Path[];
  /** More boxes are folded into groups, and into runs of consecutive steps, and the subtitle says so; 400 when absent. */
  readonly most?: number;
}

/** A picture of steps: one box per named value (or per step), forward edges with shapes, backward edges with local derivatives. */
export function fromSteps(caller: string, steps: Steps, picture: GraphPicture): Diagram {
  const full = markPaths(caller, unfolded(caller, { ...steps, nodes: asWritten(steps.nodes) }, picture), picture.paths ?? []);
  const { fold, open = [], most = mostBoxes } = picture;
  if (fold !== "groups" && open.length === 0 && full.nodes.length <= most) return full;
  return foldedInto(full, open, full.nodes.length > most ? Math.min(most, mostRuns) : Number.POSITIVE_INFINITY, caller);
}

/**
 * The steps with the shapes that the user knows: a product with a vector is computed as a matrix of one column and then made a vector, which
 * nobody wrote.
 */
function asWritten(nodes: readonly Step[]): readonly Step[] {
  const uses = new Map<number, number>();
  for (const { inputs } of nodes) for (const { from } of inputs) uses.set(from, (uses.get(from) ?? 0) + 1);
  const shapes = new Map<number, readonly number[]>();
  for (const { implicit, inputs, shape } of nodes.toReversed()) {
    const [only, ...others] = inputs;
    const operand = only && nodes[only.from];
    if (!implicit || operand === undefined || others.length > 0 || operand.inputs.length === 0 || uses.get(operand.index) !== 1) continue;
    const isFlatter = shape.length < operand.shape.length && sizeOfShape(operand.shape) === sizeOfShape(shape);
    if (isFlatter) shapes.set(operand.index, shapes.get(only?.from ?? -1) ?? shape);
  }
  return shapes.size === 0 ? nodes : nodes.map((node) => ({ ...node, shape: shapes.get(node.index) ?? node.shape }));
}

const sizeOfShape = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

function unfolded(caller: string, steps: Steps, picture: GraphPicture): Diagram {
  const { lane } = steps;
  const chosen = boxing(steps, picture.fold);
  const { stepwise, boxed } = chosen;
  const words = wordingOf(steps, picture, chosen);
  const boxes = steps.nodes.filter(boxed);
  checkWords(caller, steps, boxes, picture);
  const folded = new Map(boxes.map((node) => [node.index, foldInto(steps.nodes, node, boxed)]));
  const links = boxes.flatMap((node) => folded.get(node.index)?.links ?? []);
  const made = madeFor(lane, boxes, folded);
  const roles = new Map(boxes.map((node) => [node.index, words.role(node)]));
  const places = placesOf(boxes, links, roles, idOf);
  const receives = receivers(steps, roles);
  const shows = picture.values !== false;
  const flows = lane === undefined ? links.filter((link) => flowsBack(link, receives)) : laneLinks(lane, steps, boxed);
  const ways = new Map<number, number>();
  for (const link of lane === undefined ? links : flows) ways.set(link.from.index, (ways.get(link.from.index) ?? 0) + link.ways);
  const groups = groupsOf(boxes, links, roles);

  const nodes = boxes.map((node): DiagramNode => {
    const equation = words.equation(node);
    const inside = folded.get(node.index)?.steps ?? [];
    const said = inside.filter((step) => step.inputs.length > 0 && !step.implicit).map((step) => step.op);
    const members = [...inside, ...(made.get(node.index) ?? [])];
    const group = groups.get(node.index);
    return {
      id: idOf(node),
      role: roles.get(node.index) ?? "operation",
      name: words.name(node),
      operation: words.operation(node),
      shape: node.shape.join("×"),
      value: shows ? cellsOf(node.value, node.shape) : undefined,
      ...(receives(node) && { gradient: gradientOf(node, words, ways.get(node.index) ?? 0, shows) }),
      ...(equation && { equation }),
      ...(node.index === steps.output && node.adjoint !== undefined && { note: "seed" }),
      ...(said.length > 0 && { folded: told(said.toReversed()) }),
      ...(members.length > 0 && { members: [idOf(node), ...members.map(idOf)] }),
      ...(group !== undefined && { group }),
      place: places.get(node.index) ?? { side: "line" },
    };
  });
  const onLine = ({ index }: Step): boolean => places.get(index)?.side === "line";
  const spine = spineOf(
    links.filter(({ from, to }) => onLine(from) && onLine(to)),
    steps.output,
  );
  const back = new Map(flows.map((link) => [keyOf(link), link]));
  const arrow = ({ from, to }: Link): Pick<DiagramEdge, "from" | "to"> => ({ from: idOf(from), to: idOf(to) });
  const straight = (link: Link): Pick<DiagramEdge, "spine"> => (spine.has(link) ? { spine: true } : {});
  const forward = (link: Link): DiagramEdge => {
    const message = back.has(keyOf(link)) ? messageOf(link, ways.get(link.from.index) ?? 0) : undefined;
    const label = link.adjoint === true ? words.local(link) : link.from.shape.join("×");
    return {
      ...arrow(link),
      direction: "forward",
      label,
      ...straight(link),
      ...(message !== undefined && { message }),
      ...(link.adjoint && { adjoint: true }),
    };
  };
  const backward = (link: Link): DiagramEdge => ({ from: idOf(link.to), to: idOf(link.from), direction: "backward", label: words.local(link) });
  const edges = links.flatMap((link): DiagramEdge[] => {
    const answer = back.get(keyOf(link));
    return answer === undefined ? [forward(link)] : [forward(link), { ...backward(answer), ...straight(link) }];
  });
  // What a twin computes flows past the values that it steps over.
  const answered = new Set(links.map(keyOf));
  edges.push(...flows.filter((link) => !answered.has(keyOf(link))).map(backward));
  const subtitle = [picture.subtitle ?? "", ...(stepwise ? [] : hiding(steps, boxes, folded))].filter((part) => part !== "").join(" · ");
  const notes = sharedNote(sharedNames(steps, boxes));
  return checkEnds(caller, { title: picture.title ?? "", subtitle, nodes, edges, ...(notes.length > 0 && { notes }) });
}

const keyOf = ({ from, to }: Link): string => `${from.index} ${to.index}`;

/** Whether a recorded adjoint flows back along a link. */
function flowsBack({ from, to }: Link, receives: (node: Step) => boolean): boolean {
  return receives(from) && from.adjoint !== undefined && to.adjoint !== undefined;
}

/** How the adjoints of a graph flow between boxes. */
function laneLinks({ flow }: Lane, { nodes }: Steps, boxed: (node: Step) => boolean): Link[] {
  const stepOf = ({ step }: Flow): Step | undefined => (step === undefined ? undefined : nodes[step]);
  const stops = (value: Flow): boolean => {
    const step = stepOf(value);
    return step !== undefined && boxed(step);
  };
  return flow.filter(stops).flatMap((value) =>
    foldInto(flow, value, stops).links.flatMap(({ from, to, ...rest }): Link[] => {
      const [operand, use] = [stepOf(from), stepOf(to)];
      return operand === undefined || use === undefined ? [] : [{ from: operand, to: use, ...rest }];
    }),
  );
}

/** The steps of a sweep by the box that shows the adjoint to which they belong. */
function madeFor(lane: Lane | undefined, boxes: readonly Step[], folded: ReadonlyMap<number, Folded<Step>>): Map<number, { readonly index: number }[]> {
  const boxOf = new Map<number, number>();
  for (const { index } of boxes) for (const inside of folded.get(index)?.steps ?? []) if (!boxOf.has(inside.index)) boxOf.set(inside.index, index);
  for (const { index } of boxes) boxOf.set(index, index);
  const made = new Map<number, { readonly index: number }[]>();
  for (const [index, owner] of lane?.made ?? []) {
    const box = boxOf.get(owner) ?? boxes.at(-1)?.index ?? 0;
    const known = made.get(box);
    if (known === undefined) made.set(box, [{ index }]);
    else known.push({ index });
  }
  return made;
}

/** Which nodes have a row for a gradient: none where there was no reverse sweep, and not the data where parameters are trained. */
function receivers({ nodes, lane }: Steps, roles: ReadonlyMap<number, Role>): (node: Step) => boolean {
  const swept = nodes.some(({ adjoint }) => adjoint !== undefined);
  const trained = [...roles.values()].includes("parameter");
  const passed = (index: number): boolean => lane === undefined || lane.below.has(index);
  return ({ index }) => swept && passed(index) && roles.get(index) !== "constant" && !(trained && roles.get(index) === "input");
}

/**
 * The group of each box: its scope, apart for the backward pass. A parameter or a constant belongs to the scope that uses it in the forward
 * pass, when there is only one.
 */
function groupsOf(boxes: readonly Step[], links: readonly Link[], roles: ReadonlyMap<number, Role>): Map<number, string> {
  const groups = new Map<number, string>();
  for (const { index, scope, backward = false, inputs } of boxes)
    if (scope !== undefined && (inputs.length > 0 || backward)) groups.set(index, backward ? `${scope}, backward` : scope);
  const users = new Map<number, Set<string | undefined>>();
  for (const { from, to } of links) {
    const role = roles.get(from.index);
    if (from.inputs.length > 0 || to.backward === true || (role !== "parameter" && role !== "constant")) continue;
    users.set(from.index, (users.get(from.index) ?? new Set()).add(groups.get(to.index)));
  }
  for (const [index, scopes] of users) {
    const [only] = scopes;
    if (scopes.size === 1 && only !== undefined) groups.set(index, only);
  }
  return groups;
}

function gradientOf(node: Step, words: Wording, ways: number, shows: boolean): GradientRow {
  const symbol = words.symbol(node);
  const value = shows && node.adjoint !== undefined ? cellsOf(node.adjoint, node.shape) : undefined;
  // A sum of very many is cut in the middle of its first.
  const formula =
    value !== undefined || node.adjoint === undefined ? undefined : ways > 1 && node.written?.includes("…") ? `sum of ${ways} shares` : words.adjoint(node);
  const hidden = value === undefined && node.adjoint !== undefined;
  return { symbol, value, ...(ways > 1 && { summands: ways }), ...(hidden && { hidden }), ...(formula !== undefined && { formula }) };
}

/** The size of what a value receives along a link: what was recorded of it, or the whole adjoint where the value is used once. */
function messageOf({ from, to }: Link, ways: number): number | undefined {
  const shares = to.inputs.filter((use) => use.from === from.index).map(({ share }) => share);
  const [first, ...others] = shares;
  if (first !== undefined && others.every((share) => share !== undefined))
    return sizeOf(first.map((each, at) => others.reduce((sum, share) => sum + (share?.[at] ?? 0), each)));
  return ways === 1 && from.adjoint !== undefined && from.written === undefined ? sizeOf(from.adjoint) : undefined;
}

/** The root of the sum of squares. */
export function sizeOf(numbers: readonly number[]): number {
  return Math.hypot(...(numbers.length < 1000 ? numbers : [Math.sqrt(numbers.reduce((sum, each) => sum + each * each, 0))]));
}

/** Numbers in rows: a vector as a column, a matrix as it is, more axes flattened into rows; undefined where there are none yet. */
function cellsOf(numbers: readonly number[], shape: readonly number[]): Cells | undefined {
  if (numbers.length === 0 && !shape.includes(0)) return undefined;
  if (shape.length < 2) return numbers.map((value) => [value]);
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: width === 0 ? 0 : numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}
