import * as n from "@nabla/autodiff";
import { type Tensor } from "@nabla/autodiff";
import * as language from "@nabla/autodiff/formula";
import { expect, test } from "vitest";

type Called = (...given: readonly unknown[]) => unknown;

const x = n.name(n.tensor([1, 2]), "x");
const W = n.tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const key = n.randomKey(1);
const total: Called = (t) => (n.isTensor(t) ? n.sum(t) : t);
const tape = n.record((t: Tensor) => n.sum(t), x);
const circle: unknown[] = [];
circle.push(circle);

/** What nobody should pass but a caller without types may, each made anew and described. */
const values: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  three: () => 3,
  zero: () => 0,
  "-1": () => -1,
  "0.5": () => 0.5,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "2^60": () => 2 ** 60,
  "5n": () => 5n,
  symbol: () => Symbol("s"),
  '""': () => "",
  '"x"': () => "x",
  '"?"': () => "?",
  "[]": () => [],
  "[1, 2]": () => [1, 2],
  "[undefined]": () => [undefined],
  '["a"]': () => ["a"],
  "[[1, 2], [3]]": () => [[1, 2], [3]],
  "[1, , 3]": () => Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
  "[5n]": () => [5n],
  "[x, W]": () => [x, W],
  circle: () => circle,
  "{}": () => ({}),
  "{ a: 1 }": () => ({ a: 1 }),
  "{ shape: [2] }": () => ({ shape: [2] }),
  "no prototype": () => Object.create(null),
  date: () => new Date(0),
  map: () => new Map([["a", 1]]),
  Float64Array: () => Float64Array.of(1, 2),
  DataView: () => new DataView(new ArrayBuffer(8)),
  ArrayBuffer: () => new ArrayBuffer(8),
  promise: () => Promise.resolve(1),
  "() => 3": () => () => 3,
  "() => undefined": () => () => undefined,
  "() => x": () => () => x,
  "async () => x": () => async () => x,
  sum: () => total,
  x: () => x,
  W: () => W,
  scalar: () => n.tensor(2),
  symbolic: () => n.input("s", [2]),
  "no entries": () => n.zeros([0]),
  key: () => key,
  tape: () => tape,
};

/** Every function that is exported, but the classes of errors. */
const exported: readonly (readonly [string, Called])[] = Object.entries({ ...n, ...language } as unknown as Readonly<Record<string, Called>>).filter(
  ([, f]) => typeof f === "function" && !((f.prototype as unknown) instanceof Error),
);
/** What no option of any function takes. */
const nonsense: ReadonlySet<string> = new Set([
  '"?"',
  "5n",
  "symbol",
  '["a"]',
  "[5n]",
  "[undefined]",
  "circle",
  "date",
  "map",
  "DataView",
  "promise",
  "tape",
  "() => undefined",
]);

const callbacks: ReadonlySet<string> = new Set(["debug report"]);

/** Functions that give functions are called to the end. */
const applied: Readonly<Record<string, Called>> = {
  grad: (...given) => n.grad(total as (t: Tensor) => Tensor)(...(given as [Tensor])),
  valueAndGrad: (...given) => n.valueAndGrad(total as (t: Tensor) => Tensor)(...(given as [Tensor])),
  hessian: (...given) => n.hessian(total as (t: Tensor) => Tensor)(...(given as [Tensor])),
  jacobian: (...given) => n.jacobian(total as (t: Tensor) => Tensor)(...(given as [Tensor])),
  hvp: (...given) => n.hvp(total as (t: Tensor) => Tensor)(...(given as [Tensor, Tensor])),
  vmap: (...given) => n.vmap(total as (t: Tensor) => Tensor)(...(given as [Tensor])),
  checkpoint: (...given) => n.checkpoint(total as (t: Tensor) => Tensor)(...(given as [Tensor])),
  vjp: (...given) => n.vjp(total as (t: Tensor) => Tensor, x).pullback(...(given as [Tensor])),
  formula: (...given) => language.formula("sum(x)")(...(given as [])),
};
const own = [n.ShapeError, n.ValueError, n.TraceError, n.GradientError, language.FormulaError];

/** What is wrong with a refusal, if anything. */
function fault(label: string, error: unknown): string | undefined {
  if (!own.some((kind) => error instanceof kind)) return `no error of the package: ${String(error)}`;
  const { message } = error as Error;
  if (!new RegExp(`\\b${label}\\b`).test(message)) return `does not name the function: ${message}`;
  if (/internal|\n|\[object/.test(message)) return `no sentence: ${message}`;
  return undefined;
}

/** What goes wrong over all these calls, each kind once. */
function faults(label: string, f: Called, lists: Iterable<readonly string[]>, made: (list: readonly string[]) => readonly unknown[]): string[] {
  const found = new Map<string, string>();
  for (const list of lists) {
    let told: string | undefined;
    try {
      const result = f(...made(list));
      if (result instanceof Promise) result.catch(() => {});
      if (n.isTensor(result) && !sound(result)) told = "a tensor whose entries do not fill its shape";
    } catch (error) {
      told = fault(label, error);
    }
    if (told !== undefined && !found.has(told)) found.set(told, `${label}(${list.join(", ")}): ${told}`);
  }
  return [...found.values()];
}

function sound({ shape, data }: Tensor): boolean {
  return shape.every((extent) => Number.isInteger(extent) && extent >= 0) && (data === undefined || data.length === shape.reduce((a, b) => a * b, 1));
}

const names = Object.keys(values);
const fresh = (list: readonly string[]): readonly unknown[] => list.map((each) => values[each]?.());

function* pairs(): Generator<readonly string[]> {
  yield [];
  for (const one of names) {
    yield [one];
    for (const other of names) yield [one, other];
  }
}

test.for(exported)("%s refuses what it cannot use in its own words", ([label, f]) => {
  expect(faults(label, f, pairs(), fresh)).toEqual([]);
});

test.for(Object.entries(applied))("what %s gives refuses what it cannot use in its own words", ([label, f]) => {
  expect(faults(label, f, pairs(), fresh)).toEqual([]);
});

/** What each option may hold, so that the one under test is met with all others in order. */
const good: Readonly<Record<string, unknown>> = {
  axis: 0,
  shape: [2],
  indices: [0],
  updates: 1,
  parts: 1,
  copies: 1,
  widths: [[0, 0]],
  k: 1,
  equation: "i->i",
  kernel: [1, 1],
  stride: [1, 1],
  padding: [0, 0],
  count: 1,
  name: "mine",
  f: total,
  vjp: (g: unknown) => [g],
  expand: total,
  exponent: 2,
};
const image = n.zeros([1, 1, 2, 2]);
const before: readonly (readonly unknown[])[] = [[], [x], [W], [image], [[x]], [key], [key, x], [image, image], [image, image, undefined], [total], [total, x]];

/** The options of a function after these arguments, as its own refusal of an unknown one lists them. */
function optionsOf(f: Called, first: readonly unknown[]): readonly string[] {
  try {
    f(...first, { zzz: 1 });
  } catch (error) {
    const listed = /there is no option zzz;.*the options are ([\w, ]+?)(?:, as in .*)?$/.exec((error as Error).message)?.[1];
    if (listed !== undefined) return listed.split(", ");
  }
  return [];
}

test("a wrong value of an option is refused by the function it was given to", () => {
  let met = 0;
  const found = exported.flatMap(([label, f]) =>
    before.flatMap((first) =>
      optionsOf(f, first).flatMap((option, _, options) => {
        met++;
        const others = Object.fromEntries(options.flatMap((each) => (each in good ? [[each, good[each]] as const] : [])));
        const call = (value: unknown): unknown => f(...first, { ...others, [option]: value });
        // A function is what some options want.
        const accepted = [...nonsense].filter((each) => {
          if (each === "() => undefined" && callbacks.has(`${label} ${option}`)) return false;
          try {
            call(values[each]?.());
            return true;
          } catch {
            return false;
          }
        });
        return [
          ...faults(
            label,
            call,
            names.map((each) => [each]),
            fresh,
          ).map((told) => `${option}: ${told}`),
          ...accepted.map((each) => `${label} takes ${each} for ${option}`),
        ];
      }),
    ),
  );
  expect(met).toBeGreaterThan(400);
  expect(found).toEqual([]);
});
