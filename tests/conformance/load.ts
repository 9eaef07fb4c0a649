import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
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
  readonly meta: { readonly group: string; readonly tol?: Partial<Tolerance>; readonly columns?: readonly string[] };
  readonly cases: readonly Case[];
  readonly functions?: Readonly<Record<string, readonly (readonly (number | string | null)[])[]>>;
}

/** A file of the folder that could not be read as reference cases, and why. */
export interface Malformed {
  readonly path: string;
  readonly problem: string;
}

/** Every JSON file of a folder, in the order of the names; those that are no reference files with what is wrong. */
export function loadFolder(folder: string): (ReferenceFile | Malformed)[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((each) => each.endsWith(".json"));
  } catch (error) {
    return [{ path: folder, problem: `cannot be listed: ${reason(error)}` }];
  }
  if (names.length === 0) return [{ path: folder, problem: "the folder has no *.json" }];
  return names.toSorted().map((each) => loadFile(join(folder, each)));
}

function loadFile(path: string): ReferenceFile | Malformed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { path, problem: `cannot be read as JSON: ${reason(error)}` };
  }
  const { meta, cases, functions } = (isRecord(parsed) ? parsed : {}) as Partial<ReferenceFile>;
  if (!isRecord(meta) || typeof meta.group !== "string") return { path, problem: "has no meta.group" };
  if (functions !== undefined && !(isRecord(functions) && Object.values(functions).every(Array.isArray)))
    return { path, problem: "its functions are not a record of lists" };
  if (functions === undefined && !Array.isArray(cases)) return { path, problem: "has neither a list of cases nor functions" };
  const nameless = (cases ?? []).findIndex((each: unknown) => !isRecord(each) || typeof each["name"] !== "string");
  if (nameless >= 0) return { path, problem: `case ${nameless} has no name` };
  return { path, meta, cases: cases ?? [], ...(functions && { functions }) };
}

/** The figures of the file where it gives any, of its group otherwise. */
export function toleranceOf({ meta }: ReferenceFile, group: Tolerance): Tolerance {
  return { ...group, ...meta.tol };
}

/** The number that an entry stands for. Throws for what is none, so that a slip in a file never counts as NaN. */
export function toNumber(entry: unknown): number {
  if (typeof entry === "number") return entry;
  if (entry === "NaN" || entry === "Infinity" || entry === "-Infinity") return Number(entry);
  throw new Error(`${JSON.stringify(entry)} stands where a number is recorded`);
}

/** A recorded tensor, checked. A scalar field may be a plain number. */
export function recorded(field: unknown): Recorded {
  if (!isRecord(field)) return { shape: [], data: [toNumber(field)] };
  const { shape, data } = field;
  if (!Array.isArray(shape) || !Array.isArray(data)) throw new Error("a recorded tensor has no shape or no data");
  const count = shape.reduce((product: number, extent: number) => product * extent, 1);
  if (data.length !== count) throw new Error(`a recorded tensor of shape [${shape.join(", ")}] has ${data.length} entries`);
  data.forEach(toNumber);
  return { shape, data };
}

export function toTensor(field: unknown): Tensor {
  const { shape, data } = recorded(field);
  return tensor(Float64Array.from(data, toNumber), shape);
}

/** A named field as tensors, in the order recorded. */
export function toTensors(record: unknown): Record<string, Tensor> {
  return Object.fromEntries(Object.entries((record ?? {}) as Record<string, unknown>).map(([label, each]) => [label, toTensor(each)]));
}

/** The name of a file without its folder. */
export function fileName(path: string): string {
  return basename(path);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
