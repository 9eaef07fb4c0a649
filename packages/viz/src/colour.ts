import { describe } from "@nabla/autodiff/argument";
import { DiagramError } from "./diagram-error.ts";

/** A colour between two, `share` of the way from the first to the second; both as #RRGGBB. */
export function mix(from: string, to: string, share: number): string {
  const part = Math.min(Math.max(share, 0), 1);
  const ends = channels(to);
  const mixed = channels(from).map((start, at) => Math.round(start + ((ends[at] ?? start) - start) * part));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0").toUpperCase()).join("")}`;
}

/**
 * How well text of one colour reads on another, as the Web Content Accessibility Guidelines measure it: from 1 (the same) to 21 (black on
 * white). Small text needs 4.5.
 *
 * Throws DiagramError for what is no colour.
 *
 * @example
 * contrast("#000000", "#FFFFFF") // => 21
 */
export function contrast(one: string, other: string): number {
  for (const each of [one, other])
    if (typeof each !== "string" || !/^#[0-9A-Fa-f]{6}$/.test(each)) throw new DiagramError(`contrast: ${describe(each)} is not a colour; write #RRGGBB`);
  const [brighter, darker] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (brighter + 0.05) / (darker + 0.05);
}

/** Light that a colour sends out, from 0 to 1, with the weights of the sRGB standard. */
function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
