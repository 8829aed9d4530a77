/** The rows of one experiment as CSV: one an epoch of a rank, and one a step where steps are kept. */

import { type Experiment, epochFlags, type MetricColumn, type Rank } from '../experiment.js';
import { csvLine } from './csv-line.js';

/** The first columns of every such file, by which it is known again; see `PublishOptions.mark`. */
export const csvMark = 'rank,epoch,step,steps_per_epoch,time_per_step,';

/**
 * Rank, epoch, step, steps per epoch, time per step (s), loss, accuracy, the custom metrics, the same of the validation, then
 * what the row is: its segment, whether it is partial, seconds of the epoch. A missing figure is an empty field.
 */
export function renderCsv(experiment: Experiment): string {
  const { ranks } = experiment.run;
  const metrics = orderMetrics(ranks);
  const header = csvMark.slice(0, -1).split(',').concat(metrics, ['segment', 'partial', 'seconds']);
  const lines = [csvLine(header)];
  for (const rank of ranks) {
    for (const row of rowsOf(rank, metrics)) lines.push(csvLine(row));
  }
  return lines.join('');
}

/** Loss, accuracy, then the others in the order first printed; after these the validation metrics likewise. */
function orderMetrics(ranks: readonly Rank[]): string[] {
  const names = new Set(
    ranks.flatMap(({ epochs, steps }) => [...epochs.metrics.keys(), ...(steps?.metrics.keys() ?? [])]),
  );
  const training = [...names].filter((name) => !name.startsWith('val_'));
  const validation = [...names].filter((name) => name.startsWith('val_'));
  return [...leading(training, ['loss', 'accuracy']), ...leading(validation, ['val_loss', 'val_accuracy'])];
}

function leading(names: readonly string[], first: readonly string[]): string[] {
  return [...first, ...names.filter((name) => !first.includes(name))];
}

type Row = readonly (string | number | null | undefined)[];

function* rowsOf(rank: Rank, metrics: readonly string[]): Generator<Row> {
  const { epochs, stepsPerEpoch } = rank;
  const steps = stepsByEpoch(rank, metrics);
  for (let row = 0; row < epochs.length; row++) {
    const segment = epochs.segment[row] ?? 1;
    const epoch = epochs.epoch[row] ?? 0;
    yield* steps.get(`${segment} ${epoch}`) ?? [];
    const isPartial = ((epochs.flags[row] ?? 0) & epochFlags.partial) !== 0;
    yield [
      rank.rank,
      epoch,
      isPartial ? null : stepsPerEpoch,
      stepsPerEpoch,
      printed(epochs.secondsPerStep[row]),
      ...metrics.map((name) => figure(epochs.metrics.get(name), row)),
      segment,
      isPartial ? 'yes' : null,
      printed(epochs.seconds[row]),
    ];
  }
}

function stepsByEpoch({ rank, steps, stepsPerEpoch }: Rank, metrics: readonly string[]): Map<string, Row[]> {
  const byEpoch = new Map<string, Row[]>();
  for (let row = 0; row < (steps?.length ?? 0); row++) {
    const segment = steps?.segment[row];
    const epoch = steps?.epoch[row];
    const figures = metrics.map((name) => figure(steps?.metrics.get(name), row));
    const line = [rank, epoch, steps?.step[row], stepsPerEpoch, null, ...figures, segment, null, null];
    const key = `${segment} ${epoch}`;
    const rows = byEpoch.get(key);
    if (rows) rows.push(line);
    else byEpoch.set(key, [line]);
  }
  return byEpoch;
}

function figure(column: MetricColumn | undefined, row: number): number | null | undefined {
  return column?.present[row] ? column.values[row] : null;
}

function printed(seconds: number | undefined): number | null | undefined {
  return Number.isNaN(seconds) ? null : seconds;
}
