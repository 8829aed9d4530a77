/** Experiments with anything in them, for property tests. */

import fc from 'fast-check';
import {
  type EpochTable,
  type Experiment,
  launcherNames,
  logStates,
  type MetricColumn,
  type Rank,
  rankRelations,
  type StepTable,
  statuses,
  trainerNames,
} from '../src/experiment.js';
import { rankEnds } from '../src/outputs/package-parse.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('=1+1', '"', '\\', '\u2028', '\ud800'),
);
/** A name that is a whole number would come first in a JSON object, whatever the order. */
const metricName = fc
  .oneof(text, fc.constantFrom('loss', 'accuracy', 'val_loss', 'val_dsc', '__proto__', 'constructor', 'epoch'))
  .filter((name) => !/^\d+$/.test(name));
const figure = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0.1, 1e-5));
const count = fc.nat({ max: 2 ** 31 - 1 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER });

function columns(length: number): fc.Arbitrary<Map<string, MetricColumn>> {
  const column = fc.array(fc.option(figure), { minLength: length, maxLength: length }).map((values) => ({
    values: Float64Array.from(values, (value) => value ?? 0),
    present: Uint8Array.from(values, (value) => (value === null ? 0 : 1)),
  }));
  return fc.array(fc.tuple(metricName, column), { maxLength: length === 0 ? 0 : 4 }).map((entries) => new Map(entries));
}

const integers = (length: number) =>
  fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { minLength: length, maxLength: length });
const times = (length: number) =>
  fc.array(fc.double({ min: 0, noDefaultInfinity: true }), { minLength: length, maxLength: length });

const epochs: fc.Arbitrary<EpochTable> = fc.nat({ max: 4 }).chain((length) =>
  fc.record({
    length: fc.constant(length),
    epoch: integers(length).map((values) => Int32Array.from(values)),
    segment: integers(length).map((values) => Int32Array.from(values)),
    offset: fc.array(offset, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values)),
    flags: fc
      .array(fc.nat({ max: 3 }), { minLength: length, maxLength: length })
      .map((values) => Uint8Array.from(values)),
    seconds: times(length).map((values) => Float64Array.from(values)),
    secondsPerStep: times(length).map((values) => Float64Array.from(values)),
    metrics: columns(length),
    local: columns(length),
  }),
);

const steps: fc.Arbitrary<StepTable> = fc.nat({ max: 3 }).chain((length) =>
  fc.record({
    length: fc.constant(length),
    segment: integers(length).map((values) => Int32Array.from(values)),
    epoch: integers(length).map((values) => Int32Array.from(values)),
    step: integers(length).map((values) => Int32Array.from(values)),
    metrics: columns(length),
  }),
);

const rank: fc.Arbitrary<Rank> = fc.record({
  rank: maybe(count),
  host: maybe(text),
  plannedEpochs: maybe(count),
  stepsPerEpoch: maybe(count),
  earlyStopEpoch: maybe(count),
  restoredEpoch: maybe(count),
  totalTrainingTime: maybe(fc.double({ noNaN: true })),
  end: maybe(fc.record({ status: fc.constantFrom(...rankEnds), reason: maybe(text), offset: maybe(offset) })),
  epochs,
  steps: maybe(steps),
});

export const anyExperiment: fc.Arbitrary<Experiment> = fc.record({
  key: text,
  name: text,
  nodes: maybe(count),
  hyperparameters: fc.array(fc.record({ name: text, values: fc.array(text, { maxLength: 3 }) }), { maxLength: 4 }),
  log: fc.record({
    path: text,
    bytes: offset,
    mtimeMs: fc.oneof(count, fc.double({ min: 1e9, max: 4e12, noNaN: true })),
    fingerprint: text,
  }),
  logState: fc.constantFrom(...logStates),
  revision: count,
  run: fc.record({
    launcher: fc.constantFrom(...launcherNames),
    trainer: fc.constantFrom(...trainerNames),
    status: fc.constantFrom(...statuses),
    reason: maybe(text),
    reasonRank: maybe(count),
    rankRelation: maybe(fc.constantFrom(...rankRelations)),
    worldSize: maybe(count),
    jobId: maybe(text),
    metricNames: fc.array(fc.tuple(metricName, text), { maxLength: 3 }).map((entries) => new Map(entries)),
    ranks: fc.array(rank, { maxLength: 3 }),
    receipt: fc.record({
      bytes: offset,
      lines: count,
      understood: count,
      ignored: count,
      repaired: count,
      quarantined: count,
      firstIgnored: maybe(offset),
      firstRepaired: maybe(offset),
      firstQuarantined: maybe(offset),
      cutLines: count,
      nulBytes: count,
      badUtf8: count,
      skippedValues: count,
      replacedRows: count,
      lastLineIncomplete: fc.boolean(),
      findings: fc.array(fc.record({ offset, rank: maybe(count), what: text }), { maxLength: 3 }),
      notes: fc.array(text, { maxLength: 3 }),
    }),
  }),
});
