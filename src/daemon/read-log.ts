import { join } from 'node:path';
import type { Config } from '../config.js';
import { errnoOf } from '../errors.js';
import type { Experiment, Rank, Run } from '../experiment.js';
import type { ReadOrder, ReadOutcome } from '../watch/readings.js';
import { troubleOf } from '../watch/trouble.js';
import { experimentOfLog } from './experiment-of-log.js';
import { findMadeOutputs, type MadeOutputs } from './made-outputs.js';

/** What a reading gives: what the watcher wants to know, and what the log says. */
export interface ReadAnswer {
  readonly outcome: ReadOutcome;
  /** null where the log could not be read. */
  readonly experiment: Experiment | null;
  /** One sentence where our own work failed; the log will be tried again. */
  readonly failure: string | null;
  /** The files that were written with the package that it comes from. */
  readonly made?: MadeOutputs;
}

/** Reads a log as the order wants it; `onPiece`: see `SourceOptions`. Never throws: whatever goes wrong is in the answer. */
export async function readLog(
  root: string,
  order: ReadOrder,
  config: Config,
  onPiece: () => void = () => {},
): Promise<ReadAnswer> {
  const startedMs = performance.now();
  try {
    const place = { root, key: order.path, file: order.file, name: order.name };
    const content = experimentOfLog(place, config, { trustPackage: true, onPiece });
    const { experiment, identity, changedMeanwhile, packagedBy } = content;
    const { run } = experiment;
    const { sizeBytes, mtimeMs, fingerprint, ino } = identity;
    const ended = hasEnded(run);
    const outcome: ReadOutcome = {
      ...{ sizeBytes, mtimeMs, fingerprint, ino, changedMeanwhile, ended },
      expectsMore: !ended && !isAllThere(run),
      epochMs: epochMs(run),
      jobId: run.jobId,
      tookMs: performance.now() - startedMs,
    };
    const made = packagedBy && (await findMadeOutputs(place, config, { ...packagedBy, logMtimeMs: mtimeMs }));
    return { outcome, experiment, failure: null, ...(made && { made }) };
  } catch (error) {
    const trouble = troubleOf(error);
    const reason = `${trouble.reason}${errnoOf(error) === undefined ? '' : ` while reading ${join(root, order.file)}`}`;
    if (trouble.kind === 'ignored' || trouble.kind === 'unreadable') {
      const problem = { status: trouble.kind, reason: trouble.reason };
      return { outcome: { problem, isHopeless: false }, experiment: null, failure: null };
    }
    return { outcome: { problem: null, isHopeless: false }, experiment: null, failure: reason };
  }
}

/** Whether the log itself says that nothing more is to come. A rank that went NaN may well train on. */
function hasEnded({ status, ranks }: Run): boolean {
  if (status !== 'diverged') return ['completed', 'early_stopped', 'failed', 'killed', 'ignored'].includes(status);
  return ranks.every(hasAllEpochs);
}

/** Whether every rank has all the epochs that its log plans; not where the plan is not known. */
function isAllThere({ ranks }: Run): boolean {
  return ranks.length > 0 && ranks.every(hasAllEpochs);
}

function hasAllEpochs({ epochs, plannedEpochs }: Rank): boolean {
  return plannedEpochs !== null && (epochs.epoch[epochs.length - 1] ?? 0) >= plannedEpochs;
}

/** Duration of an epoch, by the median over the rank that printed most. */
function epochMs({ ranks }: Run): number | null {
  const longest = ranks.map(({ epochs }) => epochs).sort((a, b) => b.length - a.length)[0];
  const seconds = longest === undefined ? [] : [...longest.seconds].filter(Number.isFinite).sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)];
  return median === undefined ? null : median * 1000;
}
