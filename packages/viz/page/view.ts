/** A part of a picture. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The part around several. */
export const around = (all: readonly View[]): View => {
  const [x, y] = [Math.min(...all.map((each) => each.x)), Math.min(...all.map((each) => each.y))];
  return { x, y, width: Math.max(...all.map((each) => each.x + each.width)) - x, height: Math.max(...all.map((each) => each.y + each.height)) - y };
};
