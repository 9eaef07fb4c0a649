import { graphs } from "./graph-list.ts";
import { networks } from "./network-list.ts";
import { type Picture } from "./picture.ts";
import { plots } from "./plot-list.ts";

/** Every picture of the documents. */
export function pictures(): Picture[] {
  return [...graphs(), ...networks(), ...plots()];
}
