/** Experiments with anything in them that a database can hold. */

import type fc from 'fast-check';
import type { EpochTable, Experiment, MetricColumn } from '../src/experiment.js';
import { anyExperiment } from './arbitrary-experiment.js';

/** Rows in the order that the domain asks for, each segment and epoch once, and nothing where a figure is missing. */
function normal(experiment: Experiment): Experiment {
  const ranks = experiment.run.ranks.map((rank) => ({
    ...rank,
    totalTrainingTime: rank.totalTrainingTime === null ? null : rank.totalTrainingTime + 0,
    epochs: normalTable(rank.epochs),
    steps: rank.steps && {
      ...rank.steps,
      metrics: normalColumns(rank.steps.metrics, [...Array(rank.steps.length).keys()]),
    },
  }));
  const names = new Map(experiment.run.metricNames);
  return { ...experiment, run: { ...experiment.run, metricNames: names, ranks } };
}

function normalTable(table: EpochTable): EpochTable {
  const seen = new Set<string>();
  const order = [...Array(table.length).keys()]
    .filter(
      (i) => !seen.has(`${table.segment[i]} ${table.epoch[i]}`) && seen.add(`${table.segment[i]} ${table.epoch[i]}`),
    )
    .sort((a, b) => (table.segment[a] ?? 0) - (table.segment[b] ?? 0) || (table.epoch[a] ?? 0) - (table.epoch[b] ?? 0));
  const floats = (values: Float64Array) => Float64Array.from(order, (i) => (values[i] ?? Number.NaN) + 0);
  return {
    length: order.length,
    epoch: Int32Array.from(order, (i) => table.epoch[i] ?? 0),
    segment: Int32Array.from(order, (i) => table.segment[i] ?? 0),
    offset: floats(table.offset),
    flags: Uint8Array.from(order, (i) => table.flags[i] ?? 0),
    seconds: floats(table.seconds),
    secondsPerStep: floats(table.secondsPerStep),
    metrics: normalColumns(table.metrics, order),
    local: normalColumns(table.local, order),
  };
}

/** Neither SQLite nor JSON has -0. */
function normalColumns(
  metrics: ReadonlyMap<string, MetricColumn>,
  order: readonly number[],
): Map<string, MetricColumn> {
  return new Map(
    [...metrics].map(([name, { values, present }]) => [
      name,
      {
        values: Float64Array.from(order, (i) => (present[i] ? (values[i] ?? 0) + 0 : 0)),
        present: Uint8Array.from(order, (i) => present[i] ?? 0),
      },
    ]),
  );
}

export const storableExperiment: fc.Arbitrary<Experiment> = anyExperiment.filter(isStorable).map(normal);

/** SQLite's text is UTF-8, which has no lone surrogates. */
function isStorable(experiment: Experiment): boolean {
  const texts = JSON.stringify(experiment, (_, value: unknown) => (value instanceof Map ? [...value] : value));
  return !/\\ud[89a-f]/i.test(texts);
}
