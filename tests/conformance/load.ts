import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Tensor, tensor } from "@nabla/autodiff";

/** A number as the reference files write it: the three non-finite values are strings. */
export type Entry = number | "NaN" | "Infinity" | "-Infinity";

export interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly Entry[];
}

export interface Case {
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

export interface ReferenceFile {
  readonly path: string;
  readonly meta: { readonly group: string; readonly tol?: Tolerance; readonly columns?: readonly string[] };
  readonly cases: readonly Case[];
  readonly functions?: Readonly<Record<string, readonly (readonly (number | string | null)[])[]>>;
}

/** Every JSON file of a folder. Throws when one is not a reference file, naming it. */
export function loadFolder(folder: string): ReferenceFile[] {
  const names = readdirSync(folder)
    .filter((each) => each.endsWith(".json"))
    .toSorted();
  if (names.length === 0) throw new Error(`no reference files (*.json) in ${folder}`);
  return names.map((each) => loadFile(join(folder, each)));
}

function loadFile(path: string): ReferenceFile {
  const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
  const file = parsed as Partial<ReferenceFile>;
  if (typeof file.meta?.group !== "string") throw new Error(`${path} has no meta.group, so it is not a reference file`);
  if (!Array.isArray(file.cases) && file.functions === undefined) throw new Error(`${path} has neither cases nor functions`);
  return { path, meta: file.meta, cases: file.cases ?? [], ...(file.functions && { functions: file.functions }) };
}

export function toNumber(entry: Entry): number {
  return Number(entry);
}

/** A scalar field may be a plain number. */
export function recorded(field: Recorded | Entry): Recorded {
  return typeof field === "object" ? field : { shape: [], data: [field] };
}

export function toTensor({ shape, data }: Recorded): Tensor {
  return tensor(Float64Array.from(data, toNumber), shape);
}

/** A named field as tensors, in the order recorded. */
export function toTensors(record: unknown): Record<string, Tensor> {
  return Object.fromEntries(Object.entries((record ?? {}) as Record<string, Recorded>).map(([label, each]) => [label, toTensor(each)]));
}
