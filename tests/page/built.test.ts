import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { type Page, browse, browserFound, titled } from "./chromium.ts";

/** What users of the packages load: built by the compiler, then served as it is or bundled. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const names = ["autodiff", "mlp", "viz"] as const;
execFileSync(join(root, "node_modules/.bin/tsc"), ["-b", ...names.map((name) => `packages/${name}`)], { cwd: root });

/** A project with the three packages and the peers named. */
function project(peers: readonly string[]): string {
  const home = mkdtempSync(join(tmpdir(), "nabla-built-"));
  mkdirSync(join(home, "node_modules/@nabla"), { recursive: true });
  for (const name of names) {
    mkdirSync(join(home, "node_modules/@nabla", name));
    for (const part of ["dist", "package.json"]) cpSync(join(root, "packages", name, part), join(home, "node_modules/@nabla", name, part), { recursive: true });
  }
  for (const peer of peers) {
    mkdirSync(dirname(join(home, "node_modules", peer)), { recursive: true });
    symlinkSync(join(root, "node_modules", peer), join(home, "node_modules", peer));
  }
  return home;
}

/** As much of the bundler as is used here: the one that the runner of these tests is built on. */
interface Bundler {
  build(options: object): Promise<{ readonly output: readonly { readonly code?: string }[] }>;
}
const bundler = createRequire(createRequire(import.meta.url).resolve("vitest/package.json")).resolve("vite");

/** One file for browsers of a program in a project. */
async function bundled(home: string, program: string): Promise<string> {
  const { build } = (await import(/* @vite-ignore */ pathToFileURL(bundler).href)) as Bundler;
  const { output } = await build({
    root: home,
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "program",
        resolveId: (id: string) => (id === "program" ? join(home, "program.js") : undefined),
        load: (id: string) => (id === join(home, "program.js") ? program : undefined),
      },
    ],
    build: { write: false, minify: true, rollupOptions: { input: "program", output: { codeSplitting: false } } },
  });
  return output.map(({ code = "" }) => code).join("\n");
}

/** Takes a gradient, trains a network and draws a tape. */
const program = `
import { grad, item, mul, name, record, square, tensor } from "@nabla/autodiff";
import { accuracy, fit, network } from "@nabla/mlp";
import { describe, fromTape, toDot, toPng, toSvg } from "@nabla/viz";
const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [[1, 0], [0, 1], [0, 1], [1, 0]] };
globalThis.ran = (async () => {
  const slope = item(grad((x) => mul(x, square(x)))(tensor(2)));
  const start = network({ sizes: [2, 8, 2], activations: ["tanh", "softmax"], key: 1 });
  const trained = fit(start, xor, { cost: "categoricalCrossEntropy", learningRate: 0.5, epochs: 300 });
  const picture = fromTape(record((x) => name(square(x), "C"), name(tensor(3), "x")), { title: "C = x²" });
  const message = (error) => error.name + ": " + error.message;
  const svg = await toSvg(toDot(picture), describe(picture)).catch(message);
  const png = await toPng("<svg/>").catch(message);
  return { slope, accuracy: accuracy(trained.network, xor), svg, png };
})();
`;

interface Ran {
  readonly slope: number;
  readonly accuracy: number;
  readonly svg: string;
  readonly png: string;
}

const kinds: Readonly<Record<string, string>> = { ".js": "text/javascript", ".html": "text/html" };

describe("a bundle for browsers", () => {
  test("is made where no peer is installed, and holds nothing of Node's", async () => {
    const code = await bundled(project([]), program);
    expect(code).toContain("npm install");
    expect(code).not.toMatch(/\.node\b["']/);
  });

  test("leaves out what is not used", async () => {
    const code = await bundled(project([]), `import { grad, mul, tensor } from "@nabla/autodiff"; console.log(grad((x) => mul(x, x))(tensor(3)));`);
    expect(code).not.toContain("conv2d");
  });

  test("has the sizes that docs/browsers.md says, to a fifth", async () => {
    const home = project(["mathjs", "@viz-js/viz"]);
    const table = [...readFileSync(join(root, "docs/browsers.md"), "utf8").matchAll(/^\| .*<!-- (import .*) -->.* \| (\d+) kB \| (\d+) kB \|$/gm)];
    expect(table).toHaveLength(4);
    const wrong = [];
    for (const [, line = "", whole, zipped] of table) {
      const code = await bundled(home, `${line}\nconsole.log(${[...line.matchAll(/\{ (.*?) \}/g)].map(([, used]) => used).join(", ")});`);
      const found = [Buffer.byteLength(code), gzipSync(code).length].map((bytes) => bytes / 1000);
      if (found.some((size, at) => Math.abs(size / Number([whole, zipped][at]) - 1) > 0.2)) wrong.push(`${line} ${found.map(Math.round).join(" ")}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!browserFound)(titled("the built packages in a browser"), () => {
  const home = project(["@viz-js/viz"]);
  const imports = Object.fromEntries([
    ["@viz-js/viz", "/node_modules/@viz-js/viz/dist/viz.js"],
    ["@nabla/autodiff/argument", "/node_modules/@nabla/autodiff/dist/argument.js"],
    ...names.map((name) => [`@nabla/${name}`, `/node_modules/@nabla/${name}/dist/index.js`]),
  ]) as Readonly<Record<string, string>>;
  const pages = new Map<string, string>();
  const server = createServer(({ url = "" }, response) => {
    const page = pages.get(url);
    try {
      response.setHeader("content-type", `${kinds[extname(url)] ?? "text/plain"}; charset=utf-8`);
      response.end(page ?? readFileSync(join(home, url)));
    } catch {
      response.writeHead(404).end();
    }
  });
  let page: Page | undefined;
  const run = async (name: string, html: string): Promise<Ran> => {
    if (!server.listening) await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    pages.set(`/${name}.html`, html);
    page ??= await browse();
    await page.open(`<script>location.href = "http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}.html"</script>`);
    return page.read<Ran>(`new Promise((done) => { const ask = () => (globalThis.ran ? done(globalThis.ran) : setTimeout(ask, 20)); ask(); })`);
  };
  afterAll(async () => {
    await page?.close();
    server.close();
  });

  test("run by an import map, without a bundler", async () => {
    const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
    const { slope, accuracy, svg, png } = await run("mapped", `<!doctype html>${map}<script type="module">${program}</script>`);
    expect([slope, accuracy]).toEqual([12, 1]);
    expect(svg).toMatch(/^<svg[\s\S]*C = x²[\s\S]*<\/svg>\s*$/);
    expect(png).toContain("DiagramError");
  });

  test("run as one bundle, and say what a strict Content-Security-Policy has to allow", async () => {
    pages.set("/bundle.js", await bundled(home, program));
    const policy = (script: string): string =>
      `<!doctype html><meta http-equiv="Content-Security-Policy" content="script-src ${script}"><script type="module" src="/bundle.js"></script>`;
    const strict = await run("strict", policy("'self'"));
    expect([strict.slope, strict.accuracy]).toEqual([12, 1]);
    expect(strict.svg).toContain("DiagramError: toSvg: the page's Content-Security-Policy forbids WebAssembly");
    expect(strict.svg).toContain("allow 'wasm-unsafe-eval' in its script-src");
    const open = await run("open", policy("'self' 'wasm-unsafe-eval'"));
    expect(open.svg).toMatch(/^<svg/);
    expect(open.png).toBe("DiagramError: toPng: pixels are drawn in Node; in a browser show the SVG itself, or draw it on a canvas");
  });
});
