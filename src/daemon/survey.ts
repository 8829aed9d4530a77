import type { Config } from '../config.js';
import type { Status } from '../experiment.js';
import { type ChosenObjective, chooseObjective } from '../objective.js';
import { closeStore, openStore } from '../store/open.js';
import { readOverviews } from '../store/read-overviews.js';
import type { ExperimentOverview, Objective } from '../summary.js';
import { outputKinds, type SweepContext } from './output-files.js';
import { type OutputRecord, readOutputRecords } from './output-records.js';

/** A root as a whole: what is best in it, and what of each experiment decides whether its files are due. */
export interface Survey {
  readonly objective: ChosenObjective | null;
  readonly context: SweepContext;
  /** Experiments whose files do not show their rows, those with the newest logs first. */
  readonly due: readonly { readonly key: string; readonly record: OutputRecord | null }[];
  /** Those whose files a job has written. */
  readonly made: readonly Pick<ExperimentOverview, 'key' | 'changedMs'>[];
}

export interface SurveyOrder {
  readonly database: string;
  readonly config: Config;
  /** Number of the group that may read the files; null: nobody but their owner. */
  readonly shareGroupId: number | null;
  /** ms since 1970. */
  readonly nowMs: number;
}

/** A growing experiment's files are not drawn anew more often than this. */
const growingRestMs = 5 * 60_000;

/** Statuses of logs that say nothing: they have a row in every table, but no files of their own. */
const saysNothing: ReadonlySet<Status> = new Set(['empty', 'unreadable', 'ignored', 'gone', 'unrecognised']);

/** Surveys a root by its database. It takes a second for 10,000 experiments, and so is a child's work. */
export function surveyRoot(order: SurveyOrder): Survey {
  const { database, config } = order;
  const store = openStore(database, { fileSystem: 'local', readonly: true });
  try {
    const overviews = readOverviews(store);
    const { metric, direction } = config.objective;
    const objective = chooseObjective(
      overviews.map(({ summary }) => summary),
      { ...(metric !== null && { metric }), ...(direction !== null && { direction }) },
    );
    const records = readOutputRecords(store);
    return {
      objective,
      context: sweepContextOf(config, objective, overviews),
      due: overviews
        .filter((overview) => isDue(overview, records.get(overview.key), order))
        .sort((a, b) => b.log.mtimeMs - a.log.mtimeMs)
        .map(({ key }) => ({ key, record: records.get(key) ?? null })),
      made: overviews
        .filter(({ key }) => records.get(key)?.madeBy !== undefined)
        .map(({ key, changedMs }) => ({ key, changedMs })),
    };
  } finally {
    closeStore(store);
  }
}

function isDue(
  { changedMs, logState, run, importedFrom }: ExperimentOverview,
  record: OutputRecord | undefined,
  { config, shareGroupId, nowMs }: SurveyOrder,
): boolean {
  const kinds = outputKinds.filter((kind) => config.outputs[kind]);
  // What came from elsewhere has no files of its own either.
  if (importedFrom !== null || saysNothing.has(run.status) || kinds.length === 0) return false;
  if (record === undefined || kinds.some((kind) => record.versions[kind] === undefined)) return true;
  // Files that are right may have to be readable by others than before.
  if (record.shareGroupId !== undefined && record.shareGroupId !== shareGroupId) return true;
  if (record.changedMs === changedMs) return false;
  return logState === 'parsed' || nowMs - record.writtenMs >= growingRestMs;
}

/** What a report says of its experiment's place among all of the root. */
export function sweepContextOf(
  config: Config,
  objective: Objective | null,
  overviews: readonly ExperimentOverview[],
): SweepContext {
  const values = new Map<string, Set<string>>();
  for (const { hyperparameters } of overviews) {
    for (const { name, values: own } of hyperparameters) {
      values.set(name, (values.get(name) ?? new Set()).add(own.join(' ')));
    }
  }
  const bests = overviews.flatMap(({ summary }) => {
    const best = objective === null ? undefined : summary.metrics.get(objective.metric)?.best;
    return best === undefined || best === null ? [] : [best];
  });
  return {
    varying: [...values].flatMap(([name, own]) => (own.size > 1 ? [name] : [])),
    sweepBest:
      bests.length < 2 || objective === null
        ? null
        : bests.reduce((a, b) => (objective.direction === 'max' ? Math.max(a, b) : Math.min(a, b))),
    hyperparameterNames: new Map(
      Object.entries(config.hyperparameters.names).map(([name, longName]) => [name, { longName }]),
    ),
  };
}
