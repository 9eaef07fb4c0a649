/** The first and the last number of each range that a box stands for: its own where nothing is folded into it. */
export const rangesOf = ({ holds, key = "" }: DOMStringMap): (readonly [first: number, last: number])[] =>
  (holds ?? key).split(" ").map((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return [first, last];
  });
export const isHolding = (ranges: readonly (readonly [number, number])[], id: number): boolean => ranges.some(([first, last]) => first <= id && id <= last);
