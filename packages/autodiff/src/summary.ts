import { type Shape, showShape } from "./shape.ts";

/** Beyond so many entries only the ends of each axis are shown. */
const mostEntries = 60;
const atEnds = 3;

/** A tensor in one line, as a console shows it: `W tensor([2, 3]) [[1, 2, 3], [4, 5, 6]]`. `pending` says what one without numbers waits for. */
export function summary(name: string | undefined, shape: Shape, data: Float64Array | undefined, pending: () => string): string {
  const head = `${name === undefined ? "" : `${name} `}tensor(${showShape(shape)})`;
  return data === undefined ? `${head} without numbers yet, of ${pending()}` : `${head} ${listed(shape, data, data.length > mostEntries)}`;
}

/** Numbers in nested arrays, all rows of one length. */
export type Nested = number | readonly Nested[];

/** The numbers as nested arrays of a shape. */
export function rowsOf(shape: Shape, data: Float64Array): Nested {
  const [count, ...rest] = shape;
  if (count === undefined) return data[0] as number;
  const step = count === 0 ? 0 : data.length / count;
  return Array.from({ length: count }, (_, row) => rowsOf(rest, data.subarray(row * step, (row + 1) * step)));
}

function listed(shape: Shape, data: Float64Array, elided: boolean): string {
  const [rows, ...rest] = shape;
  if (rows === undefined) return brief(data[0] ?? Number.NaN);
  const step = rows === 0 ? 0 : data.length / rows;
  const row = (at: number): string => listed(rest, data.subarray(at * step, (at + 1) * step), elided);
  const cut = elided && rows > 2 * atEnds + 1;
  const places = cut ? [...Array(atEnds).keys(), ...Array.from({ length: atEnds }, (_, at) => rows - atEnds + at)] : [...Array(rows).keys()];
  const parts = places.map(row);
  return `[${(cut ? parts.toSpliced(atEnds, 0, "…") : parts).join(", ")}]`;
}

/** Eight digits: enough to tell numbers apart, few enough to read. */
function brief(value: number): string {
  return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(8)));
}
