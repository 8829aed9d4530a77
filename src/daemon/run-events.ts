import type { Experiment } from '../experiment.js';

/** What a user may want to hear of a run: a rank went NaN, or how the run ended. */
export const runEventNames = ['nan', 'completed', 'stalled', 'failed', 'killed'] as const;

/** Something that happened to a run, once. */
export interface RunEvent {
  readonly event: (typeof runEventNames)[number];
  /** Tells it from every other event of the same experiment. */
  readonly id: string;
  readonly rank: number | null;
  readonly epoch: number | null;
}

/** What has happened in the run of an experiment, as far as its log was read. Pure. */
export function runEvents({ run, logState, revision }: Experiment): RunEvent[] {
  const events: RunEvent[] = [];
  const nan = firstNotFinite(run.ranks);
  if (nan !== undefined) {
    events.push({ event: 'nan', id: `nan in segment ${nan.segment}`, rank: nan.rank, epoch: nan.epoch });
  }
  const status = run.status === 'early_stopped' ? 'completed' : run.status;
  const event = runEventNames.find((name) => name === status);
  if (event !== undefined && logState === 'parsed') {
    const last = Math.max(0, ...run.ranks.map(({ epochs }) => epochs.epoch[epochs.length - 1] ?? 0));
    events.push({
      event,
      id: `${event} in revision ${revision}`,
      rank: run.reasonRank,
      epoch: last === 0 ? null : last,
    });
  }
  return events;
}

interface Place {
  readonly rank: number | null;
  readonly segment: number;
  readonly epoch: number;
  readonly offset: number;
}

/** The figure that the log has first. */
function firstNotFinite(ranks: Experiment['run']['ranks']): Place | undefined {
  let first: Place | undefined;
  for (const { rank, epochs } of ranks) {
    for (let row = 0; row < epochs.length; row++) {
      const offset = epochs.offset[row] ?? 0;
      if (first !== undefined && first.offset <= offset) continue;
      const columns = [...epochs.metrics.values()];
      if (columns.some(({ values, present }) => present[row] === 1 && !Number.isFinite(values[row]))) {
        first = { rank, segment: epochs.segment[row] ?? 1, epoch: epochs.epoch[row] ?? 0, offset };
      }
    }
  }
  return first;
}
