/** Experiments made by hand, for tests: say what matters, the rest is plausible. */

import {
  type EpochTable,
  type Experiment,
  epochFlags,
  type MetricColumn,
  type Rank,
  type Run,
} from '../src/experiment.js';
import { binaryRun } from '../src/log/binary-run.js';

/** One row of an epoch table; a metric that is not named is missing. */
export interface EpochRow {
  readonly epoch: number;
  readonly segment?: number;
  readonly offset?: number;
  readonly partial?: boolean;
  readonly repaired?: boolean;
  readonly seconds?: number;
  readonly secondsPerStep?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly local?: Readonly<Record<string, number>>;
}

export interface RankSpec extends Partial<Omit<Rank, 'epochs'>> {
  readonly epochs?: readonly EpochRow[];
}

export interface ExperimentSpec extends Partial<Omit<Experiment, 'run' | 'hyperparameters'>> {
  /** `{lr: '0.01', dpout: ['0.5', '0.3']}` */
  readonly hyperparameters?: Readonly<Record<string, string | readonly string[]>>;
  readonly run?: Partial<Omit<Run, 'ranks'>>;
  readonly ranks?: readonly RankSpec[];
}

/** An experiment: completed, Open MPI, Keras, no ranks, unless `spec` says otherwise; ranks count from 0. */
export function buildExperiment(spec: ExperimentSpec = {}): Experiment {
  const name = spec.name ?? 'lr_0.01-bs_64';
  const key = spec.key ?? `${name}/${name}.log`;
  const ranks = (spec.ranks ?? []).map((rank, index) => buildRank({ rank: index, ...rank }));
  return {
    key,
    name,
    nodes: null,
    log: { path: key, bytes: 4096, mtimeMs: 1_700_000_000_000, fingerprint: `sha256:${'0'.repeat(64)}` },
    logState: 'parsed',
    revision: 1,
    ...spec,
    hyperparameters: Object.entries(spec.hyperparameters ?? { lr: '0.01', bs: '64' }).map(([name, values]) => ({
      name,
      values: typeof values === 'string' ? [values] : values,
    })),
    run: buildRun(ranks, spec.run ?? {}),
  };
}

/** A rank; `epochs` are rows, in the order in which they shall stand in the table. */
export function buildRank(spec: RankSpec = {}): Rank {
  return {
    rank: 0,
    host: null,
    plannedEpochs: null,
    stepsPerEpoch: null,
    earlyStopEpoch: null,
    restoredEpoch: null,
    totalTrainingTime: null,
    end: null,
    steps: null,
    ...spec,
    epochs: buildEpochTable(spec.epochs ?? []),
  };
}

/** The columns of `rows`; offsets are 100 bytes apart unless given. */
export function buildEpochTable(rows: readonly EpochRow[]): EpochTable {
  return {
    length: rows.length,
    epoch: Int32Array.from(rows, (row) => row.epoch),
    segment: Int32Array.from(rows, (row) => row.segment ?? 1),
    offset: Float64Array.from(rows, (row, index) => row.offset ?? 100 * index),
    flags: Uint8Array.from(
      rows,
      (row) => (row.partial ? epochFlags.partial : 0) | (row.repaired ? epochFlags.repaired : 0),
    ),
    seconds: Float64Array.from(rows, (row) => row.seconds ?? Number.NaN),
    secondsPerStep: Float64Array.from(rows, (row) => row.secondsPerStep ?? Number.NaN),
    metrics: buildColumns(rows.map((row) => row.metrics ?? {})),
    local: buildColumns(rows.map((row) => row.local ?? {})),
  };
}

function buildRun(ranks: readonly Rank[], spec: Partial<Omit<Run, 'ranks'>>): Run {
  const names = new Set(ranks.flatMap((rank) => [...rank.epochs.metrics.keys()]));
  return {
    launcher: 'openmpi',
    trainer: 'keras',
    status: 'completed',
    reason: null,
    reasonRank: null,
    rankRelation: 'independent',
    worldSize: ranks.length,
    jobId: null,
    metricNames: new Map([...names].map((name) => [name, name])),
    ranks,
    receipt: { ...binaryRun(4096).receipt, lines: 100, understood: 80, ignored: 20, firstIgnored: 0 },
    ...spec,
  };
}

function buildColumns(rows: readonly Readonly<Record<string, number>>[]): Map<string, MetricColumn> {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return new Map(
    [...names].map((name) => [
      name,
      {
        values: Float64Array.from(rows, (row) => row[name] ?? 0),
        present: Uint8Array.from(rows, (row) => (row[name] === undefined ? 0 : 1)),
      },
    ]),
  );
}
