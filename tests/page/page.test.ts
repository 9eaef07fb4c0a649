import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Tensor, add, mul, name, record, scope, sin, sum, tanh, tensor } from "@nabla/autodiff";
import { explain, network } from "@nabla/mlp";
import { type Diagram, type DiagramNode, fromTape, toHtml } from "@nabla/viz";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assets, assetsFile } from "../../scripts/page.ts";
import { plain } from "./arithmetic.ts";
import { type Page, browse, browserFound, titled } from "./chromium.ts";

if (!browserFound) console.log("chromium is not on the PATH: the tests of the page in a browser are skipped");
const shots = fileURLToPath(new URL("../../out/", import.meta.url));
mkdirSync(shots, { recursive: true });

const net = network({ sizes: [2, 2, 1], activations: ["sigmoid", "sigmoid"], key: 1 });
const lesson = explain(net, "binaryCrossEntropy", [0.6, -1], [1]);
const diagram = fromTape(lesson.tape, { ...lesson, title: "Backpropagation in a 2-2-1 network" });

/** A hundred steps with long names, which all use the input. */
function wordy(): Promise<string> {
  const tape = record(
    (x: Tensor) => {
      let at = x;
      for (let step = 0; step < 98; step += 1) at = name(step % 2 === 1 ? tanh(mul(at, x)) : add(sin(mul(at, -1)), x), `hidden_state_${step}`);
      return sum(at);
    },
    name(tensor([0.31, -0.72, 1.25]), "x"),
  );
  return toHtml(fromTape(tape, { title: "Long names" }), { tape });
}

test("the page of 100 boxes with long names, three numbers each and 200 arrows has at most 300 kB", async () => {
  expect(Buffer.byteLength(await wordy())).toBeLessThanOrEqual(300_000);
});

/** A hundred named steps in five scopes. */
function hundred(start: number | readonly number[] = 0.3): { readonly diagram: Diagram; readonly html: Promise<string> } {
  const tape = record(
    (x: Tensor) => {
      let at = x;
      for (let layer = 1; layer <= 5; layer += 1)
        at = scope(`layer ${layer}`, () => {
          let inside = at;
          for (let step = 1; step <= 20; step += 1) {
            const next = step % 3 === 0 ? mul(inside, 0.5) : step % 3 === 1 ? sin(inside) : add(tanh(inside), x);
            inside = name(next, `u${layer}_${step}`);
          }
          return inside;
        });
      return sum(at);
    },
    name(tensor(start), "x"),
  );
  const picture = fromTape(tape, { title: "A hundred steps" });
  return { diagram: picture, html: toHtml(picture, { tape }) };
}

test("the script and the style in the package are those of packages/viz/page", () => {
  expect(readFileSync(assetsFile, "utf8") === assets(), "run pnpm page").toBe(true);
});

test.each<[string, number | readonly number[]]>([
  ["a number each", 0.3],
  ["three numbers each", [0.3, -0.7, 1.2]],
])("the page of 100 boxes with %s has at most 300 kB, with its layers folded, and all that a card says", async (_, start) => {
  const { diagram: picture, html } = hundred(start);
  expect(picture.nodes.length).toBeGreaterThanOrEqual(100);
  expect(Buffer.byteLength(await html)).toBeLessThanOrEqual(300_000);
  expect(await html).toContain("everything folded");
  const steps = (await html).split("\n").filter((line) => /<i class="result"><b(?: class="m")?>[^<]+<\/b><small>/.test(line));
  for (const way of ["forward", "backward"]) expect(steps.filter((line) => line.includes(`data-direction="${way}"`)).length).toBeGreaterThanOrEqual(100);
});

test("each arrow of a page leads from and to the boxes that it joins in the picture, also backward", async () => {
  const [svg = ""] = /<svg[\s\S]*?<\/svg>/.exec(await toHtml(diagram, { tape: lesson.tape })) ?? [];
  const drawn = [...svg.matchAll(/<g class="edge" data-from="(\d+)" data-to="(\d+)">/g)].map(([, from, to]) => `${from} ${to}`);
  const keys = new Map(diagram.nodes.map(({ id }, at) => [id, at]));
  expect(drawn.toSorted()).toEqual(diagram.edges.map(({ from, to }) => `${keys.get(from)} ${keys.get(to)}`).toSorted());
});

test("a page names no other place, and has no handler, style attribute or eval", async () => {
  const html = await toHtml(diagram, { tape: lesson.tape });
  expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|\son\w+="|\sstyle="|eval\(|<link|<img|@import|url\(/);
  expect(html).toContain("default-src 'none'");
});

test("the backward step of δ¹ multiplies the numbers of W² and δ² and σ′(z¹) to those of the tape", async () => {
  const html = await toHtml(diagram, { tape: lesson.tape });
  const step = html.split("\n").filter((line) => line.startsWith('<li hidden data-direction="backward"'))[4] ?? "";
  const text = plain(step);
  expect(text).toContain("δ¹ = W²ᵀ δ² ⊙ σ′(z¹) 0.4145 0.2190 W²ᵀ -0.4515 δ² ⊙ 0.1430 0.2462 σ′(z¹) = -0.0268 -0.0243 δ¹");
  expect(html).toContain("</span> = δ¹ (x)ᵀ</p>");
});

describe.skipIf(!browserFound)(
  titled("in a browser"),
  () => {
    let page: Page;
    const complaints = (): unknown[] =>
      page.events.filter(({ method }) =>
        ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"].includes(method),
      );
    const requests = (): unknown[] =>
      page.events.filter(({ method, params }) => method === "Network.requestWillBeSent" && !(params["request"] as { url: string }).url.startsWith("file:"));
    beforeAll(async () => {
      page = await browse();
    });
    afterAll(async () => page.close());

    test("arrow keys walk every step and the live region reads each; search, fold, theme and Escape work; nothing complains", async () => {
      await page.open(await toHtml(diagram, { tape: lesson.tape }));
      const count = await page.read<number>("document.querySelectorAll('#steps > li').length");
      expect(count).toBe(1 + diagram.nodes.length + diagram.nodes.filter(({ gradient }) => gradient?.value !== undefined).length);
      const said = new Set<string>();
      for (let at = 1; at < count; at += 1) {
        await page.press("ArrowRight");
        said.add(await page.read("document.querySelector('#live').textContent"));
        expect(await page.read("document.querySelectorAll('#steps > li:not([hidden])').length")).toBe(1);
        expect(await page.read("document.querySelectorAll('#stage svg:not([hidden]) g.node.now').length")).toBe(1);
      }
      expect(said.size).toBe(count - 1);
      await page.press("ArrowLeft");
      expect(await page.read("document.querySelector('#position').value")).toBe(String(count - 2));
      await page.press("End");
      for (let back = 0; back < 4; back += 1) await page.press("ArrowLeft");
      await page.screenshot(`${shots}page-step.png`);

      await page.press("/");
      for (const letter of "bce") await page.press(letter);
      expect(await page.read("document.querySelector('#results').textContent")).toContain("C = bce(a², y)");
      await page.press("Tab");
      expect(await page.read("document.activeElement.closest('#results') !== null && getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
      await page.press("Enter");
      expect(await page.read("document.querySelector('#card').hidden")).toBe(false);
      expect(await page.read("document.querySelector('#card').textContent")).toContain("bce(a², y)");
      await page.press("Escape");
      expect(await page.read("document.querySelector('#card').hidden && document.querySelector('#results').hidden")).toBe(true);

      const options = await page.read<string[]>("[...document.querySelectorAll('#levels option')].map((each) => each.textContent)");
      expect(options.length).toBe(4);
      await page.read("(() => { const s = document.querySelector('#levels'); s.value = '1'; s.dispatchEvent(new Event('change')); })()");
      const boxes = await page.read<number>("document.querySelectorAll('#stage svg:not([hidden]) g.node').length");
      expect(options[1]).toBe(`everything folded (${boxes} boxes)`);
      await page.read("document.querySelector('#theme').click()");
      expect(await page.read("getComputedStyle(document.body).backgroundColor")).toBe("rgb(16, 22, 29)");
      await page.screenshot(`${shots}page-folded-dark.png`);
      expect(complaints()).toEqual([]);
      expect(requests()).toEqual([]);
    });

    test.each([
      ["sigma", "a¹ = σ(z¹), ∂C/∂a¹"],
      ["SIGMA(Z1", "a¹ = σ(z¹), ∂C/∂a¹"],
      ["σ(z¹", "a¹ = σ(z¹), ∂C/∂a¹"],
      ["delta2", "z² = W² a¹ + b², δ²"],
      ["dC/dw1", "W¹ (weights) 2×2, ∂C/∂W¹"],
      ["2x2", "W¹ (weights) 2×2, ∂C/∂W¹"],
    ])("a search for %s finds %s", async (wanted, found) => {
      await page.open(await toHtml(diagram, { tape: lesson.tape }));
      await page.read(`(() => { const s = document.querySelector("#search"); s.value = ${JSON.stringify(wanted)}; s.dispatchEvent(new Event("input")); })()`);
      const results = await page.read<string[]>("[...document.querySelectorAll('#results button')].map((each) => each.textContent)");
      expect(results.map((each) => each.replace(/ [12](?=, [∂δ])/, ""))).toContain(found);
    });

    test("blocks of numbers are laid out in rows, in steps and on cards, and cut ones say their size", async () => {
      await page.open(await toHtml(diagram, { tape: lesson.tape }));
      expect(await page.read("document.querySelectorAll('span.m').length")).toBe(0);
      expect(await page.read("[...document.querySelectorAll('.way')].map((each) => each.textContent).filter((_, at) => at % 7 === 0)")).toEqual([
        "overview",
        "forward, 7 of 11",
        "backward, 3 of 9",
      ]);
      expect(await page.read("[...document.querySelectorAll('#steps table.m')].every((each) => each.ariaLabel !== '' && each.role === 'img')")).toBe(true);
      const weights = "[...document.querySelectorAll('#stage g.node')].find(({ textContent }) => textContent.includes('W¹'))";
      await page.read(`void ${weights}.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }))`);
      expect(await page.read("document.querySelectorAll('#card table.m tr').length")).toBeGreaterThan(1);
      const wide = record((x: Tensor) => sum(name(sin(x), "s")), name(tensor(Array.from({ length: 20 }, (_, at) => at)), "x"));
      await page.open(await toHtml(fromTape(wide), { tape: wide }));
      const cut = "document.querySelector('#steps table.m')";
      expect(await page.read(`[${cut}.rows.length, ${cut}.ariaLabel, ${cut}.nextSibling.textContent]`)).toEqual([9, "20 by 1 numbers", "20×1"]);
    });

    test("every control can be reached by Tab and has a name", async () => {
      await page.open(await toHtml(diagram, { tape: lesson.tape }));
      const controls = await page.read<number>("document.querySelectorAll('button:not(:disabled), input, select:not(:disabled)').length");
      const reached = new Set<string>();
      for (let at = 0; at < controls; at += 1) {
        await page.press("Tab");
        reached.add(await page.read("document.activeElement.id"));
        expect(
          await page.read("document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent"),
        ).not.toBe("");
      }
      expect(reached.size).toBe(controls);
    });

    test("a script that is put into the page does not run: the policy is in force", async () => {
      const html = await toHtml(diagram, { tape: lesson.tape });
      await page.open(html.replace("</body>", "<script>globalThis.ran = true</script><b onclick='1'></b></body>"));
      expect(await page.read("globalThis.ran === undefined")).toBe(true);
      expect(complaints().length).toBeGreaterThan(0);
    });

    test("10,000 hostile names survive as text, and nothing runs", async () => {
      const parts = [
        "<script>globalThis.ran=1</script>",
        '"><img src=x onerror=ran=1>',
        "</template><svg onload=ran=1>",
        "&lt;b&gt;",
        "javascript:ran=1",
        "\\N\\G",
        "${ran=1}",
        "</title></style>",
        "]]>",
        "-->",
        "δ²ᵀ",
        "'\"`",
        "𝛁 😀",
      ];
      let seed = 12345;
      const below = (most: number): number => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return Math.floor((seed / 2 ** 32) * most);
      };
      let made = 0;
      const hostile = (): string => {
        made += 1;
        return `${parts[below(parts.length)]}${String.fromCodePoint(33 + below(94))}${parts[below(parts.length)]}${made}`;
      };
      for (let sheet = 0; sheet < 8; sheet += 1) {
        const nodes = Array.from({ length: 125 }, (_, at): DiagramNode => ({
          id: `${at} ${hostile()}`,
          role: "operation",
          name: hostile(),
          operation: hostile(),
          shape: hostile(),
          value: undefined,
          gradient: { symbol: hostile(), value: undefined },
          equation: { tag: hostile(), rule: hostile(), agrees: true },
          lines: [{ label: hostile(), text: hostile() }],
          note: hostile(),
          place: { side: "line" },
        }));
        await page.open(await toHtml({ title: hostile(), subtitle: hostile(), nodes, edges: [] }));
        const cards = await page.read<string[]>("[...document.querySelectorAll('template')].map((each) => each.content.textContent)");
        expect(cards.length, `seed 12345, sheet ${sheet}`).toBe(125);
        expect(await page.read("document.querySelectorAll('#stage g.node').length")).toBe(125);
        nodes.forEach(({ name: label, operation, shape, gradient, equation, lines = [] }, at) => {
          for (const text of [label, operation, shape, gradient?.symbol, equation?.tag, equation?.rule, lines[0]?.label, lines[0]?.text])
            expect(cards[at]).toContain(text);
        });
        const keys = await page.read<(string | undefined)[]>("[...document.querySelectorAll('#stage g.node')].map((each) => each.dataset.key)");
        expect(new Set(keys).size).toBe(125);
        expect(await page.read("globalThis.ran === undefined")).toBe(true);
      }
      expect(made).toBeGreaterThanOrEqual(10_000);
      expect(complaints()).toEqual([]);
      expect(requests()).toEqual([]);
    });

    test("the page of 100 boxes is walked to its end", async () => {
      await page.open(await hundred().html);
      const count = await page.read<number>("document.querySelectorAll('#steps > li').length");
      await page.read("(() => { for (let at = 1; at < document.querySelectorAll('#steps > li').length; at += 1) document.querySelector('#next').click(); })()");
      expect(await page.read("document.querySelector('#count').textContent")).toBe(`step ${count - 1} of ${count - 1}`);
      await page.screenshot(`${shots}page-hundred.png`);
      expect(complaints()).toEqual([]);
    });
  },
  60_000,
);
