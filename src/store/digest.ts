/** A fingerprint of a record, by which a second saving of the same is told at once. */

import { createHash, type Hash } from 'node:crypto';
import type { EpochTable, Experiment, MetricColumn, StepTable } from '../experiment.js';
import type { Summary } from '../summary.js';

/** Equal for equal experiments; how far the program is with the log does not count. */
export function digestExperiment({ logState: _, ...experiment }: Experiment): string {
  const hash = createHash('sha256');
  const { ranks, ...run } = experiment.run;
  hash.update(toText({ ...experiment, run }));
  for (const { epochs, steps, ...rank } of ranks) {
    hash.update(toText([rank, epochs.length, steps?.length ?? null]));
    updateEpochs(hash, epochs);
    if (steps !== null) updateSteps(hash, steps);
  }
  return hash.digest('base64url');
}

/** Equal for equal summaries. */
export function digestSummary(summary: Summary): string {
  return createHash('sha256').update(toText(summary)).digest('base64url');
}

function updateEpochs(hash: Hash, table: EpochTable): void {
  for (const column of [table.epoch, table.segment, table.offset, table.flags, table.seconds, table.secondsPerStep]) {
    hash.update(column.subarray(0, table.length));
  }
  updateMetrics(hash, table.metrics, table.length);
  updateMetrics(hash, table.local, table.length);
}

function updateSteps(hash: Hash, table: StepTable): void {
  for (const column of [table.segment, table.epoch, table.step]) hash.update(column.subarray(0, table.length));
  updateMetrics(hash, table.metrics, table.length);
}

function updateMetrics(hash: Hash, metrics: ReadonlyMap<string, MetricColumn>, length: number): void {
  hash.update(JSON.stringify([...metrics.keys()]));
  for (const { values, present } of metrics.values()) {
    hash.update(present.subarray(0, length));
    // What stands where a figure is missing means nothing.
    const isFull = !present.subarray(0, length).includes(0);
    hash.update(isFull ? values.subarray(0, length) : values.map((value, i) => (present[i] === 0 ? 0 : value)));
  }
}

function toText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Map) return [...item];
    if (typeof item === 'number' && !Number.isFinite(item)) return `number ${item}`;
    return item;
  });
}
