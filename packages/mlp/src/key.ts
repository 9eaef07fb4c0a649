import { type Key, ValueError, keyAt, randomKey } from "@nabla/autodiff";
import { describe, isKey } from "@nabla/autodiff/argument";

/** The key that a seed means, or the key itself; that of 0 when absent. Throws ValueError for anything else. */
export function keyOf(caller: string, key: Key | number = 0): Key {
  if (typeof key === "number" && Number.isSafeInteger(key)) return randomKey(key);
  if (isKey(key)) return key;
  throw new ValueError(`${caller}: the key must be a whole number, or a key made by randomKey(seed), got ${describe(key)}`);
}

/**
 * A key for each of so many epochs, made when its epoch begins, because something may stop them long before: those of `splitKey(root, epochs)`.
 *
 * Throws ValueError at once for more epochs than there are keys.
 */
export function epochKeys(caller: string, root: Key, epochs: number): Iterable<Key> {
  if (epochs > 0xffff_ffff) throw new ValueError(`${caller}: ${epochs} epochs are more than the 2^32 - 1 that get keys of their own; give fewer`);
  return (function* keys() {
    for (let before = 0; before < epochs; before++) yield keyAt(root, before);
  })();
}
