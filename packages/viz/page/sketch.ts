/**
 * Steps of a fold that the document has no picture of: what is known of each, as `[name, operation, shape, operands, value, gradient]`, with
 * operands as distances back; a step that has a box of its own in the first picture is 0.
 */
export type Told = 0 | readonly [name: string, operation?: string, shape?: string, operands?: readonly number[], value?: string, gradient?: string];

/** What sketches are made of: the number of the first step, and what is told of all. */
export const hiddenSteps = (): { readonly base: number; readonly steps: readonly Told[] } => {
  const data = document.querySelector<HTMLElement>("#hidden");
  return data === null ? { base: 0, steps: [] } : { base: Number(data.dataset["base"]), steps: JSON.parse(data.textContent ?? "[]") as Told[] };
};

/** A drawing of steps in rows, read as a text is, with an arrow from each operand to its use. The page's size does not grow with it. */
export const sketchOf = (label: string, steps: readonly Told[], base: number, keys: readonly number[]): SVGSVGElement => {
  const [width, height, across, down] = [196, 40, 40, 28];
  const longest = 32;
  const namespace = document.querySelector("#stage > svg")?.namespaceURI ?? null;
  const make = <K extends keyof SVGElementTagNameMap>(
    kind: K,
    attributes: Readonly<Record<string, string | number>>,
    text?: string,
  ): SVGElementTagNameMap[K] => {
    const element = document.createElementNS(namespace, kind) as SVGElementTagNameMap[K];
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    if (text !== undefined) element.textContent = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
    return element;
  };
  const columns = Math.max(1, Math.ceil(Math.sqrt((keys.length * 1.6 * (height + down)) / (width + across))));
  const rows = Math.ceil(keys.length / columns);
  const whole = `${-across} ${-down} ${columns * (width + across) + across} ${rows * (height + down) + down}`;
  const svg = make("svg", { class: "sketch", viewBox: whole, "data-whole": whole, role: "img", "aria-label": label, tabindex: -1 });
  const places = new Map(keys.map((key, at) => [key, { x: (at % columns) * (width + across), y: Math.floor(at / columns) * (height + down) }]));
  const boxes: SVGElement[] = [];
  for (const [key, { x, y }] of places) {
    const [name = "", operation = "", shape = "", operands = []] = steps[key - base] || [];
    const box = make("g", { class: "node", "data-key": key, transform: `translate(${x} ${y})` });
    box.append(make("rect", { width, height, rx: 8 }), make("text", { x: 9, y: 16, class: "name" }, name), make("text", { x: 9, y: 31 }, operation));
    box.append(make("text", { x: width - 9, y: 16, "text-anchor": "end" }, shape));
    boxes.push(box);
    for (const back of operands) {
      const from = places.get(key - back);
      if (from === undefined) continue;
      const [fromX, fromY, toY] = [from.x + width, from.y + height / 2, y + height / 2];
      const bend = Math.max(across, Math.abs(x - fromX) / 3);
      const isNext = fromY === toY && x - fromX === across;
      // From one row to the next between the two, else in a bow.
      const isBelow = x < from.x && y - from.y === height + down;
      const bow = isNext ? `M${fromX},${fromY}H${x - 6}` : `M${fromX},${fromY}C${fromX + bend},${fromY} ${x - bend},${toY} ${x - 6},${toY}`;
      const path = isBelow ? `M${from.x + width / 2},${from.y + height}V${y - down / 2}H${x + width / 2}V${y - 6}` : bow;
      const head = isBelow ? `M${x + width / 2},${y}l-3.5,-7h7z` : `M${x},${toY}l-7,-3.5v7z`;
      const edge = make("g", { class: "edge", "data-from": key - back, "data-to": key });
      edge.append(make("path", { d: path }), make("path", { class: "head", d: head }));
      svg.append(edge);
    }
  }
  svg.append(...boxes);
  return svg;
};
