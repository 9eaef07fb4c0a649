/** What runs in the page. Everything to be seen is in the document already; this shows, hides, marks and moves. */
{
  const all = <E extends Element>(selector: string, root: ParentNode = document): E[] => [...root.querySelectorAll<E>(selector)];
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as querySelector has it
  const one = <E extends Element>(selector: string): E => {
    const found = document.querySelector<E>(selector);
    if (found === null) throw new Error(`the page has no ${selector}`);
    return found;
  };
  const root = document.documentElement;
  const stage = one<HTMLElement>("#stage");
  const card = one<HTMLElement>("#card");
  const live = one<HTMLElement>("#live");
  const search = one<HTMLInputElement>("#search");
  const results = one<HTMLElement>("#results");
  const position = one<HTMLInputElement>("#position");
  const levels = one<HTMLSelectElement>("#levels");
  const steps = all<HTMLElement>("#steps > li");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** Longer blocks are spoken by their size. */
  const mostSpoken = 8;
  /** Numbers are written as `1,2;3,4`, and shown in rows between brackets. */
  const layOut = (part: ParentNode): void => {
    for (const written of all<HTMLElement>("span.m", part)) {
      const rows = (written.textContent ?? "").split(";").map((row) => row.split(","));
      const [height, width] = [rows.length, rows[0]?.length ?? 0];
      const size = written.dataset["of"];
      const table = document.createElement("table");
      table.className = "m";
      table.setAttribute("role", "img");
      const many = size !== undefined || height * width > mostSpoken;
      table.ariaLabel = many ? `${(size ?? `${height}×${width}`).replace("×", " by ")} numbers` : rows.map((row) => row.join(", ")).join("; ");
      for (const row of rows) {
        const line = table.insertRow();
        for (const each of row) line.insertCell().textContent = each;
      }
      written.replaceWith(table);
      if (size === undefined) continue;
      const hint = document.createElement("small");
      hint.className = "hint";
      hint.textContent = size;
      table.after(hint);
    }
  };
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

  /** The numbers of all that a box stands for: its own where nothing is folded into it. */
  const heldBy = ({ holds, key = "" }: DOMStringMap): string[] => (holds ?? key).split(" ");
  /** The box that shows a step's value, which may be folded into it. */
  const boxOf = (id: string): SVGGElement | undefined =>
    all<SVGGElement>("g.node", picture).find(({ dataset }) => dataset["key"] === id || heldBy(dataset).includes(id));

  // Pan and zoom move the picture's own window.
  interface View {
    x: number;
    y: number;
    width: number;
    height: number;
  }
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
  const around = (all: readonly View[]): View => {
    const [x, y] = [Math.min(...all.map((each) => each.x)), Math.min(...all.map((each) => each.y))];
    return { x, y, width: Math.max(...all.map((each) => each.x + each.width)) - x, height: Math.max(...all.map((each) => each.y + each.height)) - y };
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
    const content = document.getElementById(`card-${box.dataset["card"] ?? box.dataset["key"] ?? ""}`);
    if (!(content instanceof HTMLTemplateElement)) return;
    card.replaceChildren(content.content.cloneNode(true));
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
      const held = heldBy(box.dataset);
      box.classList.toggle("now", box === current);
      box.classList.toggle("source", sources.has(box));
      box.classList.toggle("ahead", now > 0 && box !== current && !sources.has(box) && !held.some((id) => reached.has(id)));
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
  /** A step as it is read aloud: where it stands, its rule, and its numbers. */
  const told = (step: HTMLElement): string => {
    const way = step.querySelector(".way")?.textContent ?? "";
    const rules = all("h2, .rule", step).map(({ textContent }) => textContent ?? "");
    const result = step.querySelector(".result > .m, .result > .n");
    return [way, ...rules, result?.getAttribute("aria-label") ?? result?.textContent ?? ""].filter((part) => part !== "").join(": ");
  };
  const go = (to: number, say = true): void => {
    if (steps.length === 0) return;
    hideCard();
    now = Math.min(Math.max(to, 0), steps.length - 1);
    steps.forEach((step, at) => {
      step.hidden = at !== now;
    });
    position.value = String(now);
    const title = steps[now]?.querySelector("h2")?.textContent ?? "";
    position.setAttribute("aria-valuetext", title);
    one<HTMLElement>("#count").textContent = now === 0 ? `${steps.length - 1} steps` : `step ${now} of ${steps.length - 1}`;
    one<HTMLButtonElement>("#previous").disabled = now === 0;
    one<HTMLButtonElement>("#next").disabled = now === steps.length - 1;
    const shown = steps[now];
    if (say && shown !== undefined) live.textContent = told(shown);
    const { current, sources } = mark();
    if (current !== undefined) reveal(current, sources);
    else if (say) glide(whole());
  };
  const direction = (way: string): void => go(steps.findIndex(({ dataset }) => dataset["direction"] === way));

  const open = (level: string): void => {
    for (const svg of all<SVGSVGElement>("#stage > svg")) svg.toggleAttribute("hidden", svg.dataset["level"] !== level);
    picture = one<SVGSVGElement>("#stage > svg:not([hidden])");
    levels.value = level;
    hideCard();
    look(whole());
    mark();
    live.textContent = `shown: ${levels.selectedOptions[0]?.textContent ?? ""}`;
  };

  // Search goes through everything there is, also what is folded away.
  const greek = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega".split(" ");
  const signs: Readonly<Record<string, string>> = { "∂": "d", "∇": "nabla", "×": "x", "⊙": "*", "′": "'" };
  /** As people type it: no accents, indices on the line, letters by their names, signs from the keyboard. */
  const typed = (text: string): string =>
    text
      .normalize("NFKD")
      .replaceAll(/\p{Mark}/gu, "")
      .toLowerCase()
      .replaceAll(/[α-ω]/g, (letter) => greek[letter.charCodeAt(0) - 0x3b1] ?? letter)
      .replaceAll(/[∂∇×⊙′]/g, (sign) => signs[sign] ?? sign);
  const entries = all<HTMLElement>("#index > li").map((entry, at) => ({
    id: String(at),
    text: entry.textContent ?? "",
    typed: typed(entry.textContent ?? ""),
  }));
  const find = (): void => {
    const wanted = typed(search.value.trim());
    const found = wanted === "" ? [] : entries.filter((entry) => entry.typed.includes(wanted));
    results.replaceChildren(
      ...found.slice(0, 50).map(({ id, text }) => {
        const button = document.createElement("button");
        button.textContent = text;
        button.addEventListener("click", () => select(id));
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    results.hidden = wanted === "";
    const ids = new Set(found.flatMap(({ id }) => boxOf(id) ?? []));
    for (const box of all<SVGGElement>("g.node", picture)) box.classList.toggle("found", ids.has(box));
    if (wanted !== "") live.textContent = `${found.length} found`;
  };
  const select = (id: string): void => {
    const box = boxOf(id);
    if (box === undefined) return;
    const at = steps.findIndex(({ dataset }) => dataset["box"] === id);
    if (at >= 0) go(at);
    reveal(box);
    showCard(box);
    live.textContent = card.textContent ?? "";
  };

  const on = (id: string, run: () => void): void => one<HTMLElement>(id).addEventListener("click", run);
  on("#first", () => go(0));
  on("#previous", () => go(now - 1));
  on("#next", () => go(now + 1));
  on("#last", () => go(steps.length - 1));
  on("#to-forward", () => direction("forward"));
  on("#to-backward", () => direction("backward"));
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
    const box = (event.target as Element).closest<SVGGElement>("g.node");
    if (box === null || dragged) return;
    select(box.dataset["key"] ?? "");
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
        };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  });
  root.classList.add("ready");
  look(whole());
  go(0, false);
}
