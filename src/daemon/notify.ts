import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Experiment } from '../experiment.js';
import { putRecord, readRecords } from '../store/records.js';
import type { Store } from '../store/store.js';
import { type RunEvent, runEvents } from './run-events.js';
import type { Session } from './session.js';

/** What the user's command gets on its stdin, as JSON. */
export interface Notice extends Omit<RunEvent, 'id'> {
  readonly experiment: string;
  /** Absolute path of the log. */
  readonly log: string;
  readonly status: string;
  /** The run's last words, where it has any. */
  readonly reason: string | null;
  /** What would end the job, where it is known. */
  readonly scancel: string | null;
}

/** Notes when a root was first watched. */
export function noteFirstWatch(store: Store, nowMs: number): void {
  if (!readRecords(store, 'root').has('since')) putRecord(store, 'root', 'since', nowMs);
}

/**
 * The events of an experiment that nobody was told of yet; to be called in the transaction that saves it, so that nobody
 * is told twice. What was over before this root was first watched is not news.
 */
export function takeNotices({ store, config, root, now }: Session, experiment: Experiment): Notice[] {
  const { command, events } = config.notify;
  if (command === null) return [];
  if (experiment.log.mtimeMs < Number(readRecords(store, 'root').get('since'))) return [];
  const kind = `told ${experiment.key}`;
  const told = readRecords(store, kind);
  return runEvents(experiment)
    .filter(({ event, id }) => events.includes(event) && !told.has(id))
    .map(({ id, ...event }) => {
      putRecord(store, kind, id, now());
      const { name, key, run } = experiment;
      const scancel = run.jobId === null ? null : `scancel ${run.jobId}`;
      return { ...event, experiment: name, log: join(root, key), status: run.status, reason: run.reason, scancel };
    });
}

/** Runs the user's command once for each notice; what goes wrong is logged, and nothing else. */
export async function sendNotices({ config, log }: Session, notices: readonly Notice[]): Promise<void> {
  const { command, timeoutSeconds } = config.notify;
  if (command === null) return;
  for (const notice of notices) {
    const failure = await runCommand(command, JSON.stringify(notice), timeoutSeconds * 1000);
    const { event, experiment } = notice;
    if (failure === null) log.info('notice sent', { event, experiment });
    else log.warn('notice could not be sent', { event, experiment, reason: failure });
  }
}

async function runCommand([file = '', ...args]: readonly string[], input: string, ms: number): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'inherit'], timeout: ms, killSignal: 'SIGKILL' });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(null);
      else
        resolve(
          signal === null
            ? `${file} exited with ${code}`
            : `${file} was ended by ${signal}, or took over ${ms / 1000} s`,
        );
    });
    // A command that does not read what it is told is none of our business.
    child.stdin.on('error', () => {});
    child.stdin.end(`${input}\n`);
  });
}
