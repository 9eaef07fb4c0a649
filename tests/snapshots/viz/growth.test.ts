import { type Diagram, type DiagramNode, toDot } from "@nabla/viz";
import { expect, test } from "vitest";

/** A chain of so many values with gradients. */
function chain(length: number): Diagram {
  const nodes = Array.from({ length }, (_, at): DiagramNode => {
    const digits = String(at).padStart(6, "0");
    return { id: `t${digits}`, role: "operation", name: `v${digits}`, operation: `exp(v${digits})`, shape: "", value: [[1]], gradient: { symbol: "∂C", value: [[1]] }, place: { side: "line" } }; // prettier-ignore
  });
  const edges = nodes.slice(1).map(({ id }, at) => ({ from: nodes[at]?.id ?? "", to: id, direction: "forward" as const, label: "", message: 1 }));
  return { title: "", subtitle: "", nodes, edges };
}

const counted = ["replace", "replaceAll", "slice", "split", "match", "includes", "startsWith", "padStart", "trim", "toString", "toUpperCase"] as const;

/** Calls of string operations and characters that they and joins went through, while `run` runs. */
function operations(run: () => string): { readonly calls: number; readonly characters: number } {
  let [calls, characters] = [0, 0];
  const originals = counted.map((method) => [method, String.prototype[method]] as const);
  const prototype = String.prototype as unknown as Record<string, unknown>;
  const { join } = Array.prototype;
  for (const [method, original] of originals)
    prototype[method] = function (this: string, ...args: unknown[]): unknown {
      calls++;
      characters += this.length;
      return (original as (...given: unknown[]) => unknown).apply(this, args);
    };
  // oxlint-disable-next-line no-extend-native -- put back below
  Array.prototype.join = function (this: unknown[], separator?: string): string {
    const joined = join.call(this, separator);
    calls++;
    characters += joined.length;
    return joined;
  };
  try {
    run();
  } finally {
    for (const [method, original] of originals) prototype[method] = original;
    // oxlint-disable-next-line no-extend-native -- as it was
    Array.prototype.join = join;
  }
  return { calls, characters };
}

test("DOT text costs a number of string operations that is linear in the nodes, from 100 to 100,000", () => {
  const sizes = [100, 1000, 10_000, 100_000];
  const spent = sizes.map((size) => operations(() => toDot(chain(size))));
  const per = (what: "calls" | "characters"): number[] => spent.map((each, at) => each[what] / (sizes[at] ?? 1));
  // What belongs to the whole picture, such as its legend, is spread over the nodes; the rest is the same for each.
  for (const what of ["calls", "characters"] as const) {
    const [hundred = 0, thousand = 0, ...more] = per(what);
    expect(thousand).toBeLessThanOrEqual(hundred);
    for (const each of more) expect(Math.abs(each / thousand - 1)).toBeLessThan(0.05);
  }
  expect(per("calls")[3]).toBeLessThan(100);
});
