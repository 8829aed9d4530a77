/**
 * Whether a figure at the end of a line has lost its last digits. Formats such as `{:.6f}` always print the same number
 * of decimals; once three figures of a name agree in that, a shorter one at the end of a line has been cut.
 */
export interface Precision {
  isCut(name: string, text: string): boolean;
}

/** Knows no name yet. */
export function createPrecision(): Precision {
  const known = new Map<string, { decimals: number; count: number }>();
  return {
    isCut(name, text) {
      const match = /^[-+]?\d+\.(\d+)$/.exec(text);
      const decimals = match?.[1]?.length;
      const before = known.get(name);
      if (decimals === undefined) return before !== undefined && before.count >= 3 && /^[-+]?\d*\.?$/.test(text);
      if (before === undefined) {
        known.set(name, { decimals, count: 1 });
        return false;
      }
      if (before.decimals === decimals) {
        before.count += 1;
        return false;
      }
      if (before.count >= 3 && decimals < before.decimals) return true;
      // The format has no fixed number of decimals after all: never judge this name again.
      before.count = Number.NEGATIVE_INFINITY;
      return false;
    },
  };
}
