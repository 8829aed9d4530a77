import { setImmediate } from 'node:timers/promises';
import { readExperiment } from '../store/read-experiment.js';
import { resummarise } from '../store/resummarise.js';
import { requireFile } from '../store/trouble.js';
import { ChildError } from './child-error.js';
import { type OutputError, type OutputKind, outputError, outputKinds, type SweepContext } from './output-files.js';
import { keepMadeOutputsBy, keepOutputRecords, type OutputRecord } from './output-records.js';
import { outputFolderOf } from './places.js';
import type { Progress } from './reload.js';
import type { Session } from './session.js';
import type { Survey } from './survey.js';

export interface BroughtOutputs {
  /** Files that were written. */
  readonly written: number;
  readonly errors: readonly OutputError[];
  /** Experiments whose files were not begun. */
  readonly left: number;
}

/** Summaries that are brought in line before anybody else gets a turn. */
const summariesPerTurn = 25;

/** Finds out what is best in the root now, and brings all summaries in line with it. Throws a `ChildError`. */
export async function settleObjective(session: Session): Promise<Survey> {
  const { store, log } = session;
  const survey = await surveyed(session);
  const { objective } = survey;
  const before = session.objective;
  session.objective = objective;
  if (before?.metric !== objective?.metric || before?.direction !== objective?.direction) {
    log.debug('objective chosen', { metric: objective?.metric ?? null, because: objective?.because ?? null });
  }
  if (resummarise(store, objective, summariesPerTurn) === 0) return survey;
  do await setImmediate();
  while (resummarise(store, objective, summariesPerTurn) > 0);
  const after = await surveyed(session);
  keepMadeOutputsBy(store, objective, survey.made, after.made);
  return after;
}

async function surveyed({ store, config, jobs, now, shareGroupId }: Session): Promise<Survey> {
  try {
    return await jobs.survey({ database: store.file, config, shareGroupId, nowMs: now() });
  } catch (error) {
    // The child opens what lies there now; where that is no longer our database, this is the news.
    requireFile(store);
    throw error;
  }
}

/** Writes the files of every experiment that the survey found due; of one whose log cannot be found once that is settled. */
export async function bringOutputs(
  session: Session,
  { due: all, context }: Survey,
  { progress, isOver }: { readonly progress: Progress; readonly isOver: () => boolean },
): Promise<BroughtOutputs> {
  const { store, config, jobs, watcher } = session;
  const due = all.filter(({ key }) => !watcher.isMissing(key));
  const kinds = outputKinds.filter((kind) => config.outputs[kind]);
  const errors: OutputError[] = [];
  let [begun, done, written] = [0, 0, 0];
  const writeOn = async (): Promise<void> => {
    while (begun < due.length && !(begun > 0 && isOver())) {
      const next = due[begun++];
      if (next === undefined) return;
      const result = await writeOne(session, next.key, kinds, next.record, context);
      written += result.written;
      errors.push(...result.errors);
      keepOutputRecords(store, new Map([[next.key, result.record]]));
      progress.onWritten(++done, due.length);
    }
  };
  await Promise.all(Array.from({ length: jobs.size }, writeOn));
  return { written, errors, left: due.length - begun };
}

async function writeOne(
  { store, jobs, root, config, now, shareGroupId }: Session,
  key: string,
  kinds: readonly OutputKind[],
  record: OutputRecord | null,
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
      record: { changedMs, writtenMs: now(), versions: { ...record?.versions, ...versions }, shareGroupId },
      written: results.filter(({ isNew }) => isNew).length,
      errors: results.flatMap(({ error }) => error ?? []),
    };
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const errors = [outputError(error, `the files of ${key}`)];
    return { record, written: 0, errors };
  }
}
