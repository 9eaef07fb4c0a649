import { backpropagationRows } from "./backpropagation/rows.ts";
import { basics } from "./basics/rows.ts";
import { derivation } from "./derivation/rows.ts";
import { mehrotra } from "./mehrotra/rows.ts";
import { perceptrons } from "./perceptrons/rows.ts";
import { type Row } from "./row.ts";
import { together } from "./together/rows.ts";

/** Every equation of the five source texts as an executable check, in reading order. */
export const textbookRows: readonly Row[] = [...mehrotra, ...backpropagationRows, ...basics, ...derivation, ...perceptrons, ...together];
