import type { Experiment, Run } from '../experiment.js';
import { type SlurmJob, settledByJob } from '../slurm-job.js';
import { readChanges } from '../store/changes.js';
import { setStatus } from '../store/known-logs.js';
import { maybeReadOverview } from '../store/read-overviews.js';
import { inTransaction } from '../store/records.js';
import {
  hasLastWord,
  type JobQuestion,
  maybeReadSlurmJob,
  readJobQuestions,
  saveSlurmJob,
} from '../store/slurm-jobs.js';
import type { Store } from '../store/store.js';
import { retryAfterMs } from '../watch/finished.js';
import { readSlurmAccounts, takeBatch } from '../watch/slurm-accounts.js';
import type { Session } from './session.js';

/** Accounting is never asked more often than this. */
const askEveryMs = 60_000;
/** A number that accounting has not known so often is not one of its jobs. */
const mostAsked = 12;

/** What accounting answered, still to be saved. */
type Answers = readonly { readonly question: JobQuestion; readonly job: SlurmJob | undefined }[];

/** Asks accounting while the loop goes on. */
export interface SlurmJoin {
  /** Has it asked where it is time, and saves what came of it; gives how many experiments got news. */
  turn(): number;
}

/** Nothing was asked yet. Where there is no Slurm or no accounting nothing happens, and that is no error. */
export function createSlurmJoin(session: Session): SlurmJoin {
  let askedMs = Number.NEGATIVE_INFINITY;
  let answers: Answers = [];
  let questions: { readonly all: readonly JobQuestion[]; readonly changes: number } | undefined;
  /** Looking through all experiments each minute would be most of what a watcher at rest does. */
  const readQuestions = (): readonly JobQuestion[] => {
    const changes = readChanges(session.store);
    if (questions?.changes !== changes) questions = { all: readJobQuestions(session.store, mostAsked), changes };
    return questions.all;
  };
  return {
    turn() {
      const changed = answers.length > 0 ? saveAnswers(session.store, answers) : 0;
      // How often each was asked is another now.
      if (answers.length > 0) questions = undefined;
      answers = [];
      if (performance.now() - askedMs >= askEveryMs) {
        askedMs = performance.now();
        void askAccounts(session, readQuestions).then((got) => {
          answers = got;
          if (got.length > 0) session.news.tell();
        });
      }
      return changed;
    },
  };
}

/** Asks once, and waits for it; gives how many experiments got news. */
export async function joinSlurmOnce(session: Session): Promise<number> {
  return saveAnswers(session.store, await askAccounts(session, () => readJobQuestions(session.store, mostAsked)));
}

/** One call, for all jobs that there may be news of. */
async function askAccounts(
  { config, now, usage }: Session,
  readQuestions: () => readonly JobQuestion[],
): Promise<Answers> {
  if (!config.watch.queue) return [];
  const due = readQuestions().filter((question) => isDue(question, now()));
  if (due.length === 0) return [];
  const batch = takeBatch(due.map((question) => ({ ...question, id: question.jobId })));
  usage.addSlurmCall();
  const jobs = await readSlurmAccounts(batch);
  return jobs === null ? [] : batch.map((question, index) => ({ question, job: jobs[index] }));
}

function saveAnswers(store: Store, answers: Answers): number {
  inTransaction(store, () => {
    for (const { question, job } of answers) {
      saveSlurmJob(store, question, job);
      settleStored(store, question.key);
    }
  });
  return answers.filter(({ job }) => job !== undefined).length;
}

/** The run as its job has settled it; the experiment itself where the log's word stands. */
export function settled(store: Store, experiment: Experiment): Experiment {
  const isPlanned = experiment.run.ranks.some(({ plannedEpochs }) => plannedEpochs !== null);
  const word = wordOf(store, experiment, isPlanned);
  return word === undefined ? experiment : { ...experiment, run: { ...experiment.run, ...word } };
}

function settleStored(store: Store, key: string): void {
  const overview = maybeReadOverview(store, key);
  const word = overview && wordOf(store, overview, overview.summary.plannedEpochs !== null);
  if (word !== undefined) setStatus(store, key, word.status, word.reason);
}

function wordOf(
  store: Store,
  {
    key,
    run,
    log,
    logState,
  }: Pick<Experiment, 'key' | 'log' | 'logState'> & { readonly run: Omit<Run, 'ranks' | 'metricNames'> },
  isPlanned: boolean,
): ReturnType<typeof settledByJob> {
  // Of a log that may still grow, what its end says is not known yet.
  if (logState !== 'parsed' || run.jobId === null) return undefined;
  const job = maybeReadSlurmJob(store, key);
  if (job === undefined || job.id !== run.jobId) return undefined;
  return settledByJob(run, job, { hasLastWord: hasLastWord(store, key, job.id, log.mtimeMs), isPlanned });
}

function isDue({ asked, askedMs, state }: JobQuestion, nowMs: number): boolean {
  if (asked === 0) return true;
  // Of a job that runs there will be news, as of one that accounting may not have heard of yet.
  return nowMs - askedMs >= (state === null ? retryAfterMs(asked) : runningRestMs);
}

const runningRestMs = 5 * 60_000;
