import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Key, type Tensor, oneHot, permutation, tensor } from "@nabla/autodiff";

/** Images in rows with pixels from 0 to 1, and one-hot labels. */
export interface Digits {
  readonly x: Tensor;
  readonly y: Tensor;
}

const pixels = 64;
const brightest = 16;

/** 1,797 handwritten digits, shuffled by a seed and split: a fifth is held out. */
export function loadDigits(key: Key): { readonly training: Digits; readonly heldOut: Digits } {
  const text = gunzipSync(readFileSync(new URL("data/digits.csv.gz", import.meta.url))).toString("utf8");
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  const shuffled = Array.from(permutation(key, rows.length), (at) => rows[at] ?? []);
  const cut = Math.floor(rows.length / 5);
  return { training: digits(shuffled.slice(cut)), heldOut: digits(shuffled.slice(0, cut)) };
}

function digits(rows: readonly (readonly number[])[]): Digits {
  const images = Float64Array.from(rows.flatMap((row) => row.slice(0, pixels).map((value) => value / brightest)));
  return {
    x: tensor(images, [rows.length, pixels]),
    y: oneHot(
      rows.map((row) => row[pixels] ?? Number.NaN),
      10,
    ),
  };
}
