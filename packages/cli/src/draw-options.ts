import { type Nested, ValueError } from "@nabla/autodiff";

/** `3x2` or `3×2` as a shape, `scalar` as the empty one. Throws ValueError for anything else. */
export function readShape(label: string, text: string): number[] {
  if (text === "scalar") return [];
  if (!/^\d+([x×]\d+)*$/.test(text))
    throw new ValueError(`--input ${label}=${text}: write a shape such as 3x2, 3 for a vector, or scalar; numbers are given with --value`);
  const shape = text.split(/[x×]/).map(Number);
  if (shape.includes(0)) throw new ValueError(`--input ${label}=${text}: a shape with 0 has no entries to draw; a number is given with --value ${label}=0`);
  return shape;
}

/** Numbers in JSON: `0.5`, `[1,2]`, `[[1,2],[3,4]]`. Throws ValueError for anything else. */
export function readValue(label: string, text: string): Nested {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isNested(value))
    throw new ValueError(`--value ${label}=${text}: write finite numbers such as 0.5, [1,2] or [[1,2],[3,4]]; shapes are given with --input`);
  return value;
}

function isNested(value: unknown): value is Nested {
  return (typeof value === "number" && Number.isFinite(value)) || (Array.isArray(value) && value.every(isNested));
}

/** `0.6,-1` as numbers. Throws ValueError when they are not numbers, or not as many as wanted. */
export function readNumbers(option: string, text: string, count: number): number[] {
  const numbers = text.split(",").map((each) => (each.trim() === "" ? Number.NaN : Number(each)));
  if (numbers.some((each) => !Number.isFinite(each))) throw new ValueError(`${option} ${text}: write numbers joined by commas, such as 0.6,-1`);
  if (numbers.length !== count) throw new ValueError(`${option} ${text}: the network wants ${count} number${count === 1 ? "" : "s"}, got ${numbers.length}`);
  return numbers;
}
