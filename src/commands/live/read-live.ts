import { type LiveRun, liveRunOf } from '../../ask/live-run.js';
import type { Experiment } from '../../experiment.js';
import { reportDataOf } from '../../outputs/report/data.js';
import { findingsOf, oddRanksOf } from '../../outputs/report/findings.js';
import { formatDuration } from '../../outputs/report/format.js';
import { program } from '../../package.js';
import { countRunning, readEnded, readRunning } from '../../store/read-running.js';
import type { Store } from '../../store/store.js';
import { meanCurve } from '../mean-curve.js';

/** A running experiment as the screen shows it. */
export interface ShownRun extends LiveRun {
  readonly experiment: Experiment;
  /** The metrics that say most, each with its curve; means over ranks. */
  readonly curves: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
  /** Sentences about ranks that are slow, silent or otherwise odd, and about a log that stands still. */
  readonly warnings: readonly string[];
}

export interface LiveView {
  /** The first of them by key where there are more than anybody looks at. */
  readonly running: readonly ShownRun[];
  /** How many there are. */
  readonly runningCount: number;
  /** What ended within the last hours, the latest first. */
  readonly ended: readonly { readonly name: string; readonly status: string; readonly changedMs: number }[];
}

const endedWithinMs = 6 * 3_600_000;
const mostEnded = 50;

/** What runs, and what has just ended, as the database has it; all of one moment. */
export function readLive(store: Store, nowMs: number): LiveView {
  return store.connection.transaction(() => ({
    runningCount: countRunning(store),
    running: readRunning(store).map(({ experiment, summary }): ShownRun => {
      const run = liveRunOf(experiment, summary, nowMs);
      const data = reportDataOf(experiment, summary, {
        varying: null,
        sweepBest: null,
        programVersion: program.version,
      });
      const names = [...new Set(['loss', 'val_loss', data.objective ?? 'loss'])].filter((name) =>
        summary.metrics.has(name),
      );
      const odd = oddRanksOf(findingsOf(data)).map(
        ({ rank, reasons }) => `rank ${rank.rank ?? '?'}: ${reasons.join('; ')}`,
      );
      const silent = run.behind
        .filter(({ rank }) => !odd.some((text) => text.startsWith(`rank ${rank}:`)))
        .map(({ rank, epochs }) => `rank ${rank ?? '?'}: silent since epoch ${epochs.epoch[epochs.length - 1] ?? 0}`);
      const still = run.isSilent ? [`nothing was written for ${formatDuration(Math.round(run.quietMs / 1000))}`] : [];
      return {
        ...run,
        experiment,
        curves: names.map((name) => ({ name, values: meanCurve(experiment.run.ranks, name) })),
        warnings: [...still, ...odd, ...silent],
      };
    }),
    ended: readEnded(store, nowMs - endedWithinMs, mostEnded),
  }))();
}
