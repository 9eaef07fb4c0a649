import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Diagram, fromGraph, toHtml, toSvg, toDot } from "@nabla/viz";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Page, browse, browserFound, titled } from "./chromium.ts";
import { tangles } from "./tangles.ts";

const shots = fileURLToPath(new URL("../../out/", import.meta.url));
mkdirSync(shots, { recursive: true });

const pictures: Readonly<Record<string, Diagram>> = Object.fromEntries(Object.entries(tangles).map(([label, make]) => [label, fromGraph(make())]));
const drawn = Object.entries(pictures);

/** From where one gets to where, over arrows forward. */
function reach({ nodes, edges }: Pick<Diagram, "nodes" | "edges">): Map<string, Set<string>> {
  const next = new Map<string, string[]>();
  for (const { from, to, direction } of edges) if (direction === "forward") next.set(from, [...(next.get(from) ?? []), to]);
  return new Map(
    nodes.map(({ id }) => {
      const found = new Set(next.get(id));
      for (const at of found) for (const each of next.get(at) ?? []) found.add(each);
      return [id, found];
    }),
  );
}

describe.each(drawn)("the overview of %s", (_, picture) => {
  const { nodes, edges, whole } = picture;

  test("has few boxes and few arrows, and fits a screen", async () => {
    expect(nodes.length).toBeLessThanOrEqual(30);
    expect(edges.length).toBeLessThanOrEqual(2 * nodes.length);
    const [, width = "0", height = "0"] = /width="([\d.]+)pt" height="([\d.]+)pt"/.exec(await toSvg(toDot(picture))) ?? [];
    expect(Number(width)).toBeLessThan(2400);
    expect(Number(height)).toBeLessThan(1400);
  });

  test("leads wherever the steps lead, and each box says what it takes along no arrow of its own", () => {
    const boxOf = new Map(nodes.flatMap(({ id, members = [id] }) => members.map((member) => [member, id] as const)));
    const names = new Map(nodes.map(({ id, name }) => [id, name]));
    const led = reach(picture);
    const direct = new Set(edges.map(({ from, to }) => `${from} ${to}`));
    const told = new Map(nodes.map(({ id, lines = [] }) => [id, new Set(lines.find(({ label }) => label === "also takes")?.text.split(/: |, /))]));
    const ways = new Map<string, readonly [operand: string, use: string]>();
    for (const { from, to, direction } of whole?.edges ?? []) {
      const [operand = "", use = ""] = [boxOf.get(from), boxOf.get(to)];
      const key = `${operand} ${use}`;
      if (direction === "forward" && use !== operand && !direct.has(key)) ways.set(key, [operand, use]);
    }
    for (const [operand, use] of ways.values()) {
      expect(led.get(operand)?.has(use), `${names.get(operand)} leads to ${names.get(use)}`).toBe(true);
      expect([...(told.get(use) ?? [])]).toContain(names.get(operand));
    }
  });
});

describe.skipIf(!browserFound)(titled("in a browser"), () => {
  let page: Page;
  beforeAll(async () => {
    page = await browse();
    await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-reduced-motion", value: "reduce" }] });
  });
  afterAll(async () => page.close());
  const complaints = (): unknown[] =>
    page.events.filter(({ method }) => ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"].includes(method));
  const list = "document.querySelector('#levels')";
  const shown = "document.querySelector('#stage > svg:not([hidden])')";
  const inView = (selector: string): string => `[...${shown}.querySelectorAll(${JSON.stringify(selector)})]`;

  test.each(drawn)("every step of %s has a view that shows it by itself, by way of the list and of Open", async (label, picture) => {
    await page.open(await toHtml(picture, { title: label }));
    expect(await page.read("document.querySelector('.hint').textContent")).toMatch(
      /^[\d,]+ of [\d,]+ steps are folded into \d+ boxes: open one by a double-click/,
    );
    await page.screenshot(`${shots}tangle-${drawn.findIndex(([each]) => each === label)}.png`);
    const first = picture.nodes.length;
    expect(await page.read(`${list}.options.length`)).toBe(1 + picture.nodes.filter(({ members = [] }) => members.length > 1).length);
    // In one go, since there are hundreds of views.
    const alone = await page.read<string[]>(`(() => {
      const held = [];
      const inView = (selector) => [...${shown}.querySelectorAll(selector)];
      const gather = () => held.push(...inView("g.node:not([data-fold])").map(({ dataset }) => dataset.holds ?? dataset.key));
      for (const { value } of ${list}.options) {
        ${list}.value = value;
        ${list}.dispatchEvent(new Event("change"));
        gather();
        const folds = value === "0" ? 0 : inView("g.node[data-fold]").length;
        for (let at = 0; at < folds; at++) {
          inView("g.node[data-fold]")[at].dispatchEvent(new MouseEvent("click", { bubbles: true }));
          document.querySelector("#open").click();
          gather();
          document.querySelector("#out").click();
        }
      }
      return held;
    })()`);
    const seen = new Set(alone.flatMap((held) => held.split(" ")).map(Number));
    const steps = picture.whole?.nodes.length ?? 0;
    const hidden = (picture.whole?.nodes ?? []).flatMap(({ id }, at) =>
      picture.nodes.some((node) => node.members === undefined && node.id === id) ? [] : [first + at],
    );
    expect(hidden.length).toBeGreaterThan(steps - first);
    expect(hidden.filter((key) => !seen.has(key))).toEqual([]);
    expect(complaints()).toEqual([]);
  });

  test("a double-click, a key and a search open folds, a key leaves them, and arrows of a step stand out", async () => {
    const picture = pictures["10,000 random steps"] as Diagram;
    await page.open(await toHtml(picture));
    const { x, y } = await page.read<{ x: number; y: number }>("(({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 }))(document.querySelector('g.node[data-key=\"9\"]').getBoundingClientRect())"); // prettier-ignore
    for (const clickCount of [1, 2])
      for (const type of ["mousePressed", "mouseReleased"]) await page.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount });
    const label = `inside ${picture.nodes[9]?.name}`;
    expect(await page.read(`${shown}.getAttribute('aria-label')`)).toBe(label);
    expect(await page.read(`${list}.selectedOptions[0].textContent`)).toContain(label);
    await page.press("u");
    expect(await page.read(`${shown}.dataset.level`)).toBe("0");
    await page.press("Home");
    await page.press("ArrowRight");
    await page.press("o");
    expect(await page.read(`${list}.selectedOptions[0].textContent`)).toContain(`inside ${picture.nodes[0]?.name}`);
    await page.press("u");

    await page.press("/");
    await page.send("Input.insertText", { text: "v6000 = " });
    expect(await page.read("document.querySelectorAll('#results button').length")).toBe(1);
    await page.read("document.querySelector('#results button').click()");
    expect(await page.read(`${shown}.querySelector('g.node.now .name').textContent`)).toBe("v6000");
    expect(await page.read("document.querySelector('#card').innerText")).toMatch(/^v6000\s+formula\s+(add|mul)\(v\d+, v\d+\)/);
    expect(await page.read<number>(`${inView("g.edge.now")}.length`)).toBeGreaterThan(0);
    await page.screenshot(`${shots}tangle-search.png`);
    expect(complaints()).toEqual([]);
  });
});
