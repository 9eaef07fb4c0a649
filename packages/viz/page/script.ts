import { all, one } from "./document.ts";
import { layOut } from "./numbers.ts";
import { isHolding, rangesOf } from "./ranges.ts";
import { cardFrom, cardOf } from "./cards.ts";
import { hiddenSteps, sketchOf } from "./sketch.ts";
import { typed } from "./typed.ts";
import { type View, around } from "./view.ts";
import { told } from "./spoken.ts";

/** What runs in the page. Everything to be seen is in the document already; this shows, hides, marks and moves. */
const root = document.documentElement;
const stage = one<HTMLElement>("#stage");
const card = one<HTMLElement>("#card");
const live = one<HTMLElement>("#live");
const search = one<HTMLInputElement>("#search");
const results = one<HTMLElement>("#results");
const position = one<HTMLInputElement>("#position");
const levels = one<HTMLSelectElement>("#levels");
const steps = all<HTMLElement>("#steps > li");
const hidden = hiddenSteps();
const calm = matchMedia("(prefers-reduced-motion: reduce)");

layOut(document);
for (const way of ["overview", "forward", "backward"]) {
  const these = steps.filter(({ dataset }) => dataset["direction"] === way);
  these.forEach((step, at) => {
    const place = document.createElement("p");
    place.className = "way";
    place.textContent = way === "overview" ? way : `${way}, ${at + 1} of ${these.length}`;
    step.prepend(place);
  });
}

let now = 0;
let picture = one<SVGSVGElement>("#stage > svg:not([hidden])");

/** The box that shows a step's value, which may be folded into it. */
const boxOf = (id: string): SVGGElement | undefined => {
  if (id === "") return undefined;
  const boxes = all<SVGGElement>("g.node", picture);
  return boxes.find(({ dataset }) => dataset["key"] === id) ?? boxes.find(({ dataset }) => isHolding(rangesOf(dataset), Number(id)));
};

// Pan and zoom move the picture's own window.
const whole = (): View => {
  const [x = 0, y = 0, width = 1, height = 1] = (picture.dataset["whole"] ?? "").split(" ").map(Number);
  return { x, y, width, height };
};
let view = whole();
/** Where a glide that has begun will end. */
let aim = view;
let moving = 0;
const look = (to: View, end: View = to): void => {
  view = to;
  aim = end;
  picture.setAttribute("viewBox", `${to.x} ${to.y} ${to.width} ${to.height}`);
};
const glide = (to: View): void => {
  cancelAnimationFrame(moving);
  if (calm.matches) return look(to);
  aim = to;
  const from = view;
  const start = performance.now();
  const frame = (time: number): void => {
    const part = Math.min(1, Math.max(0, (time - start) / 240));
    const eased = 1 - (1 - part) ** 3;
    const between = (a: number, b: number): number => a + (b - a) * eased;
    look({ x: between(from.x, to.x), y: between(from.y, to.y), width: between(from.width, to.width), height: between(from.height, to.height) }, to);
    if (part < 1) moving = requestAnimationFrame(frame);
  };
  moving = requestAnimationFrame(frame);
};
const zoom = (factor: number, atX = 0.5, atY = 0.5): void => {
  cancelAnimationFrame(moving);
  const limit = whole().width;
  const width = Math.min(Math.max(view.width * factor, limit / 60), limit * 2);
  const scale = width / view.width;
  const height = view.height * scale;
  look({ x: view.x + (view.width - width) * atX, y: view.y + (view.height - height) * atY, width, height });
};
const pan = (right: number, down: number): void => look({ ...view, x: view.x + view.width * right, y: view.y + view.height * down });
/** Pixels for a point of the picture: below the first its small print is hard to read, at the second it is not. */
const [small, readable] = [0.8, 1];
/** A box where it stands in the picture, whatever part of it is in sight. */
const placeOf = (box: SVGGElement): View => {
  const { left, top, right, bottom } = box.getBoundingClientRect();
  const back = picture.getScreenCTM()?.inverse();
  const [from, to] = [new DOMPoint(left, top).matrixTransform(back), new DOMPoint(right, bottom).matrixTransform(back)];
  return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
};
/** Brings a box into sight, large enough to read and with what it takes from where there is room; moves only when it must. */
const reveal = (box: SVGGElement, sources: readonly SVGGElement[] = []): void => {
  const { width, height } = stage.getBoundingClientRect();
  if (width === 0 || height === 0) return;
  const at = placeOf(box);
  const scaleOf = (part: View): number => Math.min(width / part.width, height / part.height);
  const scale = scaleOf(aim);
  const margin = 8 / scale;
  const [right, down] = [Math.abs(at.x + at.width / 2 - aim.x - aim.width / 2), Math.abs(at.y + at.height / 2 - aim.y - aim.height / 2)];
  const inSight = right + at.width / 2 + margin <= width / scale / 2 && down + at.height / 2 + margin <= height / scale / 2;
  // What is larger than the stage is shown whole.
  const wanted = Math.min(Math.max(scale, readable), scaleOf(at) * 0.9);
  if (inSight && scale >= Math.min(small, wanted)) return;
  const together = around([at, ...sources.map(placeOf)]);
  const middle = scaleOf(together) * 0.9 >= wanted ? together : at;
  const size = { width: width / wanted, height: height / wanted };
  glide({ x: middle.x + (middle.width - size.width) / 2, y: middle.y + (middle.height - size.height) / 2, ...size });
};

// What is known of one box.
const showCard = (box: SVGGElement, place: DOMRect = box.getBoundingClientRect()): void => {
  const { key, card: own = key } = box.dataset;
  const content = document.getElementById(`card-${own ?? ""}`);
  const told = hidden.steps[Number(key) - hidden.base];
  const stepsOf = (): HTMLElement[] => steps.filter(({ dataset }) => dataset["box"] === key);
  const shown = content instanceof HTMLTemplateElement ? [content.content.cloneNode(true)] : told === undefined ? cardFrom(stepsOf()) : cardOf(told);
  if (shown.length === 0) return hideCard();
  card.replaceChildren(...shown);
  layOut(card);
  card.hidden = false;
  const frame = stage.getBoundingClientRect();
  const left = Math.min(Math.max(place.left - frame.left, 8), Math.max(frame.width - card.offsetWidth - 8, 8));
  const below = place.bottom - frame.top + 8;
  const top = below + card.offsetHeight > frame.height ? Math.max(place.top - frame.top - card.offsetHeight - 8, 8) : below;
  card.style.setProperty("left", `${left}px`);
  card.style.setProperty("top", `${top}px`);
};
const hideCard = (): void => {
  card.hidden = true;
};

// Steps: boxes that are reached are clear, the current one glows, its arrows are bold.
const mark = (): { readonly current: SVGGElement | undefined; readonly sources: readonly SVGGElement[] } => {
  const step = steps[now];
  const reached = new Set(steps.slice(0, now + 1).flatMap(({ dataset }) => (dataset["direction"] === step?.dataset["direction"] ? [dataset["box"]] : [])));
  const current = boxOf(step?.dataset["box"] ?? "");
  const sources = new Set((step?.dataset["from"] ?? "").split(" ").flatMap((id) => boxOf(id) ?? []));
  for (const box of all<SVGGElement>("g.node", picture)) {
    const ranges = rangesOf(box.dataset);
    const isReached = box === current || sources.has(box) || [...reached].some((id) => isHolding(ranges, Number(id)));
    box.classList.toggle("now", box === current);
    box.classList.toggle("source", sources.has(box));
    box.classList.toggle("ahead", current !== undefined && !isReached);
  }
  const ids = new Set([...sources].map(({ dataset }) => dataset["key"]));
  const edges = all<SVGGElement>("g.edge", picture);
  const id = current?.dataset["key"];
  const used = edges.filter(({ dataset: { from, to } }) => to === id && ids.has(from));
  // Where boxes are many there are no arrows back, and the forward ones stand for both.
  const shown = used.length > 0 ? used : edges.filter(({ dataset: { from, to } }) => from === id && ids.has(to));
  for (const edge of edges) edge.classList.toggle("now", shown.includes(edge));
  return { current, sources: [...sources] };
};
/** Makes a box that is no step stand out, with its arrows. */
const point = (box: SVGGElement): void => {
  const key = box.dataset["key"];
  for (const each of all<SVGGElement>("g.node", picture)) each.classList.toggle("now", each === box);
  for (const edge of all<SVGGElement>("g.edge", picture)) edge.classList.toggle("now", edge.dataset["from"] === key || edge.dataset["to"] === key);
};
const go = (to: number, say = true): void => {
  if (steps.length === 0) return;
  hideCard();
  now = Math.min(Math.max(to, 0), steps.length - 1);
  steps.forEach((step, at) => {
    step.hidden = at !== now;
  });
  position.value = String(now);
  position.setAttribute("aria-valuetext", steps[now]?.querySelector("h2")?.textContent ?? "");
  one<HTMLElement>("#count").textContent = now === 0 ? `${steps.length - 1} steps` : `step ${now} of ${steps.length - 1}`;
  one<HTMLButtonElement>("#previous").disabled = now === 0;
  one<HTMLButtonElement>("#next").disabled = now === steps.length - 1;
  const shown = steps[now];
  if (say && shown !== undefined) live.textContent = told(shown);
  const { current, sources } = mark();
  choose(current);
  if (current !== undefined) reveal(current, sources);
  else if (say) glide(whole());
};
const direction = (way: string): void => go(steps.findIndex(({ dataset }) => dataset["direction"] === way));

// Folds: a drawing of its own where the document has one, else a sketch.
const drawings = all<SVGSVGElement>("#stage > svg");
/** The drawings around the one that is shown. */
let enclosing: SVGSVGElement[] = [];
const show = (drawing: SVGSVGElement, said: string): void => {
  for (const each of all<SVGSVGElement>("#stage > svg")) each.toggleAttribute("hidden", each !== drawing);
  for (const each of all<SVGSVGElement>("#stage > svg.sketch")) if (each !== drawing && !enclosing.includes(each)) each.remove();
  picture = drawing;
  // A step that was still gliding into sight would move the new drawing.
  cancelAnimationFrame(moving);
  one<HTMLButtonElement>("#out").disabled = enclosing.length === 0;
  hideCard();
  look(whole());
  choose(undefined);
  mark();
  live.textContent = `shown: ${said}`;
};
/** Shows what a fold holds. */
const inside = (box: SVGGElement): void => {
  const key = box.dataset["key"] ?? "";
  const label = `inside ${box.getAttribute("aria-label") ?? ""}`;
  enclosing.push(picture);
  levels.value = all<HTMLOptionElement>("option", levels).find(({ dataset }) => dataset["inside"] === key)?.value ?? levels.value;
  const drawn = drawings.find(({ dataset }) => dataset["inside"] === key);
  if (drawn !== undefined) return show(drawn, label);
  const keys = rangesOf(box.dataset).flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
  const sketch = sketchOf(
    label,
    hidden.steps,
    hidden.base,
    keys.filter((each) => each >= hidden.base),
  );
  stage.prepend(sketch);
  show(sketch, label);
};
const out = (): void => {
  const outer = enclosing.pop();
  if (outer === undefined) return;
  levels.value = outer.dataset["level"] ?? levels.value;
  show(outer, levels.selectedOptions[0]?.textContent ?? "");
};
const open = (level: string): void => {
  levels.value = level;
  const [first] = drawings;
  const key = levels.selectedOptions[0]?.dataset["inside"];
  enclosing = [];
  const drawn = drawings.find(({ dataset }) => dataset["level"] === level) ?? first;
  if (drawn === undefined) return;
  show(drawn, levels.selectedOptions[0]?.textContent ?? "");
  const box = key === undefined || first === undefined ? null : first.querySelector<SVGGElement>(`g.node[data-key="${key}"]`);
  if (box === null || first === undefined) return;
  if (drawn === first) inside(box);
  else {
    enclosing = [first];
    one<HTMLButtonElement>("#out").disabled = false;
  }
};
/** The fold that Open opens. */
let chosen: SVGGElement | undefined;
const choose = (box: SVGGElement | undefined): void => {
  chosen = box?.dataset["fold"] === undefined ? undefined : box;
  one<HTMLButtonElement>("#open").disabled = chosen === undefined;
};
const openChosen = (): void => chosen && inside(chosen);

// Search goes through everything there is, also what is folded away.
const titleOf = (step: HTMLElement): string => step.querySelector("h2")?.textContent ?? "";
const walked = (way: string): HTMLElement[] => steps.filter(({ dataset }) => dataset["direction"] === way);
const symbols = new Map(walked("backward").map((step) => [step.dataset["box"], `, ${titleOf(step)}`]));
const stepped = walked("forward").map((step) => {
  const { box = "", symbol } = step.dataset;
  const shape = step.querySelector("p.hint")?.textContent?.replace(/^a scalar$|^shape/, "") ?? "";
  return [Number(box), titleOf(step) + shape + (symbol ?? symbols.get(box) ?? "")] as const;
});
const indexed = all<HTMLElement>("#index > li").map((entry, at) => [at, entry.textContent ?? ""] as const);
const within = hidden.steps.flatMap((told, at) => (told === 0 ? [] : [[hidden.base + at, `${told[0]} = ${told[1] ?? ""} ${told[2] ?? ""}`] as const]));
const entries = [...indexed, ...stepped, ...within].map(([id, text]) => ({ id: String(id), text, typed: typed(text) }));
const mostFound = 50;
const find = (): void => {
  const wanted = typed(search.value.trim());
  const found = wanted === "" ? [] : entries.filter((entry) => entry.typed.includes(wanted));
  results.replaceChildren(
    ...found.slice(0, mostFound).map(({ id, text }) => {
      const button = document.createElement("button");
      button.textContent = text;
      button.addEventListener("click", () => select(id));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
  results.hidden = wanted === "";
  const ids = found.map(({ id }) => Number(id));
  for (const box of all<SVGGElement>("g.node", picture)) {
    const ranges = rangesOf(box.dataset);
    box.classList.toggle(
      "found",
      ids.some((each) => isHolding(ranges, each)),
    );
  }
  if (found.length > mostFound) results.append(`and ${found.length - mostFound} more`);
  if (wanted !== "") live.textContent = `${found.length} found`;
};
const select = (id: string): void => {
  if (boxOf(id) === undefined) open("0");
  // What is folded away is opened, fold by fold.
  for (let at = boxOf(id); at?.dataset["fold"] !== undefined && at.dataset["key"] !== id; at = boxOf(id)) inside(at);
  const box = boxOf(id);
  if (box === undefined) return;
  const at = steps.findIndex(({ dataset }) => dataset["box"] === id);
  if (at >= 0) go(at);
  reveal(box);
  showCard(box);
  choose(box);
  if (at < 0) point(box);
  live.textContent = card.textContent ?? "";
};

const on = (id: string, run: () => void): void => one<HTMLElement>(id).addEventListener("click", run);
on("#first", () => go(0));
on("#previous", () => go(now - 1));
on("#next", () => go(now + 1));
on("#last", () => go(steps.length - 1));
on("#to-forward", () => direction("forward"));
on("#to-backward", () => direction("backward"));
on("#open", openChosen);
on("#out", out);
on("#closer", () => zoom(1 / 1.25));
on("#further", () => zoom(1.25));
on("#fit", () => glide(whole()));
on("#theme", () => {
  const isDark = root.dataset["theme"] === "dark" || (root.dataset["theme"] === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset["theme"] = isDark ? "light" : "dark";
  one<HTMLElement>("#theme").setAttribute("aria-pressed", String(!isDark));
});
position.addEventListener("input", () => go(Number(position.value)));
levels.addEventListener("change", () => open(levels.value));
search.addEventListener("input", find);

stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM()?.inverse());
    zoom(Math.exp(event.deltaY * 0.0015), (at.x - view.x) / view.width, (at.y - view.y) / view.height);
  },
  { passive: false },
);
let grabbed: { readonly x: number; readonly y: number; readonly view: View } | undefined;
let dragged = false;
stage.addEventListener("pointerdown", (event) => {
  if (card.contains(event.target as Node)) return;
  cancelAnimationFrame(moving);
  grabbed = { x: event.clientX, y: event.clientY, view };
  dragged = false;
});
stage.addEventListener("pointermove", (event) => {
  if (grabbed !== undefined) {
    const scale = 1 / (picture.getScreenCTM()?.a ?? 1);
    const [right, down] = [event.clientX - grabbed.x, event.clientY - grabbed.y];
    if (Math.hypot(right, down) > 4) dragged = true;
    if (dragged) look({ ...view, x: grabbed.view.x - right * scale, y: grabbed.view.y - down * scale });
    return;
  }
  const box = (event.target as Element).closest<SVGGElement>("g.node");
  if (box === null) hideCard();
  else showCard(box);
});
addEventListener("pointerup", () => {
  grabbed = undefined;
});
stage.addEventListener("click", (event) => {
  if (dragged) return;
  // The first click of two may have moved the picture.
  if (event.detail === 2) return openChosen();
  const box = (event.target as Element).closest<SVGGElement>("g.node");
  if (box !== null) select(box.dataset["key"] ?? "");
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    hideCard();
    if (search.value !== "") {
      search.value = "";
      find();
      search.focus();
    }
    return;
  }
  const field = event.target instanceof HTMLSelectElement || (event.target instanceof HTMLInputElement && event.target !== position);
  if (field || event.ctrlKey || event.metaKey || event.altKey) return;
  const moves: Readonly<Record<string, () => void>> = event.shiftKey
    ? { ArrowRight: () => pan(0.1, 0), ArrowLeft: () => pan(-0.1, 0), ArrowDown: () => pan(0, 0.1), ArrowUp: () => pan(0, -0.1), "+": () => zoom(1 / 1.25) }
    : {
        ArrowRight: () => go(now + 1),
        ArrowDown: () => go(now + 1),
        ArrowLeft: () => go(now - 1),
        ArrowUp: () => go(now - 1),
        Home: () => go(0),
        End: () => go(steps.length - 1),
        "+": () => zoom(1 / 1.25),
        "-": () => zoom(1.25),
        "0": () => glide(whole()),
        "/": () => search.focus(),
        o: openChosen,
        u: out,
      };
  const move = moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  move();
});
root.classList.add("ready");
look(whole());
go(0, false);
