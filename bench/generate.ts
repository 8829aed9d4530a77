/** Experiments made up from a seed: a sweep as a researcher runs it, with figures that look like training. */

import { randomFrom } from '../src/ask/random-from.js';
import type { EpochTable, Experiment, MetricColumn, Rank, Status } from '../src/experiment.js';

export interface Size {
  readonly ranks: number;
  readonly epochs: number;
}

const metricNames = ['loss', 'accuracy', 'dsc', 'iou', 'val_loss', 'val_accuracy', 'val_dsc', 'val_iou'];

/** Experiment number `n` of a sweep of eight metrics; the same arguments give the same experiment. */
export function generateExperiment(n: number, { ranks, epochs }: Size, seed = 1): Experiment {
  const random = randomFrom(seed * 1_000_003 + n);
  const settings = {
    ...{ ppn: pick([1, 2, 4], n), cps: 6, intra: 6, inter: pick([1, 2], n), bt: pick([0, 30, 60], n), img: 208 },
    ...{ lr: pick([0.1, 0.05, 0.01, 1e-3, 1e-5], n), mom: pick([0.5, 0.9], n), bs: pick([16, 32, 64], n) },
    ...{ dpout: pick(['0.2_0.2', '0.5_0.5', '0.3'], n), run: n },
  };
  const name = Object.entries(settings)
    .map(([key, value]) => `${key}_${value}`)
    .join('-');
  const key = `experiments_2_nodes/${name}/${name}.log`;
  const { status, reason } = endOf(n);
  const bytes = ranks * epochs * 2000;
  return {
    key,
    name,
    nodes: 2,
    hyperparameters: Object.entries(settings).map(([key, value]) => ({ name: key, values: String(value).split('_') })),
    log: { path: key, bytes, mtimeMs: 1.7e12 + n * 60_000, fingerprint: `sha256:${n.toString(16).padStart(64, '0')}` },
    logState: 'parsed',
    revision: 1,
    run: {
      launcher: 'openmpi',
      trainer: 'keras',
      status,
      reason,
      reasonRank: reason === null ? null : 0,
      rankRelation: 'independent',
      worldSize: ranks,
      jobId: null,
      metricNames: new Map(metricNames.map((metric) => [metric, metric])),
      ranks: Array.from({ length: ranks }, (_, rank) => generateRank(rank, epochs, status, random)),
      receipt: {
        ...{ bytes, lines: bytes / 100, understood: bytes / 100 - 20, ignored: 20, repaired: 2, quarantined: 0 },
        ...{ firstIgnored: 0, firstRepaired: 5000, firstQuarantined: null, cutLines: 0, nulBytes: 0, badUtf8: 0 },
        ...{ skippedValues: 0, replacedRows: 0, lastLineIncomplete: false, notes: [] },
        findings: [5000, 9000].map((offset) => ({ offset, rank: 0, what: 'two records in one line' })),
      },
    },
  };
}

/** One of seven stops early; one of eleven dies, in one of three manners. */
function endOf(n: number): { readonly status: Status; readonly reason: string | null } {
  if (n % 11 !== 5) return { status: n % 7 === 0 ? 'early_stopped' : 'completed', reason: null };
  const shard = String(n % 1000).padStart(4, '0');
  const ends = [
    {
      status: 'failed',
      reason: `RuntimeError: data loader worker died: /scratch/shard-${shard}.tfrecord: Input/output error`,
    },
    { status: 'killed', reason: `slurmstepd: error: Detected 1 oom_kill event in StepId=${4_000_000 + n}.0` },
    { status: 'diverged', reason: `loss and val_loss not finite at epoch ${1 + (n % 5)}` },
  ] as const;
  return ends[n % 3] ?? ends[0];
}

function generateRank(rank: number, epochs: number, status: Status, random: () => number): Rank {
  const seconds = Float64Array.from({ length: epochs }, () => round(12 + random(), 0));
  return {
    rank,
    host: `node${rank >> 2}`,
    plannedEpochs: status === 'early_stopped' ? epochs + 10 : epochs,
    stepsPerEpoch: 13,
    earlyStopEpoch: status === 'early_stopped' ? epochs : null,
    restoredEpoch: null,
    totalTrainingTime: seconds.reduce((sum, value) => sum + value, random()),
    end: { status: status === 'early_stopped' ? 'early_stopped' : 'completed', reason: null, offset: epochs * 1000 },
    epochs: generateEpochs(epochs, seconds, random),
    steps: null,
  };
}

function generateEpochs(length: number, seconds: Float64Array, random: () => number): EpochTable {
  const column = (metric: string): MetricColumn => {
    const falls = metric.endsWith('loss');
    const figure = (i: number) => (falls ? Math.exp(-i / length) : 1 - Math.exp(-(i + 1) / length)) + 0.05 * random();
    return {
      values: Float64Array.from({ length }, (_, i) => round(figure(i), 4)),
      present: new Uint8Array(length).fill(1),
    };
  };
  return {
    length,
    epoch: Int32Array.from({ length }, (_, i) => i + 1),
    segment: new Int32Array(length).fill(1),
    offset: Float64Array.from({ length }, (_, i) => 1000 * i + Math.floor(900 * random())),
    flags: new Uint8Array(length),
    seconds,
    secondsPerStep: seconds.map((value) => round(value / 13, 3)),
    metrics: new Map(metricNames.map((metric) => [metric, column(metric)])),
    local: new Map(),
  };
}

function pick<T>(values: readonly [T, ...T[]], n: number): T {
  return values[(n * 7919) % values.length] ?? values[0];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
