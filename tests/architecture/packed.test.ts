import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nabla-packed-"));

interface Manifest {
  readonly version: string;
  readonly packageManager?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
const manifest = (path: string): Manifest => JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;

const names = ["autodiff", "mlp", "viz", "cli"] as const;
type Name = (typeof names)[number];

/** Builds and packs the packages and unpacks each tarball. */
function pack(): void {
  const pnpm = manifest(root).packageManager ?? "pnpm";
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-b", ...names.map((name) => `packages/${name}`)], { cwd: root, stdio: "pipe" });
  execFileSync("npx", ["-y", "--prefer-offline", pnpm, "-r", "--filter", "./packages/*", "pack", "--pack-destination", folder], { cwd: root, stdio: "pipe" });
  for (const name of names) {
    mkdirSync(join(folder, name));
    execFileSync("tar", ["-xzf", `nabla-${name}-${manifest(join(root, "packages", name)).version}.tgz`, "-C", name], { cwd: folder });
  }
}
pack();

/** A project outside the repository that has installed one package, what it depends on, its peer of ours, and the peers named. */
function project(name: Name, peers: readonly string[] = []): string {
  const home = mkdtempSync(join(folder, "project-"));
  const install = (each: string, owner: Name): void => {
    const target = join(home, "node_modules", each);
    if (each.startsWith("@nabla/")) {
      const own = each.slice("@nabla/".length) as Name;
      cpSync(join(folder, own, "package"), target, { recursive: true });
      const { dependencies = {}, peerDependencies = {} } = manifest(target);
      const ours = Object.keys(peerDependencies).filter((peer) => peer.startsWith("@nabla/"));
      for (const dependency of [...Object.keys(dependencies), ...ours]) install(dependency, own);
    } else {
      mkdirSync(dirname(target), { recursive: true });
      rmSync(target, { force: true });
      symlinkSync(realpathSync(join(root, "packages", owner, "node_modules", each)), target);
    }
  };
  install(`@nabla/${name}`, name);
  for (const peer of peers) install(peer, name);
  return home;
}

/** What a program prints in a project, under plain Node. */
function run(home: string, program: string): string {
  return node(home, ["--input-type=module", "--eval", program]);
}
function node(home: string, args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd: home, encoding: "utf8", stdio: "pipe", env: { ...process.env, NODE_OPTIONS: "" } }).trim();
}
const exportsOf = (home: string, entry: string): readonly string[] =>
  JSON.parse(run(home, `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(entry)}))))`)) as readonly string[];

describe("a packed package", () => {
  test.each(names)("%s holds what was built, its licence and nothing of the workspace", (name) => {
    const at = join(folder, name, "package");
    expect(readdirSync(at)).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
    expect(globSync("**/*", { cwd: at, exclude: (file) => file === "node_modules" }).filter((file) => file.endsWith(".tsbuildinfo"))).toEqual([]);
    const text = readFileSync(join(at, "package.json"), "utf8");
    expect(manifest(at)).toMatchObject({ license: "MIT", description: expect.stringMatching(/.{40}/) as string, keywords: expect.any(Array) as string[] });
    expect(readFileSync(join(at, "README.md"), "utf8")).toContain(`# @nabla/${name}\n`);
    expect(text).not.toContain("workspace:");
    expect(text).not.toContain("@nabla/source");
  });

  test.each(names)("%s imports alone, and exports what its source does", async (name) => {
    const fromSource = Object.keys((await import(`@nabla/${name}`)) as object);
    expect(exportsOf(project(name), `@nabla/${name}`).toSorted()).toEqual(fromSource.toSorted());
  });

  test("autodiff and mlp depend on nothing else, and no package but the command knows Node", () => {
    expect(manifest(join(folder, "autodiff/package")).dependencies ?? {}).toEqual({});
    expect(manifest(join(folder, "mlp/package")).dependencies ?? {}).toEqual({});
    for (const name of ["autodiff", "mlp", "viz"])
      for (const file of globSync("**/*.js", { cwd: join(folder, name, "package/dist") }))
        expect(readFileSync(join(folder, name, "package/dist", file), "utf8"), `${name}/${file}`).not.toMatch(
          /from "node:|import\("node:|\bprocess\.|\bBuffer\b/,
        );
  });

  test("an application has one autodiff: mlp and viz take it as a peer, in every version that fits", () => {
    const { version } = manifest(join(folder, "autodiff/package"));
    for (const name of ["mlp", "viz"]) {
      const { dependencies = {}, peerDependencies = {} } = manifest(join(folder, name, "package"));
      expect(dependencies).not.toHaveProperty("@nabla/autodiff");
      expect(peerDependencies["@nabla/autodiff"]).toBe(`^${version}`);
    }
    expect(manifest(join(folder, "cli/package")).dependencies).toMatchObject({ "@nabla/autodiff": `^${version}`, "@nabla/mlp": `^${version}` });
  });

  test.each(names)("%s has maps that hold their sources, and no helper of the compiler", (name) => {
    const built = join(folder, name, "package/dist");
    const maps = globSync("**/*.js.map", { cwd: built });
    expect(maps.length).toBeGreaterThan(3);
    for (const map of maps) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(built, map), "utf8")) as Readonly<Record<string, readonly string[]>>;
      expect(sourcesContent, map).toHaveLength(sources?.length ?? 0);
    }
    for (const file of globSync("**/*.js", { cwd: built })) expect(readFileSync(join(built, file), "utf8"), file).not.toContain("__rewriteRelativeImport");
  });

  test("autodiff differentiates", () => {
    const program = `import { grad, item, mul, tensor } from "@nabla/autodiff"; console.log(item(grad((x) => mul(x, x))(tensor(3))))`;
    expect(run(project("autodiff"), program)).toBe("6");
  });

  test("the formula reader works with its peer, and names it when it is absent", () => {
    const program = `import { formula } from "@nabla/autodiff/formula"; import { item } from "@nabla/autodiff"; console.log(item(formula("x ^ 2")({ x: 3 })))`;
    expect(run(project("autodiff", ["mathjs"]), program)).toBe("9");
    expect(() => run(project("autodiff"), program)).toThrow(/mathjs/);
  });

  test("pictures need Graphviz only when they are drawn, and say what to install", () => {
    const program = `import { toSvg } from "@nabla/viz"; console.log(await toSvg("digraph { a }").then((svg) => svg.slice(0, 4), (error) => error.message))`;
    expect(run(project("viz", ["@viz-js/viz"]), program)).toBe("<svg");
    expect(run(project("viz"), program)).toContain("@viz-js/viz");
  });

  test("the command runs", () => {
    const home = project("cli");
    expect(node(home, ["node_modules/@nabla/cli/dist/nabla.js", "check", "--network", "2-2-1"])).toContain("BP1");
  });
});
