import type { Experiment, Status } from '../experiment.js';
import { finishReading, type ReadOrder, takeReading, type Verdict } from '../watch/readings.js';
import { ChildError } from './pool.js';
import type { ReadAnswer } from './read-log.js';
import type { Session } from './session.js';

/** A log that was read; `failure` is one sentence where our own work failed. */
export interface ReadExperiment {
  readonly key: string;
  readonly experiment: Experiment | null;
  readonly failure: string | null;
}

/** Reads up to `most` logs that wait for it, `jobs.size` at a time; gives how many. Calls `onRead` after each. */
export async function readLogs(session: Session, most: number, onRead: (key: string) => void): Promise<number> {
  let count = 0;
  const readOn = async (): Promise<void> => {
    while (count < most) {
      const order = takeReading(session.known);
      if (order === undefined) return;
      count += 1;
      const answer = await readOne(session, order);
      const verdict = finishReading(session.known, order.path, answer.outcome);
      if (verdict === undefined) continue;
      session.unsaved.experiments.push({
        key: verdict.path,
        experiment: answer.experiment && judged(answer.experiment, verdict, answer),
        failure: answer.failure,
      });
      onRead(verdict.path);
    }
  };
  await Promise.all(Array.from({ length: session.jobs.size }, readOn));
  return count;
}

async function readOne({ jobs, root, config }: Session, order: ReadOrder): Promise<ReadAnswer> {
  try {
    return await jobs.read(root, order, config);
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const failure = `the reader gave up: ${error.message}`;
    return { outcome: { problem: null, isHopeless: false }, experiment: null, failure };
  }
}

function judged(experiment: Experiment, verdict: Verdict, { outcome }: ReadAnswer): Experiment {
  const { run } = experiment;
  const isOpen = verdict.logState !== 'parsed' && 'ended' in outcome && !outcome.ended;
  const status: Status = isOpen && run.status !== 'empty' ? 'running' : run.status;
  return {
    ...experiment,
    key: verdict.path,
    log: { ...experiment.log, path: verdict.path },
    logState: verdict.logState,
    revision: Math.max(1, verdict.revision),
    run: status === run.status ? run : { ...run, status, reason: null, reasonRank: null },
  };
}
