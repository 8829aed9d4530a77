import type { Config } from '../config.js';
import type { Status } from '../experiment.js';
import { type ChosenObjective, chooseObjective } from '../objective.js';
import { closeStore, openStore } from '../store/open.js';
import { readOverviews } from '../store/read-overviews.js';
import type { ExperimentOverview, Objective } from '../summary.js';
import type { SweepContext } from './output-files.js';

/** A root as a whole: what is best in it, and what of each experiment decides whether its files are due. */
export interface Survey {
  readonly objective: ChosenObjective | null;
  readonly context: SweepContext;
  readonly experiments: readonly {
    readonly key: string;
    readonly changedMs: number;
    readonly mtimeMs: number;
    readonly isParsed: boolean;
    /** It says nothing, or came from elsewhere, and has no files of its own. */
    readonly isMute: boolean;
  }[];
}

/** Statuses of logs that say nothing: they have a row in every table, but no files of their own. */
const saysNothing: ReadonlySet<Status> = new Set(['empty', 'unreadable', 'ignored', 'gone', 'unrecognised']);

/** Surveys a root by its database. It takes a second for 10,000 experiments, and so is a child's work. */
export function surveyRoot({ database, config }: { readonly database: string; readonly config: Config }): Survey {
  const store = openStore(database, { fileSystem: 'local', readonly: true });
  try {
    const overviews = readOverviews(store);
    const { metric, direction } = config.objective;
    const objective = chooseObjective(
      overviews.map(({ summary }) => summary),
      { ...(metric !== null && { metric }), ...(direction !== null && { direction }) },
    );
    return {
      objective,
      context: sweepContextOf(config, objective, overviews),
      experiments: overviews.map(({ key, changedMs, log, logState, run, importedFrom }) => ({
        ...{ key, changedMs },
        mtimeMs: log.mtimeMs,
        isParsed: logState === 'parsed',
        isMute: importedFrom !== null || saysNothing.has(run.status),
      })),
    };
  } finally {
    closeStore(store);
  }
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
