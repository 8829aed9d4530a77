/** Random choices that a seed repeats. */

export interface Random {
  /** A whole number from `least` to `most`, both included. */
  readonly integer: (least: number, most: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** true with this probability. */
  readonly chance: (probability: number) => boolean;
  readonly fraction: () => number;
}

/** Marsaglia's multiply-with-carry on 32 bits: quick, and the same on every machine. */
export function seededRandom(seed: number): Random {
  let high = (seed ^ 0x9068ffff) >>> 0 || 1;
  let low = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  const fraction = (): number => {
    high = (Math.imul(36969, high & 0xffff) + (high >>> 16)) >>> 0;
    low = (Math.imul(18000, low & 0xffff) + (low >>> 16)) >>> 0;
    return (((high << 16) + (low & 0xffff)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return {
    integer,
    fraction,
    chance: (probability) => fraction() < probability,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError('expected a list with items, got an empty one');
      return item;
    },
  };
}
