import { inspect } from "node:util";
import { isTensor, nested } from "@nabla/autodiff";
import { matches } from "./matches.ts";

/** What a snippet calls in the place of its promises, and the console on which it prints. */
export interface Checker {
  value(got: unknown, promised: string, line: number): void;
  listen(): void;
  printed(promised: string, line: number): void;
  throws(run: () => Promise<void>, promised: string, line: number): Promise<void>;
  readonly console: { log(...values: readonly unknown[]): void };
}

/** A checker for a snippet that begins on a line of a document. */
export function checker(file: string, firstLine: number): Checker {
  let output: string[] = [];
  const compare = (got: string, promised: string, line: number): void => {
    if (!matches(got, promised)) throw new Error(`${file}:${firstLine + line - 1}: the document says\n  ${promised}\nbut it is\n  ${got}`);
  };
  return {
    value: (got, promised, line) => compare(typeof got === "string" && !/^["']/.test(promised) ? got : show(read(got)), promised, line),
    listen: () => {
      output = [];
    },
    printed: (promised, line) => compare(output.join("\n"), promised, line),
    throws: async (run, promised, line) => {
      const caught = await run().then(
        () => "nothing was thrown",
        (error: unknown) => (error instanceof Error ? `throws ${error.name}: ${error.message}` : `throws ${String(error)}`),
      );
      compare(caught, `${promised}…`, line);
    },
    console: { log: (...values) => void output.push(values.map((value) => (typeof value === "string" ? value : show(value))).join(" ")) },
  };
}

function show(value: unknown): string {
  return inspect(value, { depth: null, breakLength: Infinity, maxArrayLength: null, maxStringLength: null });
}

/** Tensors are read as nested arrays, wherever they stand in arrays and records. */
function read(value: unknown): unknown {
  if (isTensor(value)) return nested(value);
  if (Array.isArray(value)) return value.map(read);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, read(each)]));
  return value;
}
