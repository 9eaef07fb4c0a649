import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Tensor, add, input, mul, name, record, sin, tanh, tensor } from "@nabla/autodiff";
import { checkEquations, compare, equationLines, explain, network, textbookRows } from "@nabla/mlp";
import { comparisonHtml, dark, fromGraph, fromNetwork, fromTape, light, toHtml } from "@nabla/viz";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Page, browse, browserFound, titled } from "./chromium.ts";

const shots = fileURLToPath(new URL("../../out/", import.meta.url));
mkdirSync(shots, { recursive: true });

const lesson = explain(network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], key: 1 }), "binaryCrossEntropy", [0.6, -1], [1]);

/** A chain of named steps that is much wider than a screen, with one value used all along it. */
function chain(length: number): Promise<string> {
  const tape = record(
    (x: Tensor) => {
      let at = x;
      for (let step = 1; step <= length; step += 1) at = name(step % 3 === 0 ? mul(at, 0.5) : step % 3 === 1 ? sin(at) : add(tanh(at), x), `u${step}`);
      return at;
    },
    name(tensor(0.3), "x"),
  );
  return toHtml(fromTape(tape, { title: "A chain" }), { tape });
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

describe.skipIf(!browserFound)(
  titled("the page in a browser"),
  () => {
    let page: Page;
    let small = "";
    beforeAll(async () => {
      page = await browse();
      small = await toHtml(fromTape(lesson.tape, { ...lesson, title: "Backpropagation" }), { tape: lesson.tape });
    });
    afterAll(async () => page.close());
    /** What the reader's system asks for. */
    const prefers = (scheme: "light" | "dark", motion: "reduce" | "no-preference"): Promise<unknown> =>
      page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: motion }] }); // prettier-ignore
    beforeEach(async () => {
      await prefers("light", "reduce");
    });
    const rectangle = (selector: string): Promise<Box> =>
      page.read(
        `(() => { const { left, top, right, bottom } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { left, top, right, bottom }; })()`,
      );
    const middle = async (selector: string): Promise<{ readonly x: number; readonly y: number }> => {
      const { left, top, right, bottom } = await rectangle(selector);
      return { x: (left + right) / 2, y: (top + bottom) / 2 };
    };
    const mouse = (type: string, x: number, y: number, more: object = {}): Promise<unknown> =>
      page.send("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons: type === "mouseMoved" ? 0 : 1, clickCount: 1, ...more });
    const view = async (): Promise<number[]> =>
      (await page.read<string>("document.querySelector('#stage > svg').getAttribute('viewBox')")).split(" ").map(Number);
    const click = (selector: string): Promise<unknown> => page.read(`document.querySelector(${JSON.stringify(selector)}).click()`);
    const complaints = (): unknown[] =>
      page.events.filter(({ method }) => ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"].includes(method));
    const background = (): Promise<string> => page.read("getComputedStyle(document.body).backgroundColor");
    const rgb = (colour: string): string => `rgb(${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(", ")})`;

    test("keys and the mouse move the picture, and Fit brings it back", async () => {
      await page.open(small);
      const [x = 0, y = 0, width = 0, height = 0] = await view();
      await page.press("ArrowRight", true);
      await page.press("ArrowDown", true);
      expect(await view()).toEqual([x + width / 10, y + height / 10, width, height]);
      await page.press("ArrowLeft", true);
      await page.press("ArrowUp", true);
      (await view()).forEach((each, at) => expect(each).toBeCloseTo([x, y, width, height][at] ?? Number.NaN));

      const before = await middle("g.node");
      await mouse("mousePressed", 300, 200);
      await mouse("mouseMoved", 340, 225, { buttons: 1 });
      await mouse("mouseMoved", 380, 250, { buttons: 1 });
      await mouse("mouseReleased", 380, 250);
      const after = await middle("g.node");
      expect([after.x - before.x, after.y - before.y].map(Math.round), "the picture follows the pointer").toEqual([80, 50]);
      await mouse("mouseMoved", 500, 300);
      expect(await middle("g.node"), "until it is let go").toEqual(after);
      await page.press("0");
      expect(await view()).toEqual([x, y, width, height]);
      expect(await page.read("document.querySelector('#position').value"), "panning is no step").toBe("0");
    });

    test("a drag that begins on a box moves the picture, and a click selects the box", async () => {
      await page.open(small);
      const { x, y } = await middle("g.node[data-key='6']");
      await mouse("mousePressed", x, y);
      await mouse("mouseMoved", x + 30, y, { buttons: 1 });
      await mouse("mouseReleased", x + 30, y);
      expect(await page.read("document.querySelector('#position').value")).toBe("0");
      await mouse("mousePressed", x + 30, y);
      await mouse("mouseReleased", x + 30, y);
      expect(await page.read("document.querySelector('#steps > li:not([hidden])').dataset.box")).toBe("6");
      expect(await page.read("document.querySelector('g.node.now').dataset.key")).toBe("6");
    });

    test("the wheel zooms around the pointer, + and − and the buttons around the middle, within limits", async () => {
      await page.open(small);
      const whole = (await view())[2] ?? 0;
      await page.press("+");
      expect((await view())[2]).toBeCloseTo(whole / 1.25);
      await page.press("-");
      expect((await view())[2]).toBeCloseTo(whole);
      await click("#closer");
      await click("#further");
      expect((await view())[2]).toBeCloseTo(whole);

      const zoomed = async (box: string, wheel: number): Promise<number> => {
        const [before, width = 1] = [await middle(box), (await view())[2]];
        const [x, y] = [Math.round(before.x), Math.round(before.y)];
        await mouse("mouseWheel", x, y, { deltaX: 0, deltaY: wheel, button: "none", buttons: 0 });
        const [after, factor] = [await middle(box), ((await view())[2] ?? 0) / width];
        const off = Math.hypot(after.x - x - (before.x - x) / factor, after.y - y - (before.y - y) / factor);
        expect(off, "the point under the pointer stays there").toBeLessThan(0.1);
        return factor;
      };
      expect(await zoomed("g.node[data-key='6']", -400)).toBeLessThan(0.6);
      expect(await zoomed("g.node[data-key='6']", 200)).toBeGreaterThan(1.2);
      const at = await middle("g.node[data-key='6']");
      for (let turn = 0; turn < 12; turn += 1) await mouse("mouseWheel", at.x, at.y, { deltaX: 0, deltaY: -1000, button: "none", buttons: 0 });
      expect((await view())[2]).toBeCloseTo(whole / 60);
      for (let turn = 0; turn < 12; turn += 1) await mouse("mouseWheel", at.x, at.y, { deltaX: 0, deltaY: 1000, button: "none", buttons: 0 });
      expect((await view())[2]).toBeCloseTo(whole * 2);

      await page.open(await chain(30));
      for (const key of [1, 15, 30]) {
        await click("#fit");
        expect(await zoomed(`g.node[data-key='${key}']`, -400), "in a picture of another shape than the stage").toBeLessThan(0.6);
      }
    });

    test("a pointer that rests on a box shows its card on the stage, and elsewhere hides it", async () => {
      await page.open(small);
      const hidden = (): Promise<boolean> => page.read("document.querySelector('#card').hidden");
      expect(await hidden()).toBe(true);
      const box = await middle("g.node[data-key='6']");
      await mouse("mouseMoved", box.x, box.y);
      expect(await hidden()).toBe(false);
      const text = await page.read<string>("document.querySelector('#card').textContent");
      for (const part of ["z¹", "formula", "W¹ x + b¹", "shape", "value", "-1.5656", "δ¹", "-0.0268"]) expect(text).toContain(part);
      const [card, stage] = [await rectangle("#card"), await rectangle("#stage")];
      expect(card.left >= stage.left && card.top >= stage.top && card.right <= stage.right && card.bottom <= stage.bottom).toBe(true);
      expect(await page.read("document.querySelector('#position').value"), "looking is no step").toBe("0");
      await mouse("mouseMoved", 12, stage.bottom - 8);
      expect(await hidden()).toBe(true);
    });

    test("every step of a long chain brings its box into sight, large enough to read, and the overview shows the whole", async () => {
      await page.open(await chain(60));
      const count = await page.read<number>("document.querySelectorAll('#steps > li').length");
      expect(count).toBeGreaterThan(120);
      const seen = await page.read<{ readonly inside: boolean; readonly scale: number }[]>(`Array.from({ length: ${count - 1} }, () => {
        document.querySelector('#next').click();
        const [frame, at] = [document.querySelector('#stage'), document.querySelector('g.node.now')].map((each) => each.getBoundingClientRect());
        const inside = at.left >= frame.left && at.right <= frame.right && at.top >= frame.top && at.bottom <= frame.bottom;
        return { inside, scale: document.querySelector('#stage > svg').getScreenCTM().a };
      })`);
      expect(seen.filter(({ inside, scale }) => !inside || scale < 0.8)).toEqual([]);
      await page.screenshot(`${shots}page-chain.png`);
      const whole = await page.read<string>("document.querySelector('#stage > svg').dataset.whole");
      await page.press("Home");
      expect(await view()).toEqual(whole.split(" ").map(Number));
      for (const control of ["#next", "#fit", "#next"]) await click(control);
      expect(await page.read<number>("document.querySelector('#stage > svg').getScreenCTM().a"), "a step after Fit").toBeGreaterThanOrEqual(0.8);
      expect(complaints()).toEqual([]);
    });

    test("a step in a small picture that is in sight and readable moves nothing", async () => {
      await page.open(small);
      const before = await view();
      for (let at = 0; at < 20; at += 1) await page.press("ArrowRight");
      expect(await view()).toEqual(before);
    });

    test("without a theme the page follows the system, also when it changes; the switch and a theme of its own win", async () => {
      await page.open(small);
      expect(await background()).toBe(rgb(light.page));
      await prefers("dark", "reduce");
      expect(await background()).toBe(rgb(dark.page));
      const ink = await page.read<string>("getComputedStyle(document.querySelector('g.node text')).fill");
      await click("#theme");
      expect(await background(), "the switch from the system's dark is to light").toBe(rgb(light.page));
      expect(await page.read("getComputedStyle(document.querySelector('g.node text')).fill"), "the picture changes with the page").not.toBe(ink);
      await page.open(await toHtml(fromTape(lesson.tape, lesson), { tape: lesson.tape, theme: "light" }));
      expect(await background()).toBe(rgb(light.page));
    });

    test("with reduced motion nothing moves by itself: a view is there at once; otherwise it glides", async () => {
      const atOnce = `(() => {
        const svg = document.querySelector('#stage > svg');
        document.querySelector('#closer').click();
        document.querySelector('#fit').click();
        return svg.getAttribute('viewBox').split(' ').map(Number).join() === svg.dataset.whole.split(' ').map(Number).join();
      })()`;
      await page.open(small);
      expect(await page.read(atOnce)).toBe(true);
      expect(await page.read("getComputedStyle(document.querySelector('g.node')).transitionProperty")).toBe("none");
      await prefers("light", "no-preference");
      await page.open(small);
      expect(await page.read("getComputedStyle(document.querySelector('g.node')).transitionProperty")).toBe("opacity");
      expect(await page.read(atOnce)).toBe(false);
      const arrived =
        "document.querySelector('#stage > svg').getAttribute('viewBox').split(' ').map(Number).join() === document.querySelector('#stage > svg').dataset.whole.split(' ').map(Number).join()";
      await expect.poll(() => page.read(arrived), { timeout: 10_000 }).toBe(true);
    });

    test("the page of a network's neurons has cards and search, no steps, and complains of nothing", async () => {
      await page.open(await toHtml(fromNetwork({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"], title: "A 2-3-1 network" })));
      expect(await page.read("document.querySelectorAll('#stage g.node').length")).toBe(6);
      expect(await page.read("document.querySelector('aside').hidden")).toBe(true);
      await page.press("ArrowRight");
      const box = await middle("g.node[data-key='2']");
      await mouse("mouseMoved", box.x, box.y);
      const label = await page.read<string>("document.querySelector('#card h2').textContent");
      expect(await page.read("document.querySelector('#card').hidden")).toBe(false);
      await page.press("/");
      for (const letter of label.slice(0, 1)) await page.press(letter);
      expect(await page.read<number>("document.querySelectorAll('#results button').length")).toBeGreaterThan(0);
      await page.screenshot(`${shots}page-neurons.png`);
      expect(complaints()).toEqual([]);
    });

    test("a fold that is opened while a step still glides into sight is shown whole", async () => {
      await prefers("light", "no-preference");
      let deep = input("x", []);
      for (let step = 0; step < 1000; step++) deep = tanh(deep);
      await page.open(await toHtml(fromGraph(deep)));
      for (const key of ["+", "+", "+", "ArrowRight", "o"]) await page.press(key);
      await page.read("new Promise((resolve) => setTimeout(resolve, 400))");
      const whole = await page.read<string>("document.querySelector('#stage > svg:not([hidden])').dataset.whole");
      const seen = await page.read<string>("document.querySelector('#stage > svg:not([hidden])').getAttribute('viewBox')");
      expect(seen.split(" ").map(Number)).toEqual(whole.split(" ").map(Number));
      const tall = await page.read<number>("document.querySelector('header').offsetHeight");
      expect(tall, "one row of tools, and one for what is folded").toBeLessThan(90);
    });

    test("on paper there is the picture with the step that is shown, and no tools", async () => {
      await page.open(small);
      for (let step = 0; step < 14; step += 1) await page.press("ArrowRight");
      await page.send("Emulation.setEmulatedMedia", { media: "print", features: [{ name: "prefers-color-scheme", value: "dark" }] });
      const shown = await page.read<string[]>("['.tools', '.stepper', '.keys', '#stage > svg', '#steps > li:not([hidden])'].filter((each) => document.querySelector(each).getClientRects().length > 0)"); // prettier-ignore
      const [ink, ahead] = [await page.read("getComputedStyle(document.body).color"), await page.read("getComputedStyle(document.querySelector('g.node.ahead')).opacity")]; // prettier-ignore
      await page.send("Emulation.setEmulatedMedia", { media: "" });
      expect(shown).toEqual(["#stage > svg", "#steps > li:not([hidden])"]);
      expect(ink).toBe(rgb(light.ink));
      expect(ahead).toBe("1");
    });

    test("a report of comparisons shows verdicts, heat maps in both themes and equations, with no script", async () => {
      const pair = compare(network({ sizes: [2, 3, 1], activations: ["tanh", "sigmoid"], key: 1 }), "binaryCrossEntropy", [[0.5, -1]], [[1]]);
      const wrong = { ...pair, name: "another", agrees: false, rows: pair.rows.map((row, at) => (at === 0 ? { ...row, agrees: false } : row)) };
      const equations = equationLines(checkEquations(textbookRows.slice(0, 2)));
      await page.open(await comparisonHtml([{ ...pair, name: "2-3-1" }, wrong], { equations }));
      expect(await page.read("document.scripts.length")).toBe(0);
      expect(await page.read("[...document.querySelectorAll('h2')].map((each) => each.textContent)")).toEqual(["Equations", "2-3-1", "another"]);
      expect(await page.read("document.querySelectorAll('.lines tbody tr').length")).toBe(2);
      expect(await page.read("document.querySelectorAll('section').length")).toBe(2 * pair.rows.length);
      expect(await page.read("document.querySelectorAll('section .bad').length")).toBe(1);
      const tint = (): Promise<string[]> =>
        page.read("[...new Set([...document.querySelectorAll('.heat td')].map((each) => getComputedStyle(each).backgroundColor))].sort()");
      const day = await tint();
      expect(day.length).toBeGreaterThan(3);
      await prefers("dark", "reduce");
      expect(await tint()).not.toEqual(day);
      expect(await background()).toBe(rgb(dark.page));
      await page.screenshot(`${shots}page-report.png`);
      expect(complaints()).toEqual([]);
    });
  },
  60_000,
);
