import type { Experiment, Status } from '../experiment.js';
import type { ReadOrder, Verdict } from '../watch/readings.js';
import type { MadeOutputs } from './made-outputs.js';
import { ChildError } from './pool.js';
import type { ReadAnswer } from './read-log.js';
import type { Progress } from './reload.js';
import type { Session } from './session.js';

/** A log that was read; `failure` is one sentence where our own work failed. */
export interface ReadExperiment {
  readonly key: string;
  readonly experiment: Experiment | null;
  readonly failure: string | null;
  /** Its files as a job has written them, where they show just this. */
  readonly made?: MadeOutputs;
}

/** Reads up to `most` logs that wait for it, several at a time where there are children for it; gives how many. */
export async function readLogs(
  session: Session,
  most: number,
  progress: Progress,
  isOver: () => boolean,
): Promise<number> {
  const { watcher, jobs, unsaved } = session;
  const waiting = watcher.waiting();
  const startedMs = performance.now();
  let [begun, done] = [0, 0];
  const readOn = async (): Promise<void> => {
    while (begun < most && !isOver()) {
      const order = watcher.takeReading();
      if (order === undefined) return;
      begun += 1;
      const answer = await readOne(session, order);
      session.usage.addBytes('sizeBytes' in answer.outcome ? answer.outcome.sizeBytes : 0);
      // Whoever ends the program ends its children: that says nothing of the log.
      if (answer.failure !== null && isOver()) return;
      const verdict = watcher.finishReading(order.path, answer.outcome);
      done += 1;
      progress.onRead(done, Math.max(0, waiting - done));
      if (verdict === undefined) continue;
      const { experiment, failure, made } = answer;
      const saved = experiment && judged(experiment, verdict, answer);
      const isAsMade = saved?.logState === 'parsed' && saved.run.status === experiment?.run.status;
      unsaved.experiments.push({
        key: verdict.path,
        experiment: saved,
        failure,
        ...(made && isAsMade && { made }),
      });
    }
  };
  await Promise.all(Array.from({ length: jobs.size }, readOn));
  session.backlog.read(done, performance.now() - startedMs, watcher.waiting());
  return done;
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
    run: {
      ...(status === run.status ? run : { ...run, status, reason: null, reasonRank: null }),
      jobId: run.jobId ?? verdict.jobId,
    },
  };
}
