import type { EpochTable, Rank } from '../experiment.js';

/** The mean over the ranks that have a figure at an epoch; undefined where none has. */
export interface CurvePoint {
  readonly epoch: number;
  readonly mean: number | undefined;
}

/** Beyond that, epochs without any figure are left out: where a number is damaged, nearly all of them are. */
const mostEpochs = 100_000;

/** As `curvePoints`, without the epochs. */
export function meanCurve(ranks: readonly Rank[], name: string): (number | undefined)[] {
  return curvePoints(ranks, name).map(({ mean }) => mean);
}

/** From epoch 1 to the last that has a figure; of each rank's last segment. */
export function curvePoints(ranks: readonly Rank[], name: string): CurvePoint[] {
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
  const epochs =
    last > mostEpochs ? [...sums.keys()].sort((a, b) => a - b) : Array.from({ length: last }, (_, i) => i + 1);
  return epochs.map((epoch) => {
    const mean = sums.get(epoch);
    return { epoch, mean: mean && mean.sum / mean.n };
  });
}

function figureAt(epochs: EpochTable, name: string, i: number): number | undefined {
  const column = epochs.metrics.get(name);
  return column?.present[i] ? column.values[i] : undefined;
}
