import { checkArguments, ValueError, describe } from "./shape.ts";

/** Two 32-bit words from which a stream of random numbers follows. A key is used once; `splitKey` makes new ones. */
export type Key = readonly [number, number];

/**
 * A key from a seed, any whole number up to 2^53 in size.
 *
 * Throws ValueError when the seed is not a whole number.
 *
 * @example
 * randomKey(1) // => [0, 1]
 */
export function randomKey(seed: number): Key {
  checkArguments("randomKey", 1, arguments);
  if (!Number.isSafeInteger(seed)) throw new ValueError(`randomKey: the seed must be a whole number up to 2^53 in size, got ${describe(seed)}`);
  return [Math.floor(seed / 0x1_0000_0000) >>> 0, seed >>> 0];
}

/**
 * `count` independent keys from one (2 when absent).
 *
 * Throws ValueError for a key that is none, or a count that is not a whole number from 0 to 2^32 - 1.
 *
 * @example
 * splitKey(randomKey(1), 3).length // => 3
 */
export function splitKey(key: Key, count: number = 2): readonly Key[] {
  checkArguments("splitKey", 2, arguments);
  checkKey("splitKey", key);
  if (!Number.isInteger(count) || count < 0 || count > 0xffff_ffff)
    throw new ValueError(`splitKey: the count must be a whole number from 0 to 2^32 - 1, got ${describe(count)}`);
  return Array.from({ length: count }, (_, position) => keyAt(key, position));
}

/**
 * One of the keys of `splitKey(key, count)`, the one at a position, without the others: for as many as nobody knows yet.
 *
 * Throws ValueError for a key that is none, or a position that is not a whole number from 0 to 2^32 - 1.
 *
 * @example
 * keyAt(randomKey(1), 2).every((word, at) => word === splitKey(randomKey(1), 3)[2]?.[at]) // => true
 */
export function keyAt(key: Key, position: number): Key {
  checkArguments("keyAt", 2, arguments);
  checkKey("keyAt", key);
  if (!Number.isInteger(position) || position < 0 || position > 0xffff_ffff)
    throw new ValueError(`keyAt: the position must be a whole number from 0 to 2^32 - 1, got ${describe(position)}`);
  // The high counter word keeps split streams apart from drawn bits, whose high word counts blocks of 2^32.
  return threefry(key, 0x8000_0000, position);
}

/**
 * Whether something is a key, a pair of 32-bit words.
 *
 * @example
 * isKey(randomKey(1)) // => true
 * isKey([1]) // => false
 */
export function isKey(given: unknown): given is Key {
  return Array.isArray(given) && given.length === 2 && given.every((word) => Number.isInteger(word) && word >= 0 && word <= 0xffff_ffff);
}

/** The key itself. Throws ValueError when it is not a pair of 32-bit words. */
export function checkKey(caller: string, key: Key): Key {
  if (!isKey(key))
    throw new ValueError(
      `${caller}: a key is made by randomKey(seed) or splitKey(key), got ${describe(key)}; a dropout or an initialiser without a key cannot be repeated`,
    );
  return key;
}

/** `count` uniform numbers in [0, 1) with 53 random bits each: the same bits on every platform. */
export function uniformBits(key: Key, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let position = 0; position < count; position++) {
    const [high, low] = threefry(key, Math.floor(position / 0x1_0000_0000), position >>> 0);
    out[position] = ((high >>> 5) * 0x400_0000 + (low >>> 6)) / 0x20_0000_0000_0000;
  }
  return out;
}

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3, 2011). */
export function threefry(key: Key, high: number, low: number): Key {
  const [k0, k1] = key;
  const schedule = [k0, k1, (k0 ^ k1 ^ 0x1bd1_1bda) >>> 0] as const;
  let x0 = (high + k0) >>> 0;
  let x1 = (low + k1) >>> 0;
  for (let round = 0; round < 20; round++) {
    const turn = rotations[round % 8] as number;
    x0 = (x0 + x1) >>> 0;
    x1 = (((x1 << turn) | (x1 >>> (32 - turn))) ^ x0) >>> 0;
    if (round % 4 === 3) {
      const step = (round + 1) / 4;
      x0 = (x0 + (schedule[step % 3] as number)) >>> 0;
      x1 = (x1 + (schedule[(step + 1) % 3] as number) + step) >>> 0;
    }
  }
  return [x0, x1];
}
