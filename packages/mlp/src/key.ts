import { type Key, ValueError, randomKey } from "@nabla/autodiff";
import { describe } from "@nabla/autodiff/argument";

/** The key that a seed means, or the key itself; that of 0 when absent. Throws ValueError for anything else. */
export function keyOf(caller: string, key: Key | number = 0): Key {
  if (Number.isSafeInteger(key)) return randomKey(key as number);
  if (Array.isArray(key) && key.length === 2 && key.every((word) => Number.isInteger(word) && word >= 0 && word <= 0xffff_ffff)) return key as unknown as Key;
  throw new ValueError(`${caller}: the key must be a whole number, or a key made by randomKey(seed), got ${describe(key)}`);
}
