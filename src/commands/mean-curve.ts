import type { EpochTable, Rank } from '../experiment.js';

/** By epoch, the mean over the ranks that have a figure there; of each rank's last segment. */
export function meanCurve(ranks: readonly Rank[], name: string): (number | undefined)[] {
  const sums = new Map<number, { sum: number; n: number }>();
  for (const { epochs } of ranks) {
    const segment = epochs.segment[epochs.length - 1];
    for (let i = 0; i < epochs.length; i += 1) {
      const value = figureAt(epochs, name, i);
      if (value === undefined || epochs.segment[i] !== segment) continue;
      const epoch = epochs.epoch[i] ?? 0;
      const { sum, n } = sums.get(epoch) ?? { sum: 0, n: 0 };
      sums.set(epoch, { sum: sum + value, n: n + 1 });
    }
  }
  const last = Math.max(0, ...sums.keys());
  return Array.from({ length: last }, (_, i) => {
    const mean = sums.get(i + 1);
    return mean && mean.sum / mean.n;
  });
}

function figureAt(epochs: EpochTable, name: string, i: number): number | undefined {
  const column = epochs.metrics.get(name);
  return column?.present[i] ? column.values[i] : undefined;
}
