import { type Tensor, ValueError, values } from "@nabla/autodiff";
import { indexAt } from "@nabla/autodiff/argument";

/** What a cost can be asked about: which targets, in words and as a test of one entry. */
export interface Labels {
  readonly says: string;
  admits(y: number): boolean;
}

/** Any finite number. */
export const anyNumber: Labels = { says: "any number", admits: (y) => Number.isFinite(y) };
/** Probabilities: 0 or 1, or something between. */
export const zeroToOne: Labels = { says: "from 0 to 1", admits: (y) => y >= 0 && y <= 1 };
/** Which side of a margin. */
export const signs: Labels = { says: "-1 or 1", admits: (y) => y === -1 || y === 1 };
/** Counts, or their means. */
export const zeroUp: Labels = { says: "0 or more", admits: (y) => y >= 0 && Number.isFinite(y) };

/** Throws ValueError at the first target that the cost does not admit, naming its place. */
export function checkLabels(caller: string, cost: { readonly name: string; readonly labels?: Labels }, y: Tensor): void {
  const { name, labels } = cost;
  if (labels === undefined) return;
  const numbers = values(y);
  const at = numbers.findIndex((entry) => !labels.admits(entry));
  if (at < 0) return;
  const place = `y[${indexAt(at, y.shape).join("][")}]`;
  throw new ValueError(`${caller}: ${place} is ${numbers[at]}, but the labels of ${name} are ${labels.says}; recode the targets, or take another cost`);
}
