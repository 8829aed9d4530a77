import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from '../config.js';
import type { Status } from '../experiment.js';
import { chooseObjective } from '../objective.js';
import { readExperiment } from '../store/read-experiment.js';
import { readOverviews } from '../store/read-overviews.js';
import { resummarise } from '../store/resummarise.js';
import type { ExperimentOverview, Objective } from '../summary.js';
import { type OutputError, type OutputKind, outputError, outputKinds, type SweepContext } from './output-files.js';
import { keepMadeOutputsBy, keepOutputRecords, type OutputRecord, readOutputRecords } from './output-records.js';
import { outputFolderOf } from './places.js';
import { ChildError } from './pool.js';
import type { Progress } from './reload.js';
import type { Session } from './session.js';

/** A growing experiment's files are not drawn anew more often than this. */
const growingRestMs = 5 * 60_000;
/** Statuses of logs that say nothing: they have a row in every table, but no files of their own. */
const saysNothing: ReadonlySet<Status> = new Set(['empty', 'unreadable', 'ignored', 'gone', 'unrecognised']);

export interface BroughtOutputs {
  /** Files that were written. */
  readonly written: number;
  readonly errors: readonly OutputError[];
}

/** So many summaries are made anew in about 20 ms, for which the loop stands still. */
const summariesAtOnce = 100;

/** Chooses what is best in the root now, and brings all summaries in line with it. */
export async function settleObjective(session: Session): Promise<readonly ExperimentOverview[]> {
  const { store, config, log } = session;
  const overviews = readOverviews(store);
  const { metric, direction } = config.objective;
  const objective = chooseObjective(
    overviews.map(({ summary }) => summary),
    { ...(metric !== null && { metric }), ...(direction !== null && { direction }) },
  );
  const before = session.objective;
  session.objective = objective;
  if (before?.metric !== objective?.metric || before?.direction !== objective?.direction) {
    log.debug('objective chosen', { metric: objective?.metric ?? null, because: objective?.because ?? null });
  }
  if (resummarise(store, objective, summariesAtOnce) === 0) return overviews;
  do await nextTurn();
  while (resummarise(store, objective, summariesAtOnce) > 0);
  const after = readOverviews(store);
  keepMadeOutputsBy(store, objective, overviews, after);
  return after;
}

/** Writes the files of every experiment whose rows have changed since; those of `missing` in any case. */
export async function bringOutputs(
  session: Session,
  overviews: readonly ExperimentOverview[],
  progress: Progress,
): Promise<BroughtOutputs> {
  const { store, now, config, jobs } = session;
  const kinds = outputKinds.filter((kind) => config.outputs[kind]);
  const records = readOutputRecords(store);
  const nowMs = now();
  const due = overviews.filter((overview) => isDue(overview, records.get(overview.key), kinds, nowMs));
  const context = sweepContextOf(config, session.objective, overviews);
  const errors: OutputError[] = [];
  let [begun, done, written] = [0, 0, 0];
  const writeOn = async (): Promise<void> => {
    for (let next = due[begun++]; next !== undefined; next = due[begun++]) {
      const result = await writeOne(session, next.key, kinds, records.get(next.key), context);
      written += result.written;
      errors.push(...result.errors);
      keepOutputRecords(store, new Map([[next.key, result.record]]));
      progress.onWritten(++done, due.length);
    }
  };
  await Promise.all(Array.from({ length: jobs.size }, writeOn));
  return { written, errors };
}

function isDue(
  { changedMs, run, logState, importedFrom }: ExperimentOverview,
  record: OutputRecord | undefined,
  kinds: readonly OutputKind[],
  nowMs: number,
): boolean {
  // What came from elsewhere has its files there.
  if (importedFrom !== null) return false;
  if (saysNothing.has(run.status) || kinds.length === 0) return false;
  if (record === undefined || kinds.some((kind) => record.versions[kind] === undefined)) return true;
  if (record.changedMs === changedMs) return false;
  return logState === 'parsed' || nowMs - record.writtenMs >= growingRestMs;
}

async function writeOne(
  { store, jobs, root, config, now, shareGroupId }: Session,
  key: string,
  kinds: readonly OutputKind[],
  record: OutputRecord | undefined,
  context: SweepContext,
): Promise<{ record: OutputRecord | null; written: number; errors: OutputError[] }> {
  const stored = readExperiment(store, key);
  if (stored === undefined) return { record: null, written: 0, errors: [] };
  const { experiment, summary, changedMs } = stored;
  const order = {
    ...{ experiment, summary, kinds, context },
    folder: outputFolderOf(root, config),
    recorded: record?.versions ?? {},
    createFolder: config.outputs.dir !== null,
    shareGroupId,
  };
  try {
    const results = await jobs.writeOutputs(order);
    const versions = Object.fromEntries(results.flatMap(({ kind, version }) => (version ? [[kind, version]] : [])));
    return {
      record: { changedMs, writtenMs: now(), versions: { ...record?.versions, ...versions } },
      written: results.filter(({ isNew }) => isNew).length,
      errors: results.flatMap(({ error }) => error ?? []),
    };
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const errors = [outputError(error, `the files of ${key}`)];
    return { record: record ?? null, written: 0, errors };
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
