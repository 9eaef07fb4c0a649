import { synonyms } from "./synonym.ts";

/**
 * The known word that was probably meant: what other libraries call it, one that differs by a slip or an exchange of neighbours, two in a long
 * word, or else one of which at least three letters or the initials were written, such as `minChange` of `minimumChange`, or `lr` of `learningRate`.
 *
 * @example
 * nearest("axes", ["axis", "keepDims"]) // => "axis"
 */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  const abroad = synonyms.get(bare(written));
  const same = abroad?.find((word) => words.includes(word)) ?? words.find((word) => initials(word) === written.toLowerCase());
  if (same !== undefined) return same;
  const limit = written.length < 2 ? 0 : written.length < 6 ? 1 : 2;
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const word of words) {
    const longer = Math.abs(word.length - written.length);
    if (longer > limit) continue;
    const changes = editDistance(written.toLowerCase(), word.toLowerCase());
    // Among equals, a word of the same length.
    const distance = changes + longer / 8;
    if (changes <= limit && (best === undefined || distance < best.distance)) best = { word, distance };
  }
  return best?.word ?? words.find((word) => shortens(written.toLowerCase(), word.toLowerCase()));
}

/** A word without its case and its joints. */
const bare = (word: string): string => word.toLowerCase().replaceAll(/[_-]/g, "");

/** `lr` of learningRate; nothing of a single word. */
function initials(word: string): string | undefined {
  const capitals = word.slice(1).match(/[A-Z]/g) ?? [];
  return capitals.length === 0 ? undefined : (word.charAt(0) + capitals.join("")).toLowerCase();
}

/** Whether a word begins with the same letter and has the others of a shorter one in their order. */
function shortens(short: string, word: string): boolean {
  if (short.length < 3 || short[0] !== word[0]) return false;
  let at = 0;
  for (const letter of word) if (letter === short[at]) at++;
  return at === short.length;
}

/** How many letters to insert, drop, change, or exchange with a neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] as number) + Number(a[i - 1] !== b[j - 1]);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((row[j - 1] as number) + 1, (above[j] as number) + 1, changed, exchanged));
    }
    before = above;
    above = row;
  }
  return above[b.length] as number;
}
