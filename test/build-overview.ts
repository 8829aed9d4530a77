/** Rows of the workbook made by hand, for tests: say what matters, the rest is plausible. */

import type { WorkbookInput } from '../src/outputs/workbook.js';
import type { ExperimentOverview, MetricSummary, Objective, Summary } from '../src/summary.js';
import { buildExperiment, type ExperimentSpec } from './build-experiment.js';

export interface OverviewSpec extends ExperimentSpec {
  /** Final figures by metric; `min`, `max` and `best` are the same unless `summary` says otherwise. */
  readonly finals?: Readonly<Record<string, number>>;
  readonly summary?: Partial<Summary>;
  readonly user?: Partial<ExperimentOverview['user']>;
  readonly changedMs?: number;
  readonly job?: ExperimentOverview['job'];
}

/** An overview of `buildExperiment(spec)`. */
export function buildOverview(spec: OverviewSpec = {}): ExperimentOverview {
  const { finals = {}, summary = {}, user = {}, changedMs = 1_700_000_100_000, job = null, ...experimentSpec } = spec;
  const { run, ...experiment } = buildExperiment(experimentSpec);
  const { ranks, metricNames, ...overviewRun } = run;
  const customMetric = Object.keys(finals).find((name) => !/loss|accuracy|learning_rate/.test(name)) ?? null;
  return {
    ...experiment,
    run: overviewRun,
    hosts: [],
    summary: {
      objective: null,
      best: null,
      metrics: new Map(Object.entries(finals).map(([name, final]) => [name, metricSummary(final)])),
      customMetric: customMetric?.replace(/^val_/, '') ?? null,
      ranks: ranks.length,
      plannedEpochs: 50,
      stepsPerEpoch: 13,
      totalTrainingTime: 2125.78,
      earlyStopEpoch: null,
      lastEpoch: 50,
      secondsPerEpoch: 42.5,
      firstNonFiniteEpoch: null,
      differs: [],
      ...summary,
    },
    user: { notes: '', tags: [], keep: '', ...user },
    job,
    importedFrom: null,
    changedMs,
  };
}

/** What the names of the example sweep stand for. */
const names = {
  ppn: 'processes per socket',
  cps: 'cores per process',
  intra: 'intra thread',
  inter: 'inter thread',
  bt: 'blocktime',
  img: 'training images',
  lr: 'learning rate',
  mom: 'momentum',
  bs: 'batch size',
  dpout: 'dropout',
};

/** A workbook of `experiments`, without ranks and epochs unless `more` has them. */
export function buildInput(
  experiments: readonly ExperimentOverview[],
  more: Partial<WorkbookInput> = {},
): WorkbookInput {
  return {
    experiments,
    options: { objective: maximiseDice, names, customMetric: null, repeatKeys: ['seed', 'run', 'rep'] },
    ranksOf: () => [],
    epochsOf: () => [],
    about: { program: 'training-log-wizard 1.2.3', root: 'OUTPUTS', health: [] },
    noteTimes: new Map(),
    ...more,
  };
}

export const maximiseDice: Objective = { metric: 'val_dsc', direction: 'max' };

function metricSummary(final: number): MetricSummary {
  return { final, min: final, max: final, best: final, bestEpoch: 29 };
}
